/**
 * A first look at the bytes after a keyword, so that `precious` and `registry.example` cost nothing. It may take what is
 * nothing for something, and never the other way round.
 */
import { KEYWORDS } from '../rules/all';
import type { Keyword } from '../rules/keyword';
import { isAlphanumeric } from './characters';
import { mayBeBase64Token, mayBeHexToken } from './encoded-bytes';
import { mayBeLogin, mayBePipedLogin, mayBeTokenOption } from './registry/commands';
import { LONGEST_TABLE_OPENING, mayOpenTable, mayStandBeforeTable } from './registry/tables';
import { opensToken, readToken } from './token-shapes';

/** Longer than an escaped secret key, eight backslashes for every character. */
const LONGEST_ESCAPED = 74 * 20;
/** The same for the three characters that it opens with. */
const LONGEST_OPENING = 3 * 20;

const latin1Decoder = new TextDecoder('latin1');

/** Bytes as text, a character each; what is ASCII is itself, and nothing else matters here. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  return latin1Decoder.decode(bytes.subarray(start, Math.min(end, bytes.length)));
}

function runLength(bytes: Uint8Array, start: number, most: number, holds: (code: number) => boolean): number {
  let length = 0;
  while (length < most && holds(bytes[start + length] ?? 0)) length += 1;
  return length;
}

/** More letters and digits than the end of an escape sequence has. */
const LONGEST_ESCAPE_END = 12;

/** How the bytes around a keyword stand to the text that will be read: as they are, or with NULs between them gone. */
export type Neighbours = 'as-they-are' | 'unknown';

function isInWord(bytes: Uint8Array, at: number, end: number): boolean {
  if (isAlphanumeric(bytes[end] ?? 0)) return true;
  const from = Math.max(0, at - LONGEST_ESCAPE_END);
  return (
    at - from === LONGEST_ESCAPE_END &&
    runLength(bytes, from, LONGEST_ESCAPE_END, isAlphanumeric) === LONGEST_ESCAPE_END
  );
}

function mayBeToken(bytes: Uint8Array, at: number, neighbours: Neighbours): boolean {
  // Nearly every hit is a plain `cio` in a word; nothing need be decoded to see that.
  if (bytes[at] === 0x63 && bytes[at + 1] === 0x69 && bytes[at + 2] === 0x6f) {
    const length = runLength(bytes, at + 3, 32, isAlphanumeric);
    if (length === 32) return neighbours === 'unknown' || !isInWord(bytes, at, at + 35);
    const next = bytes[at + 3 + length];
    if (next !== 0x25 && next !== 0x5c && !(length === 0 && next === 0x5f)) return false;
  }
  if (!opensToken(latin1(bytes, at, at + LONGEST_OPENING), 0)) return false;
  // Backslashes in front of a keyword that begins with one belong to the escape sequence too, and change nothing here.
  return readToken(latin1(bytes, at, at + LONGEST_ESCAPED), 0) !== null;
}

/** What can follow `registry` or `registries` where a table, a dotted key or an inline table begins. */
const OPENS_TABLE = new Uint8Array(256);
for (const character of ' \t"\'\\].=') OPENS_TABLE[character.charCodeAt(0)] = 1;

function mayBeTable(bytes: Uint8Array, at: number, length: number): boolean {
  if (OPENS_TABLE[bytes[at + length] ?? 0] === 0 || !mayStandBeforeTable(bytes[at - 1] ?? 0)) return false;
  return mayOpenTable(latin1(bytes, at, at + LONGEST_TABLE_OPENING));
}

const ENDS_WORD = new Uint8Array(256);
for (const character of ' \t\r\n"\'`,;()<>|&\\[]=^') ENDS_WORD[character.charCodeAt(0)] = 1;
const SHORTEST_KEY = 16;
const FURTHEST_KEY = 600;

/** The end of the first word after `at` that is long enough for a key and holds a digit; 0 where none of the next few is. */
function endOfFirstKey(bytes: Uint8Array, at: number, words: number): number {
  const last = Math.min(bytes.length, at + FURTHEST_KEY);
  let start = at;
  let left = words;
  let hasDigit = false;
  for (let index = at; index <= last && left > 0; index += 1) {
    const byte = index < last ? (bytes[index] ?? 0) : 0x20;
    if (ENDS_WORD[byte] === 0) {
      hasDigit ||= byte >= 0x30 && byte <= 0x39;
      continue;
    }
    if (hasDigit && index - start >= SHORTEST_KEY) return index;
    if (index > start) left -= 1;
    start = index + 1;
    hasDigit = false;
  }
  return 0;
}

/** Longer than the program and its options before `login`. */
const LONGEST_COMMAND = 200;
/** In bytes, as far as the commands' expressions look back; a character has up to three. */
const COMMAND_REACH = 1200;

/** False where `cargo` stands nowhere near: no expression for commands has to be tried, or compiled. */
function mayBeOfCargo(bytes: Uint8Array, at: number): boolean {
  return at < COMMAND_REACH || /cargo/i.test(latin1(bytes, at - COMMAND_REACH, at));
}

interface KeyTaker {
  readonly length: number;
  /** How many words may stand before the key: options and their values, the marks of a list. */
  readonly words: number;
  readonly check: (text: string) => boolean;
}

function mayTakeKey(bytes: Uint8Array, at: number, { length, words, check }: KeyTaker): boolean {
  if (ENDS_WORD[bytes[at + length] ?? 0] === 0) return false;
  const end = endOfFirstKey(bytes, at + length, words);
  return end > 0 && check(latin1(bytes, at, end + 1));
}

type Check = (bytes: Uint8Array, at: number, neighbours: Neighbours) => boolean;

function checkOf(keyword: Keyword): Check {
  switch (keyword.check) {
    case 'token':
      return mayBeToken;
    case 'base64':
      return (bytes, at) => mayBeBase64Token((index) => bytes[index] ?? 0, at, keyword.text);
    case 'hex':
      return (bytes, at) => mayBeHexToken((index) => bytes[index] ?? 0, at);
    case 'session':
    case 'name':
      return () => true;
    case 'table':
      return (bytes, at) => mayBeTable(bytes, at, keyword.text.length);
    case 'option':
      return (bytes, at) => mayTakeKey(bytes, at, { length: keyword.text.length, words: 4, check: mayBeTokenOption });
    case 'login':
      return (bytes, at) =>
        mayBeOfCargo(bytes, at) &&
        (mayTakeKey(bytes, at, { length: keyword.text.length, words: 24, check: mayBeLogin }) ||
          at < LONGEST_COMMAND ||
          mayBePipedLogin(latin1(bytes, at - LONGEST_COMMAND, at)));
  }
}

const CHECKS = KEYWORDS.map(checkOf);

/** False only where no finding is anchored at this keyword. `bytes` reach past the keyword by two kilobytes, or to the end. */
export function mayBeFinding(bytes: Uint8Array, at: number, keyword: number, neighbours: Neighbours): boolean {
  return CHECKS[keyword]?.(bytes, at, neighbours) ?? true;
}
