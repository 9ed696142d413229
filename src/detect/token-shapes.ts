/**
 * The three secrets with a format of their own: `cio…`, `cio_tp_…` and `k3.secret.…`, plain or
 * with any of their characters escaped.
 */
import type { RuleId } from '../rules/rule';
import { goesOnAsWord, isAlphanumeric, isBase64Digit } from './characters';
import { escapeAt, escapedWordAfter, escapedWordBefore, wordBefore } from './escapes';
import { base64CheckOf, type Base64Check } from './base64-run';
import { isKnownExample } from './known-example';
import type { Match } from './match';
import { isMadeUp } from './placeholder';

const API_LENGTH = 32;
const KEY_LENGTH = 64;
const CHECKSUM_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The last character of a `cio_tp_` token: the XOR of the 31 before it (crates.io, `access_token.rs`). */
function checksumOf(raw: string): string {
  let sum = 0;
  for (let at = 0; at < raw.length; at += 1) sum ^= raw.charCodeAt(at);
  return CHECKSUM_ALPHABET.charAt(sum % 62);
}

export interface TokenRead {
  readonly rule: RuleId;
  readonly value: string;
  /** What follows the public prefix. */
  readonly body: string;
  readonly end: number;
  readonly escaped: boolean;
}

const PLAIN = /cio(?:_tp_)?[A-Za-z0-9]{32}|k3\.secret\.[A-Za-z0-9_-]{64}/y;

class EscapedReader {
  at: number;
  value = '';
  escaped = false;

  constructor(
    private readonly text: string,
    start: number,
  ) {
    this.at = start;
  }

  /** Reads one character, plain or escaped, where `accepts` takes it. */
  read(accepts: (code: number) => boolean): boolean {
    const plain = this.text.charCodeAt(this.at);
    const escape = plain === 0x25 || plain === 0x5c ? escapeAt(this.text, this.at) : null;
    const code = escape?.code ?? plain;
    if (!accepts(code)) return false;
    this.value += String.fromCharCode(code);
    this.at += escape?.length ?? 1;
    this.escaped ||= escape !== null;
    return true;
  }

  readAll(expected: string): boolean {
    for (let index = 0; index < expected.length; index += 1)
      if (!this.read((code) => code === expected.charCodeAt(index))) return false;
    return true;
  }

  readMany(count: number, accepts: (code: number) => boolean): boolean {
    for (let index = 0; index < count; index += 1) if (!this.read(accepts)) return false;
    return true;
  }
}

const isUrlDigit = (code: number): boolean => isBase64Digit(code) && code !== 0x2b && code !== 0x2f;

function ruleOf(value: string): RuleId {
  if (value.startsWith('k')) return 'cargo-secret-key';
  return value.startsWith('cio_') ? 'crates-io-trustpub-token' : 'crates-io-api-token';
}

function prefixOf(rule: RuleId): string {
  if (rule === 'cargo-secret-key') return 'k3.secret.';
  if (rule === 'crates-io-trustpub-token') return 'cio_tp_';
  return rule === 'crates-io-api-token' ? 'cio' : '';
}

function tokenOf(value: string, end: number, escaped: boolean): TokenRead {
  const rule = ruleOf(value);
  return { rule, value, body: value.slice(prefixOf(rule).length), end, escaped };
}

/** The token whose first character stands at `start`, plain or escaped; null where there is none. Knows no boundaries. */
export function readToken(text: string, start: number): TokenRead | null {
  PLAIN.lastIndex = start;
  const plain = PLAIN.exec(text);
  if (plain !== null) return tokenOf(plain[0], PLAIN.lastIndex, false);
  const reader = new EscapedReader(text, start);
  if (reader.read((code) => code === 0x6b)) {
    const whole = reader.readAll('3.secret.') && reader.readMany(KEY_LENGTH, isUrlDigit);
    return whole ? tokenOf(reader.value, reader.at, reader.escaped) : null;
  }
  if (!reader.readAll('cio')) return null;
  if (reader.read((code) => code === 0x5f) && !reader.readAll('tp_')) return null;
  return reader.readMany(API_LENGTH, isAlphanumeric) ? tokenOf(reader.value, reader.at, reader.escaped) : null;
}

/** True where the first three characters of a token stand at `start`, plain or escaped. */
export function opensToken(text: string, start: number): boolean {
  return new EscapedReader(text, start).readAll('cio') || new EscapedReader(text, start).readAll('k3.');
}

/** True for what could be a genuine token by itself, whatever stands around it. */
export function isGenuine(token: TokenRead): boolean {
  if (token.rule === 'crates-io-trustpub-token') {
    const raw = token.body.slice(0, -1);
    if (checksumOf(raw) !== token.body.slice(-1)) return false;
    return !isMadeUp(raw) || isKnownExample(token.value);
  }
  return !isMadeUp(token.body) || isKnownExample(token.value);
}

/** True where the token at `start` is a word of its own, and no part of a longer base64 text. */
export function standsAlone(text: string, start: number, token: TokenRead, inLongBase64: Base64Check): boolean {
  const isKey = token.rule === 'cargo-secret-key';
  if (isKey && isUrlDigit(text.charCodeAt(token.end))) return false;
  if (token.escaped) return !escapedWordBefore(text, start) && !escapedWordAfter(text, token.end);
  if (goesOnAsWord(text, token.end) || wordBefore(text, start)) return false;
  return isKey || !inLongBase64(start, token.end);
}

const STARTS = /cio|k3\.|(?:ci?|k3?)?[%\\]/g;

/** Every token shape of a text, plain or escaped, in order. */
export function findTokens(text: string): readonly Match[] {
  const matches: Match[] = [];
  const inLongBase64 = base64CheckOf(text);
  STARTS.lastIndex = 0;
  for (let found = STARTS.exec(text); found !== null; found = STARTS.exec(text)) {
    const start = found.index;
    const token = readToken(text, start);
    STARTS.lastIndex = token?.end ?? start + 1;
    if (token === null) continue;
    const { rule, value, end } = token;
    const counts = standsAlone(text, start, token, inLongBase64) && isGenuine(token);
    matches.push({ rule, start, end, anchor: start, value, encoding: encodingOf(text, start, token), counts });
  }
  return matches;
}

function encodingOf(text: string, start: number, token: TokenRead): 'plain' | 'percent' | 'escape' {
  if (!token.escaped) return 'plain';
  return text.slice(start, token.end).includes('%') ? 'percent' : 'escape';
}
