/**
 * Tokens inside base64 and hex. A place where an opening's digits stand is decoded with a little of what lies around it,
 * so that the decoded neighbours decide whether the token is a word of its own.
 */
import { base64Forms, hexOf } from '../rules/keyword';
import { base64CheckOf } from './base64-run';
import { isBase64Digit, isHexDigit } from './characters';
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
function decodeBase64(text: string, group: number, shift: number): Decoded | null {
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

const BASE64_FORMS = OPENINGS.flatMap((opening) => base64Forms(opening));
const BASE64_STARTS = new RegExp(BASE64_FORMS.map(({ digits }) => digits).join('|'), 'g');

/** Every token shape inside the base64 of a text. */
export function findInBase64(text: string): readonly Match[] {
  const matches: Match[] = [];
  BASE64_STARTS.lastIndex = 0;
  for (let hit = BASE64_STARTS.exec(text); hit !== null; hit = BASE64_STARTS.exec(text)) {
    const [digitsFound] = hit;
    const shift = BASE64_FORMS.find(({ digits }) => digits === digitsFound)?.shift ?? 0;
    BASE64_STARTS.lastIndex = hit.index + 1;
    // The token's first byte begins within the digit before the ones that it decides alone.
    const group = hit.index - (shift === 0 ? 0 : shift + 1);
    const start = hit.index - (shift === 0 ? 0 : 1);
    if (start < 0 || !isBase64Digit(text.charCodeAt(start))) continue;
    const decoded = decodeBase64(text, group, shift);
    const found = decoded === null ? null : tokenIn(decoded);
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
  HEX_STARTS.lastIndex = 0;
  for (let hit = HEX_STARTS.exec(text); hit !== null; hit = HEX_STARTS.exec(text)) {
    const start = hit.index;
    HEX_STARTS.lastIndex = start + 1;
    const found = tokenIn(decodeHex(text, start));
    if (found === null) continue;
    matches.push({ ...found.match, start, end: start + found.value.length * 2, anchor: start, encoding: 'hex' });
  }
  return matches;
}
