/**
 * `CARGO_REGISTRY_TOKEN`, `CARGO_REGISTRIES_<NAME>_TOKEN` and their `_SECRET_KEY`s, set to a literal: in shells, `.env`
 * files, YAML, JSON, Dockerfiles, build files and programs. Key and value stand on one line, or the value within the
 * three lines after its key.
 */
import { wordBefore } from '../escapes';
import type { Match } from '../match';
import { fallbackValue } from './fallbacks';
import { indexWithin, lineStart, literalAt, quotedAt, type Span } from './literal';
import { couldBeKey, isLiteralToken } from './value';

const NAME = /CARGO_REGISTR(?:Y|IES_[A-Z0-9_]{1,64}?)_(?:TOKEN|SECRET_KEY)(?![A-Za-z0-9_])/gi;
/** How far before a name on its line its syntax can depend on. */
const LOOK_BACK = 160;
/** Longer lines than this are no places where a value follows its key at a distance. */
const LOOK_AHEAD = 2048;
const LONGEST_VALUE = 4096;

const CLOSING = String.raw`(?:\\{0,8}["'\x60])?[\])}]{0,3}`;
const OPERATOR = new RegExp(
  `(?:\\.value)?${CLOSING}([ \\t]*)(:{1,3}=|\\?=|\\+=|=>|=|::?)(?![=~:])([ \\t]*)(?:\\\\\\r?\\n[ \\t]*)?`,
  'y',
);
/** `X: &str = "…"`, `X: string = "…"`, `X string = "…"`: a declaration with its type. */
const TYPED = /(?:[ \t]*:[ \t]*[&\w' <>:]{1,40}|[ \t]+string)=[ \t]*(?=["'`])/y;
const COMMA = /\\{0,8}["'`][ \t]{0,64},\s{0,200}/y;

const SETS_WITHOUT_OPERATOR =
  /(?:^|[\s;&|(`"'])(?:set(?:[ \t]+-{1,2}[A-Za-z-]+)*|setenv|setx(?:\.exe)?(?:[ \t]+\/[A-Za-z]+)*|ENV|#define)[ \t]+["']?$/i;
/** PowerShell's items of the drive `Env:`. */
const SETS_ITEM = /(?:set-item|new-item|set-content)[ \t][^|;]*\benv:[^|;]*$/i;
const ITEM_VALUE = /["']?(?:[ \t]+-[A-Za-z]+)*[ \t]+/y;
/** Azure Pipelines' logging command. */
const SETS_PIPELINE_VARIABLE = /task\.setvariable\b[^\]]*\bvariable=$/i;
const PIPELINE_VALUE = /[^\]\n]{0,80}\]/y;
const SETTER = /(?:set|put|env|insert|add|append|update|define|export|store|save)\w*!?[ \t]*\(\s*\\{0,8}["'`]$/i;
const NAMES_A_VARIABLE =
  /(?:^|[^A-Za-z])(?:name|key|variable|var|env)\\{0,8}["']?[ \t]*(?:[:=]|=>)[ \t]*\\{0,8}["']?$|<(?:key|name)>$|\bvariable[ \t]+"$|\[env\.["']?$/i;
const VALUE_KEY =
  /(?:^|[\s{,;"'(])(?:value|val|secretValue|stringValue|plaintext|plaintext_value|secret_value|default|defaultValue)\\{0,8}["']?[ \t]*(?:[:=]|=>)[ \t]*|<\/(?:key|name)>\s*<(?:string|value)>/gim;
const OTHER_ENTRY = /^[ \t]*-[ \t]|\}|(?:^|[\s{,"'])name\\{0,8}["']?[ \t]*[:=]|\/>/gim;
const BODY_OPTION = /[ \t](?:(?:--body|--value|--plaintext|--secret-value|-v)(?:=|[ \t]+)|-b[ \t=]*|<<<[ \t]*)/g;
/** `gh secret set NAME --repo acme/anvil`: no value. */
const OPTION = /--?[A-Za-z][a-z-]*(?:=|(?=[\s"'`;|&)]|$))/y;
/** What may stand directly before a name and is no part of it: `docker run -eX=…`, Terraform's variables. */
const PREFIX = /(?:^|[\s"'])-[eD]$|(?:^|[^A-Za-z0-9_])TF_VAR_$/;
/** The first line of a nested mapping. */
const MAPPING_KEY = /^["']?[A-Za-z_][\w.-]*["']?:(?:\s|$)/;

interface Place {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The line before the name. */
  readonly before: string;
}

function accepted(text: string, span: Span | null, accepts: (value: string) => boolean): Span | null {
  return span !== null && accepts(text.slice(span.start, span.end)) ? span : null;
}

/** The end of the third line after the one that holds `at`. */
function endOfReach(text: string, at: number): number {
  const reach = at + LOOK_AHEAD;
  let end = indexWithin(text, '\n', at, LOOK_AHEAD);
  for (let line = 0; line < 3 && end < reach; line += 1) end = indexWithin(text, '\n', end + 1, reach - end - 1);
  return Math.min(end, reach);
}

/** The end of what is indented below a YAML key, within its reach. */
function endOfNested({ text, end, before }: Place): number {
  const reach = endOfReach(text, end);
  const indentation = (/^[ \t-]*/.exec(before)?.[0] ?? '').length;
  const region = text.slice(0, reach);
  const line = /\n([ \t]*)(?=[^ \t\r\n])/g;
  line.lastIndex = end;
  for (let next = line.exec(region); next !== null; next = line.exec(region))
    if ((next[1] ?? '').length <= indentation) return next.index;
  return reach;
}

function valueAfterKey({ text, end }: Place, reach: number): Span | null {
  OTHER_ENTRY.lastIndex = end;
  const other = OTHER_ENTRY.exec(text.slice(0, reach));
  const region = text.slice(0, other?.index ?? reach);
  VALUE_KEY.lastIndex = end;
  const key = VALUE_KEY.exec(region);
  if (key === null) return null;
  const at = VALUE_KEY.lastIndex;
  if (key[0].startsWith('<')) {
    const close = indexWithin(text, '<', at, LOOK_AHEAD);
    const value = text.slice(at, close).trim();
    return close > at && isLiteralToken(value) ? { start: at, end: at + value.length } : null;
  }
  return blockScalarAt(text, at) ?? literalAt(text, at, 'expression');
}

/** `{"value": "…", "name": "CARGO_REGISTRY_TOKEN"}`, in one pair of braces on one line. */
function valueBeforeKey({ text, start, before }: Place): Span | null {
  const entry = before.slice(before.lastIndexOf('{') + 1);
  VALUE_KEY.lastIndex = 0;
  if (!before.includes('{') || VALUE_KEY.exec(entry) === null) return null;
  const quoted = quotedAt(text, start - entry.length + VALUE_KEY.lastIndex);
  return accepted(text, quoted?.span ?? null, isLiteralToken);
}

/** A YAML block scalar of one line, or a plain value on the line after its key. */
function blockScalarAt(text: string, at: number): Span | null {
  const header = /[|>][+-]?\d?[+-]?[ \t]*(?:#[^\n]*)?\r?\n|\r?\n/y;
  header.lastIndex = at;
  if (!header.test(text)) return null;
  const region = text.slice(header.lastIndex, endOfReach(text, at));
  const line = /^[ \t]+(\S[^\r\n]*)/m.exec(region);
  if (line === null || region.slice(0, line.index).trim() !== '' || MAPPING_KEY.test(line[1] ?? '')) return null;
  return literalAt(text, header.lastIndex + line.index + line[0].length - (line[1] ?? '').length, 'expression');
}

/** `$X = "…"` at the beginning of a statement, as PowerShell, PHP and Perl have it. */
function setsSigiled({ text, end, before }: Place): boolean {
  return /(?:^|[;{])[ \t+-]*\$$/.test(before) && /^[ \t]*=[ \t]*["']/.test(text.slice(end, end + 40));
}

function valueAfterOperator(place: Place): Span | null {
  const { text, start, end, before } = place;
  // `%X:~0,4%` and `$X` read a variable; `${env:X} = …` and `$X = "…"` set one.
  if (/[$%]\{?$/.test(before) && !setsSigiled(place)) return null;
  TYPED.lastIndex = end;
  if (TYPED.test(text)) return literalAt(text, TYPED.lastIndex, 'expression');
  OPERATOR.lastIndex = end;
  const found = OPERATOR.exec(text);
  if (found === null) return null;
  const [, spaceBefore, operator, spaceAfter] = found;
  const at = OPERATOR.lastIndex;
  if (text.charAt(at) === '{' && (operator === ':' || operator === '=')) return flowMappingValue(text, at);
  if (operator === ':') {
    const block = blockScalarAt(text, at);
    if (block !== null) return block;
    if (/^\r?(?:\n|$)/.test(text.slice(at, at + 2))) {
      const nested = { ...place, end: at };
      return valueAfterKey(nested, endOfNested(nested));
    }
  }
  const tight = operator === '=' && spaceBefore === '' && spaceAfter === '';
  const opening = text.charAt(start - 1);
  if (tight && (opening === '"' || opening === "'") && text.charAt(end) === '=') {
    const close = indexWithin(text, opening, at, LONGEST_VALUE);
    const whole = text.charAt(close) === opening ? text.slice(at, close) : '';
    if (!/[\s\\]/.test(whole) || /^(?:Bearer|Basic|Token) \S+$/i.test(whole))
      return accepted(text, { start: at, end: at + whole.length }, isLiteralToken);
  }
  return literalAt(text, at, tight ? 'shell-word' : 'expression') ?? onNextLine(text, at, operator ?? '');
}

/** `X: { value: "…", description: "…" }` */
function flowMappingValue(text: string, at: number): Span | null {
  VALUE_KEY.lastIndex = 0;
  if (!VALUE_KEY.test(text.slice(at, indexWithin(text, '}', at, LOOK_AHEAD)))) return null;
  return literalAt(text, at + VALUE_KEY.lastIndex, 'expression');
}

/** A program's formatter may put a long string on a line of its own. */
function onNextLine(text: string, at: number, operator: string): Span | null {
  const rest = /[ \t]*\r?\n[ \t]*(?=\\{0,8}["'])/y;
  rest.lastIndex = at;
  return operator !== '' && rest.test(text) ? literalAt(text, rest.lastIndex, 'expression') : null;
}

function valueAfterComma({ text, end, before }: Place): Span | null {
  COMMA.lastIndex = end;
  if (!COMMA.test(text)) return null;
  const at = COMMA.lastIndex;
  if (at > endOfReach(text, end)) return null;
  const quoted = quotedAt(text, at);
  return accepted(text, quoted?.span ?? null, SETTER.test(before) ? isLiteralToken : couldBeKey);
}

function valueAfterSpace({ text, end, before }: Place): Span | null {
  if (SETS_ITEM.test(before)) {
    ITEM_VALUE.lastIndex = end;
    if (ITEM_VALUE.test(text)) return literalAt(text, ITEM_VALUE.lastIndex, 'shell-word');
  }
  if (SETS_PIPELINE_VARIABLE.test(before)) {
    PIPELINE_VALUE.lastIndex = end;
    if (PIPELINE_VALUE.test(text)) return literalAt(text, PIPELINE_VALUE.lastIndex, 'shell-word');
  }
  const space = /["']?[ \t]+/y;
  space.lastIndex = end;
  if (!space.test(text)) return null;
  const rest = text.slice(end, indexWithin(text, '\n', end, LOOK_AHEAD));
  BODY_OPTION.lastIndex = 0;
  if (/\b(?:secrets?|variables?|env)\b/.test(before) && BODY_OPTION.test(rest))
    return literalAt(text, end + BODY_OPTION.lastIndex, 'shell-word');
  OPTION.lastIndex = space.lastIndex;
  if (!SETS_WITHOUT_OPERATOR.test(before) || OPTION.test(text)) return null;
  return literalAt(text, space.lastIndex, 'shell-word');
}

function valueOf(place: Place): Span | null {
  const direct = valueAfterOperator(place) ?? valueAfterComma(place) ?? valueAfterSpace(place) ?? fallbackValue(place);
  if (direct !== null) return direct;
  return NAMES_A_VARIABLE.test(place.before)
    ? (valueAfterKey(place, endOfReach(place.text, place.end)) ?? valueBeforeKey(place))
    : null;
}

/** Every token of a registry that is given by the name of Cargo's environment variable. */
export function findNamedTokens(text: string): readonly Match[] {
  const matches: Match[] = [];
  for (const found of text.matchAll(NAME)) {
    const start = found.index;
    const before = text.slice(lineStart(text, start, LOOK_BACK), start);
    if ((text.charAt(start - 1) === '_' || wordBefore(text, start)) && !PREFIX.test(before)) continue;
    const span = valueOf({ text, start, end: start + found[0].length, before });
    if (span !== null) matches.push(registryMatch(text, span, start));
  }
  return matches;
}

export function registryMatch(text: string, { start, end }: Span, anchor: number): Match {
  const value = text.slice(start, end);
  return { rule: 'cargo-registry-token', start, end, anchor, value, encoding: 'plain', counts: true };
}
