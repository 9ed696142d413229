/**
 * Keywords: the byte strings from which a finding can start, in every encoding that counts. The search over bytes and
 * the gate of the hooks are both made from them, so neither can know less than the other.
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

function octalOf(character: string): string {
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

/** A character as an expression, plain or escaped in any of the ways that `mixedStarts` knows. */
function mixedExpression(character: string): string {
  const hex = Array.from(hexOf(character), (digit) =>
    /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit,
  );
  const plain = /[A-Za-z0-9_]/.test(character) ? character : `[${character}]`;
  const code = hex.join('');
  const octal = octalOf(character);
  return `(${plain}|%(25)*${code}|[\\]+(x${code}|u00${code}|U000000${code}|[xu][{]0*${code}[}]|0?0?${octal}))`;
}

/**
 * Base64 digits by their place in a group of four, where the group stands for letters, digits and `_`: most other text
 * has a digit of another kind soon.
 */
const WORD_GROUP = ['[M-Za-e]', '[D-HT-Xj-nz0-3]', '[ABEFIJMNQRUVYZcdghklopstwx014589]', '[B-Zafh-z0-6]'] as const;
const ANY_GROUP = Array.from({ length: 4 }, () => '[A-Za-z0-9+/_-]');

/** Matches one alignment of an opening in base64, with `length` characters of a token after it. */
function base64Expression({ shift, digits }: Base64Form, group: readonly string[], length: number): string {
  const begun = ((shift === 0 ? 0 : shift + 1) + digits.length) % group.length;
  const rest = begun === 0 ? '' : group.slice(begun).join('');
  // The first group may hold up to two of the token's bytes, and the last one other bytes besides.
  return `${digits}${rest}(${group.join('')}){${Math.floor((length - 2) / 3) - 1}}`;
}

/** Expressions that match wherever a secret of `length` characters follows `opening`, plain or encoded. */
export function expressionsOf(opening: string, length: number): readonly string[] {
  const anyCaseHex = Array.from(hexOf(opening), (digit) =>
    /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit,
  );
  return [
    `${Array.from(opening, mixedExpression).join('')}[A-Za-z0-9_%\\{}-]{${length}}`,
    ...base64Forms(opening).map((form) => base64Expression(form, opening === 'cio' ? WORD_GROUP : ANY_GROUP, length)),
    `${anyCaseHex.join('')}[0-9A-Fa-f]{${length * 2}}`,
  ];
}
