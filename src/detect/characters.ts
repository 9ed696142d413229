/**
 * What makes a word. JavaScript's `\b` knows ASCII only and takes the underscore for a letter; a token's neighbours
 * need more care (docs/rules.md).
 */

const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}\p{Nl}]$/u;
const MARK = /^\p{M}$/u;
const CJK = /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]$/u;

/** Marks that turn their base into a picture or choose a glyph, and make no word of anything: variation selectors, the keycap. */
function choosesGlyph(code: number): boolean {
  return (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef) || code === 0x20e3;
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

export function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

/** A digit of base64 in its standard or its URL alphabet. */
export function isBase64Digit(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2b || code === 0x2f || code === 0x2d || code === 0x5f;
}

/** A letter or digit of an alphabetic script; CJK characters do not make words. */
function isWordCharacter(code: number): boolean {
  if (code < 0x80) return isAlphanumeric(code);
  const character = String.fromCodePoint(code);
  return LETTER_OR_DIGIT.test(character) && !CJK.test(character);
}

function codePointBefore(text: string, index: number): number {
  const low = text.charCodeAt(index - 1);
  if (low >= 0xdc00 && low <= 0xdfff && index >= 2) {
    const high = text.charCodeAt(index - 2);
    if (high >= 0xd800 && high <= 0xdbff) return ((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
  }
  return low;
}

/** True where the text before `index` ends in a word; a combining mark counts as its base does. */
export function endsInWord(text: string, index: number): boolean {
  let at = index;
  // More marks than this on one base are no writing.
  while (at > 0 && index - at < 64) {
    const code = codePointBefore(text, at);
    if (choosesGlyph(code)) return false;
    if (code < 0x300 || !MARK.test(String.fromCodePoint(code))) return isWordCharacter(code);
    at -= code > 0xffff ? 2 : 1;
  }
  return false;
}

/** True where a word goes on at `index`; a combining mark there would belong to the character before it. */
export function goesOnAsWord(text: string, index: number): boolean {
  const code = text.codePointAt(index);
  if (code === undefined || choosesGlyph(code)) return false;
  if (code < 0x80) return isAlphanumeric(code);
  return MARK.test(String.fromCodePoint(code)) || isWordCharacter(code);
}
