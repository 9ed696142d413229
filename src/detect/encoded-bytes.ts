/**
 * Tokens inside base64 and hex. A place where an opening's digits stand is decoded with a little of what lies around it,
 * so that the decoded neighbours decide whether the token is a word of its own.
 */
import { base64Forms, hexOf, type Base64Form } from '../rules/keyword';
import { base64CheckOf } from './base64-run';
import { isAlphanumeric, isBase64Digit, isHexDigit } from './characters';
import type { Match } from './match';
import { isGenuine, readToken, standsAlone } from './token-shapes';
import { decodeUtf8 } from './utf8';

const OPENINGS = ['cio', 'k3.secret.'] as const;
/** Decoded bytes on either side of a token that its boundaries can depend on. */
const NEIGHBOURS = 48;
/** The longest token, decoded. */
const LONGEST = 'k3.secret.'.length + 64;

function base64Value(code: number): number {
  if (code >= 0x61) return code - 0x61 + 26;
  if (code === 0x5f || code === 0x2f) return 63;
  if (code >= 0x41) return code - 0x41;
  return code >= 0x30 ? code - 0x30 + 52 : 62;
}

interface Decoded {
  readonly bytes: Uint8Array;
  /** Where the token begins in them. */
  readonly at: number;
}

interface Found {
  readonly value: string;
  readonly match: Omit<Match, 'start' | 'end' | 'anchor' | 'encoding'>;
}

function tokenIn({ bytes, at }: Decoded): Found | null {
  const before = decodeUtf8(bytes.subarray(0, at)).text;
  const text = before + decodeUtf8(bytes.subarray(at)).text;
  const token = readToken(text, before.length);
  if (token === null || token.escaped) return null;
  const counts = isGenuine(token) && standsAlone(text, before.length, token, base64CheckOf(text));
  return { value: token.value, match: { rule: token.rule, value: token.value, counts } };
}

/** `start` is the character at which the group of four begins that holds the token's first byte; it may lie before the run. */
function decodeBase64(text: string, group: number, shift: number): Decoded {
  let from = group;
  const first = group + shift;
  while (from > 0 && first - from < (NEIGHBOURS * 4) / 3 && isBase64Digit(text.charCodeAt(from - 1))) from -= 1;
  from += (group - from) % 4;
  let to = first;
  while (to - first < ((LONGEST + NEIGHBOURS) * 4) / 3 && isBase64Digit(text.charCodeAt(to))) to += 1;
  // Before the run's first digit nothing is known of a byte, and nothing speaks against a boundary.
  let known = first;
  while (known > from && isBase64Digit(text.charCodeAt(known - 1))) known -= 1;
  const bytes = new Uint8Array(Math.max(0, Math.floor(((to - from) * 6) / 8)));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (let index = from; index < to; index += 1) {
    bits = ((bits << 6) | (index < known ? 0 : base64Value(text.charCodeAt(index)))) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = (bits >> count) & 0xff;
  }
  const token = ((group - from) / 4) * 3 + shift;
  const whole = Math.ceil(((known - from) * 6) / 8);
  const skipped = Math.min(token, isSeparator(text.charCodeAt(first - 1)) && shift === 0 ? token : whole);
  return { bytes: bytes.subarray(skipped), at: token - skipped };
}

/** Digits of base64 that also stand between words, as in a path. No letter or digit ends in one of them. */
function isSeparator(code: number): boolean {
  return code === 0x2f || code === 0x2b || code === 0x2d || code === 0x5f;
}

interface Form extends Base64Form {
  readonly opening: string;
}

const BASE64_FORMS: ReadonlyMap<string, Form> = new Map(
  OPENINGS.flatMap((opening) => base64Forms(opening).map((form) => [form.digits, { ...form, opening }])),
);
const BASE64_STARTS = new RegExp([...BASE64_FORMS.keys()].join('|'), 'g');

/** Reads single bytes of an encoded text, counted from some place in it; -1 where there is none. */
type ByteReader = (index: number) => number;

/** The characters of a text, or bytes that stand for them; anything that is no digit past either end. */
export type CodeAt = (index: number) => number;

function base64Reader(codeAt: CodeAt, group: number): ByteReader {
  return (index) => {
    const at = group + Math.floor((index * 4) / 3);
    const first = codeAt(at);
    const second = codeAt(at + 1);
    if (!isBase64Digit(first) || !isBase64Digit(second)) return -1;
    const within = (((index % 3) + 3) % 3) * 2;
    return (((base64Value(first) << 6) | base64Value(second)) >> (4 - within)) & 0xff;
  };
}

function hexValue(code: number): number {
  return code < 0x40 ? code - 0x30 : (code & 0x1f) + 9;
}

