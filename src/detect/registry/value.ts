/**
 * Whether a value is a literal token. Registries give tokens no format but printable ASCII (Cargo's `check_token`), so
 * this says what is none: references, placeholders, names of other things.
 */
import { isPlaceholderValue } from '../placeholder';
import { isGenuine, readToken } from '../token-shapes';

const SCHEME = /^(?:Bearer|Basic|Token)[ \t]+\S+$/i;
const PRINTABLE = /^[\t\x20-\x7e]{1,4096}$/;

const REFERENCES: readonly RegExp[] = [
  /\$[A-Za-z_({[]|^\$|\$$|`|\{\{|\}\}|<%|#\{|\$\{/, // shell, templates, GitHub, Ruby
  /%[A-Za-z_][\w:~,-]*%|^%[sdvq@]$/, // cmd, printf
  /^[<({[%!&*]|>$|^@[A-Za-z({]|^@@\w+@@$|^__[A-Z_]+__$/, // <your token>, {token}, [token], %x, YAML's !tag, &anchor and *alias, @Library(…), @{x}, @@X@@, __X__
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\//, // op://vault/item, ref+vault://…, https://…
  /^(?:vault|arn|ssm|env|file|secret|secrets|keyring|projects|kms|sm):|^ENC[[(]|^\{cipher\}/i,
  /^(?:~|\.{1,2})?\/(?:[A-Za-z_.-]+\/)*[A-Za-z_.-]+$/, // /run/secrets/token
];

function isReference(value: string): boolean {
  return REFERENCES.some((reference) => reference.test(value));
}

const NAME =
  /^[_$]*(?:[a-z]+\d{0,2}(?:_[a-z]*\d{0,2})*|[A-Z]+\d{0,2}(?:_[A-Z]*\d{0,2})*|[A-Za-z]?[a-z]*(?:[A-Z]{1,3}[a-z]+){1,8}[A-Z]{0,3}\d{0,2})$/;

/** True for what a program would call a variable: one or more words, joined as languages join them. */
export function isName(word: string): boolean {
  return word.length <= 64 && NAME.test(word);
}

/** True for `a.b.c`, `module::name`, `a->b`: a path of names to a value, and no value. */
export function isPathOfNames(value: string): boolean {
  const names = value.split(/\.|::|->/);
  return names.length > 1 && names.every((name) => isName(name));
}

function holdsMadeUpToken(value: string): boolean {
  const start = value.search(/cio(?:_tp_)?[A-Za-z0-9]{32}|k3\.secret\./);
  const token = start < 0 ? null : readToken(value, start);
  return token !== null && token.rule !== 'crates-io-trustpub-token' && !isGenuine(token);
}

/** True for a literal that a registry could have given. */
export function isLiteralToken(value: string): boolean {
  if (!PRINTABLE.test(value) || (/\s/.test(value) && !SCHEME.test(value))) return false;
  return !isReference(value) && !isPlaceholderValue(value) && !holdsMadeUpToken(value);
}

/** True for a word that could be a key where nothing but its look says so. */
export function couldBeKey(word: string): boolean {
  return word.length >= 16 && /[A-Za-z]/.test(word) && /\d/.test(word) && isLiteralToken(word);
}
