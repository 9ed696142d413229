/** What the gate of the hooks asks of the lines of a change. */
import { type Base64Form, base64Forms, hexOf, octalOf } from './keyword';

/** POSIX extended expressions for lines of a change. */
export interface GateTest {
  /** Is in every line that one of `lines` matches, takes grep next to no time, and is rare elsewhere. */
  readonly hint: string;
  readonly lines: readonly string[];
}

/** Letters in either case, as an expression or a shell's pattern; what is no letter stays. */
export function inAnyCase(text: string): string {
  return text.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

/** The hex digits of an ASCII text as an expression. */
function hexExpression(text: string): string {
  return inAnyCase(hexOf(text));
}

function plainExpression(character: string): string {
  return /[A-Za-z0-9_]/.test(character) ? character : `[${character}]`;
}

/** A character as an expression, plain or escaped in any of the ways that `mixedStarts` knows. */
function mixedExpression(character: string): string {
  const plain = plainExpression(character);
  const code = hexExpression(character);
  const octal = octalOf(character);
  return `(${plain}|%(25)*${code}|[\\]+(x${code}|u00${code}|U000000${code}|[xu][{]0*${code}[}]|0?0?${octal}))`;
}

/**
 * Base64 digits by their place in a group of four, where the group stands for letters, digits and `_`: most other text
 * has a digit of another kind soon.
 */
const WORD_GROUP = ['[M-Za-e]', '[D-HT-Xj-nz0-3]', '[ABEFIJMNQRUVYZcdghklopstwx014589]', '[B-Zafh-z0-6]'] as const;
const ANY_GROUP = Array.from({ length: 4 }, () => '[A-Za-z0-9+/_-]');

/** One alignment of an opening in base64, to the end of its last group of digits. */
function base64Beginning({ shift, digits }: Base64Form, group: readonly string[]): string {
  const begun = ((shift === 0 ? 0 : shift + 1) + digits.length) % group.length;
  return digits + (begun === 0 ? '' : group.slice(begun).join(''));
}

/** Matches one alignment of an opening in base64, with `length` characters of a token after it. */
function base64Expression(form: Base64Form, group: readonly string[], length: number): string {
  // The first group may hold up to two of the token's bytes, and the last one other bytes besides.
  return `${base64Beginning(form, group)}(${group.join('')}){${Math.floor((length - 2) / 3) - 1}}`;
}

/** Matches where a character of `opening` is escaped; whether the others are plain or not is all one. */
function escapeExpression(opening: string): string {
  const characters = [...new Set(opening)];
  const hex = `(${characters.map(hexExpression).join('|')})`;
  return `%(25)*${hex}|[\\](x|u00|U000000|[xu][{]0*)${hex}|[\\]0?0?(${characters.map(octalOf).join('|')})`;
}

/** The gate for a secret of `length` characters after `opening`, plain or encoded. */
export function gateOf(opening: string, length: number): readonly GateTest[] {
  const characters = Array.from(opening);
  const tail = `[A-Za-z0-9_%\\{}-]{${length}}`;
  const hex = hexExpression(opening);
  const group = opening === 'cio' ? WORD_GROUP : ANY_GROUP;
  return [
    {
      hint: `${characters.map(plainExpression).join('')}${tail}|${escapeExpression(opening)}`,
      lines: [characters.map(mixedExpression).join('') + tail],
    },
    ...base64Forms(opening).map((form) => ({
      hint: base64Beginning(form, group),
      lines: [base64Expression(form, group, length)],
    })),
    { hint: hex, lines: [`${hex}[0-9A-Fa-f]{${length * 2}}`] },
  ];
}
