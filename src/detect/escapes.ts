/**
 * Escape sequences, read one character at a time: percent-encoding (RFC 3986, also encoded again as `%25…`), `\xXX`,
 * `\uXXXX`, `\u{…}`, `\UXXXXXXXX` and octal, with as many backslashes as quoting put in front.
 */
import { endsInWord, goesOnAsWord } from './characters';
import { decodeUtf8 } from './utf8';

const ESCAPE =
  /%(?:25){0,4}([0-9A-Fa-f]{2})|\\{1,8}(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|[xu]\{0{0,6}([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})|(0[1-3][0-7]{2}|[0-3][0-7]{2}|[0-7]{1,2}))/y;

export interface EscapedCharacter {
  readonly code: number;
  /** How many characters of the text stand for it. */
  readonly length: number;
}

/** The escape sequence at `index`, or null where none begins. */
export function escapeAt(text: string, index: number): EscapedCharacter | null {
  ESCAPE.lastIndex = index;
  const found = ESCAPE.exec(text);
  if (found === null) return null;
  const [whole, percent, x, u, braced, long, octal] = found;
  const hex = percent ?? x ?? u ?? braced ?? long;
  return { code: hex === undefined ? parseInt(octal ?? '0', 8) : parseInt(hex, 16), length: whole.length };
}

/** Longer than any escape sequence that can end before a token. */
const TAIL = 48;

const TERMINAL_INTRODUCER = String.raw`(?:\x1b|\x9b|\\{1,8}(?:x1b|0{0,2}33|e|u001b|[xu]\{0{0,6}1b\})|%1b|\^\[)`;
const ENDS_IN_ESCAPE = new RegExp(
  String.raw`(?:\\[a-z0-9]|%(?:25){0,4}[0-9a-f]{2}|\\x[0-9a-f]{1,2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\[0-7]{1,4}|${TERMINAL_INTRODUCER}[\[(]?[0-9;:?]*[a-z0-9])$`,
  'i',
);

/** True where the text before `index` ends in a word whose last character is not the end of an escape sequence. */
export function wordBefore(text: string, index: number): boolean {
  if (!endsInWord(text, index)) return false;
  return !ENDS_IN_ESCAPE.test(text.slice(Math.max(0, index - TAIL), index));
}

const ENDS_IN_ESCAPED_BYTES =
  /(?:(?:%(?:25){0,4}|\\{1,8}x)[0-9A-Fa-f]{2}){1,4}$|\\{1,8}(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|0[1-3][0-7]{2}|[0-7]{1,3})$|\\{1,8}[xu]\{[0-9A-Fa-f]{1,8}\}$/;

function unescape(text: string): string {
  const codes: number[] = [];
  for (let at = 0; at < text.length;) {
    const escape = escapeAt(text, at);
    codes.push(escape?.code ?? text.charCodeAt(at));
    at += escape?.length ?? 1;
  }
  // Percent and \x stand for bytes; above 0xff only \u and \U can be meant.
  if (codes.every((code) => code <= 0xff) && /%|\\x/.test(text)) return decodeUtf8(Uint8Array.from(codes)).text;
  return codes.map((code) => (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd')).join('');
}

/** As wordBefore, for a token that is itself escaped: an escape sequence before it is read for what it stands for. */
export function escapedWordBefore(text: string, index: number): boolean {
  const tail = text.slice(Math.max(0, index - TAIL), index);
  const escaped = ENDS_IN_ESCAPED_BYTES.exec(tail);
  if (escaped === null) return wordBefore(text, index);
  const meant = unescape(escaped[0]);
  return endsInWord(meant, meant.length);
}

/** As goesOnAsWord, for a token that is itself escaped. */
export function escapedWordAfter(text: string, index: number): boolean {
  let end = index;
  while (end - index < TAIL) {
    const escape = escapeAt(text, end);
    if (escape === null) break;
    end += escape.length;
  }
  return end === index ? goesOnAsWord(text, index) : goesOnAsWord(unescape(text.slice(index, end)), 0);
}
