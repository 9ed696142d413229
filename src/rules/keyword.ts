/**
 * Keywords: the byte strings from which a finding can start, in every encoding that counts. The search over bytes is
 * made from them; gate-test.ts makes the gate of the hooks from the same openings.
 */

/** How a place where a keyword stands is looked at before its surroundings are decoded. */
type KeywordCheck = 'token' | 'base64' | 'hex' | 'session' | 'name' | 'table' | 'option' | 'login';

export interface Keyword {
  /** At least three ASCII characters; the first eight are searched for. */
  readonly text: string;
  readonly check: KeywordCheck;
  /** Letters match in either case. */
  readonly anyCase?: true;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** One alignment of a text inside base64: the digits that the text alone decides. */
export interface Base64Form {
  /** How many bytes of the first group of three lie before the text. */
  readonly shift: 0 | 1 | 2;
  readonly digits: string;
}

/** The three ways in which an ASCII text can stand inside base64 (RFC 4648, section 4). */
export function base64Forms(text: string): readonly Base64Form[] {
  return ([0, 1, 2] as const).map((shift) => {
    const bits = Array.from(text, (character) => character.charCodeAt(0).toString(2).padStart(8, '0')).join('');
    const lead = [0, 4, 2][shift] ?? 0;
    let digits = '';
    for (let at = lead; at + 6 <= bits.length; at += 6) digits += BASE64.charAt(parseInt(bits.slice(at, at + 6), 2));
    return { shift, digits };
  });
}

export function hexOf(text: string): string {
  return Array.from(text, (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

export function octalOf(character: string): string {
  return character.charCodeAt(0).toString(8);
}

/**
 * Where a text begins of which any character may be escaped (`%63`, `\x63`, `\u0063`, `\143`): the text itself, its
 * first character escaped, or an escape after a few plain ones. Three plain characters are a keyword by themselves.
 */
function mixedStarts(text: string): readonly Keyword[] {
  const first = text.charAt(0);
  const second = text.charAt(1);
  const hex = hexOf(first);
  const literal = (keyword: string): Keyword => ({ text: keyword, check: 'token' });
  const anyCase = (keyword: string): Keyword => ({ text: keyword, check: 'token', anyCase: true });
  return [
    literal(text.slice(0, 3)),
    ...[`%${hex}`, `%25${hex}`, `%2525${hex}`, `\\x${hex}`, `\\u00${hex}`, `\\x{${hex}`, `\\u{${hex}`].map(anyCase),
    ...['\\x{0', '\\u{0', '\\U0000', `\\${octalOf(first)}`, `\\0${octalOf(first)}`].map(literal),
    ...[`%${hexOf(second).charAt(0)}`, '%2', '\\x', '\\u', '\\U', '\\\\', '\\0', `\\${octalOf(second).charAt(0)}`].map(
      (escape) => literal(first + escape),
    ),
    ...['%', '\\'].map((escape) => literal(text.slice(0, 2) + escape)),
  ];
}

/** Every keyword of a text that opens a secret, plain and encoded. */
export function keywordsOf(opening: string): readonly Keyword[] {
  return [
    ...mixedStarts(opening),
    ...base64Forms(opening).map(({ digits }): Keyword => ({ text: digits, check: 'base64' })),
    { text: hexOf(opening), check: 'hex', anyCase: true },
  ];
}