function hexReader(codeAt: CodeAt, start: number): ByteReader {
  return (index) => {
    const high = codeAt(start + index * 2);
    const low = codeAt(start + index * 2 + 1);
    return isHexDigit(high) && isHexDigit(low) ? hexValue(high) * 16 + hexValue(low) : -1;
  };
}

/** More letters and digits than the end of an escape sequence has. */
const LONGEST_ESCAPE_END = 12;

/**
 * A cheap look at the bytes from `first` on: the opening is there whole, what comes after it is of a token, and it is not
 * far inside a word. Of the first byte, a part may lie before what is known.
 */
function maybeToken(read: ByteReader, first: number, opening: string): boolean {
  for (let index = 0; index < opening.length; index += 1) {
    const byte = read(first + index);
    if (byte !== opening.charCodeAt(index) && !(byte < 0 && index === 0)) return false;
  }
  const length = opening.length + (opening === 'cio' ? 32 : 64);
  for (let index = opening.length; index < length; index += 1) {
    const byte = read(first + index);
    if (!isAlphanumeric(byte) && byte !== 0x5f && byte !== 0x2d) return false;
  }
  for (let back = 1; back <= LONGEST_ESCAPE_END; back += 1) if (!isAlphanumeric(read(first - back))) return true;
  return false;
}

/** The group of four digits in which a form's first byte lies, given where its own digits begin. */
function groupOf({ shift }: Base64Form, at: number): number {
  return at - (shift === 0 ? 0 : shift + 1);
}

/** True where the base64 digits of an opening, which stand at `at`, may belong to a token. */
export function mayBeBase64Token(codeAt: CodeAt, at: number, digits: string): boolean {
  const form = BASE64_FORMS.get(digits);
  return form !== undefined && maybeToken(base64Reader(codeAt, groupOf(form, at)), form.shift, form.opening);
}

/** True where the hex digits of an opening, which stand at `at`, may belong to a token. */
export function mayBeHexToken(codeAt: CodeAt, at: number): boolean {
  return maybeToken(hexReader(codeAt, at), 0, codeAt(at + 1) === 0x33 ? 'cio' : 'k3.secret.');
}

/** Every token shape inside the base64 of a text. */
export function findInBase64(text: string): readonly Match[] {
  const matches: Match[] = [];
  const codeAt: CodeAt = (index) => text.charCodeAt(index);
  BASE64_STARTS.lastIndex = 0;
  for (let hit = BASE64_STARTS.exec(text); hit !== null; hit = BASE64_STARTS.exec(text)) {
    BASE64_STARTS.lastIndex = hit.index + 1;
    const form = BASE64_FORMS.get(hit[0]);
    if (form === undefined || !mayBeBase64Token(codeAt, hit.index, hit[0])) continue;
    const { shift } = form;
    const group = groupOf(form, hit.index);
    // The token's first byte begins within the digit before the ones that it decides alone.
    const start = group + shift;
    if (start < 0 || !isBase64Digit(text.charCodeAt(start))) continue;
    const found = tokenIn(decodeBase64(text, group, shift));
    if (found === null) continue;
    const end = group + Math.ceil(((shift + found.value.length) * 8) / 6);
    matches.push({ ...found.match, start, end, anchor: hit.index, encoding: 'base64' });
  }
  return matches;
}

function decodeHex(text: string, start: number): Decoded {
  let from = start;
  while (
    from >= 2 &&
    start - from < NEIGHBOURS * 2 &&
    isHexDigit(text.charCodeAt(from - 1)) &&
    isHexDigit(text.charCodeAt(from - 2))
  )
    from -= 2;
  const bytes: number[] = [];
  for (let at = from; at - start < (LONGEST + NEIGHBOURS) * 2; at += 2) {
    if (!isHexDigit(text.charCodeAt(at)) || !isHexDigit(text.charCodeAt(at + 1))) break;
    bytes.push(parseInt(text.slice(at, at + 2), 16));
  }
  return { bytes: Uint8Array.from(bytes), at: (start - from) / 2 };
}

const HEX_STARTS = new RegExp(OPENINGS.map(hexOf).join('|'), 'gi');

/** Every token shape inside the hex digits of a text. */
export function findInHex(text: string): readonly Match[] {
  const matches: Match[] = [];
  const codeAt: CodeAt = (index) => text.charCodeAt(index);
  HEX_STARTS.lastIndex = 0;
  for (let hit = HEX_STARTS.exec(text); hit !== null; hit = HEX_STARTS.exec(text)) {
    const start = hit.index;
    HEX_STARTS.lastIndex = start + 1;
    if (!mayBeHexToken(codeAt, start)) continue;
    const found = tokenIn(decodeHex(text, start));
    if (found === null) continue;
    matches.push({ ...found.match, start, end: start + found.value.length * 2, anchor: start, encoding: 'hex' });
  }
  return matches;
}
