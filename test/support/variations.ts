import fc from 'fast-check';
import { REGISTRY_LEAKS } from './leaks';
import * as tokens from './tokens';

/** Values as a registry could give them, none of them random: nobody is to take them for secrets. */
const value = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9]{6,40}$/),
  fc.stringMatching(/^[A-Za-z0-9._~+/=-]{6,60}$/),
  fc.stringMatching(/^[!#-~]{6,40}$/),
  fc.stringMatching(/^(Bearer|Basic) [A-Za-z0-9+/]{16,40}={0,2}$/),
  fc.nat(1e6).map((seed) => tokens.apiToken(seed)),
  fc.nat(1e6).map((seed) => tokens.secretKey(seed)),
);

const OUR_WORD = /\b(?:name|key|value|variable|env|define|set|cargo|default)\b/g;

const VARIATIONS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/ /g, '  '),
  (text) => text.replace(/ /g, '\t'),
  (text) => text.replace(/"/g, "'"),
  (text) => text.replace(/'/g, '"'),
  (text) => text.replace(/"/g, '\\"'),
  (text) => text.replace(/\n/g, '\r\n'),
  (text) => text.replace(/\n/g, '\\n'),
  (text) => text.replace(/^/gm, '    '),
  (text) => text.replace(/^/gm, '# '),
  (text) => text.replace(/^/gm, '- '),
  (text) => text.replace(/ ?= ?/g, ' = '),
  (text) => text.replace(/ ?: ?/g, ': '),
  (text) => text.replace(/["']/g, ''),
  (text) => text.replace(/ACME/g, 'MY_OWN_2').replace(/acme/g, 'my-own_2'),
  (text) => text.replace(/$/gm, ' # x'),
  (text) => `x="${text}"`,
  (text) => `(${text})`,
  (text) => text.replace(OUR_WORD, (word) => word.charAt(0).toUpperCase() + word.slice(1)),
  (text) => text.replace(OUR_WORD, (word) => word.toUpperCase()),
  (text) => text.replace(/["']V\b/g, '$$$&'),
  (text) => text.replace(/\bcargo /g, 'cargo \\\n  '),
  (text) => text.replace(/["']cargo["'][,)]/g, '$&\n  '),
  (text) => text.replace(/\{ ?/g, '{\n'),
];

/** Leaks with other values, quotes and spaces than they were written down with. */
export const variedLeak = fc
  .tuple(
    fc.constantFrom(...Object.values(REGISTRY_LEAKS)),
    fc.array(fc.constantFrom(...VARIATIONS), { maxLength: 3 }),
    value,
  )
  .map(([leak, variations, literal]) =>
    variations.reduce((text, vary) => vary(text), leak).replace(/\bV\b/, () => literal),
  );
