/**
 * A first look at the bytes after a keyword, so that `precious` and `registry.example` cost nothing. It may take what is
 * nothing for something, and never the other way round.
 */
import { KEYWORDS } from '../rules/all';
import type { KeywordCheck } from '../rules/keyword';
import { isAlphanumeric, isBase64Digit, isHexDigit } from './characters';
import { mayBeLogin, mayBeTokenOption } from './registry/commands';
import { readToken } from './token-shapes';

/** Longer than an escaped secret key, eight backslashes for every character. */
const LONGEST_ESCAPED = 74 * 20;
const LONGEST_COMMAND = 1400;

/** Bytes as text, each as the character of its number. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, Math.min(end, bytes.length)));
}

function runLength(bytes: Uint8Array, start: number, most: number, holds: (code: number) => boolean): number {
  let length = 0;
  while (length < most && holds(bytes[start + length] ?? 0)) length += 1;
  return length;
}

function mayBeToken(bytes: Uint8Array, at: number): boolean {
  // Nearly every hit is a plain `cio` in a word; nothing need be decoded to see that.
  if (bytes[at] === 0x63 && bytes[at + 1] === 0x69 && bytes[at + 2] === 0x6f) {
    const length = runLength(bytes, at + 3, 32, isAlphanumeric);
    if (length === 32) return true;
    const next = bytes[at + 3 + length];
    if (next !== 0x25 && next !== 0x5c && !(length === 0 && next === 0x5f)) return false;
  }
  // Backslashes in front of a keyword that begins with one belong to the escape sequence too, and change nothing here.
  return readToken(latin1(bytes, at, at + LONGEST_ESCAPED), 0) !== null;
}

const REGISTRY_TABLE =
  /^registr(?:ies\\{0,8}["']?[ \t]*[.\]=]|y\\{0,8}["']?[ \t]*(?:\]|=[ \t]*\{|\.[ \t]*["']?(?:token|secret-key|private-key)))/;

function mayBeTable(bytes: Uint8Array, at: number): boolean {
  const next = bytes[at + 8] ?? 0;
  if (isAlphanumeric(next) && next !== 0x65 && next !== 0x73) return false;
  return REGISTRY_TABLE.test(latin1(bytes, at, at + 300));
}

const CHECKS: Readonly<Record<KeywordCheck, (bytes: Uint8Array, at: number) => boolean>> = {
  token: mayBeToken,
  base64: (bytes, at) => runLength(bytes, at, 44, isBase64Digit) === 44,
  hex: (bytes, at) => runLength(bytes, at, 70, isHexDigit) === 70,
  session: () => true,
  name: () => true,
  table: mayBeTable,
  option: (bytes, at) => mayBeTokenOption(latin1(bytes, at, at + LONGEST_COMMAND)),
  login: (bytes, at) => !isAlphanumeric(bytes[at + 5] ?? 0) && mayBeLogin(latin1(bytes, at, at + LONGEST_COMMAND)),
};

const CHECK_OF = KEYWORDS.map((keyword) => CHECKS[keyword.check]);

/** False only where no finding is anchored at this keyword. `bytes` reach past the keyword by two kilobytes, or to the end. */
export function mayBeFinding(bytes: Uint8Array, at: number, keyword: number): boolean {
  return CHECK_OF[keyword]?.(bytes, at) ?? true;
}
