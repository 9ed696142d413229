/** Reads the value that stands at a place of a text, as the many syntaxes write it. */
import { isLiteralToken, isName, isPathOfNames } from './value';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * How a value is written: a shell word directly after `=`; after a `:` or a spaced operator, where an unquoted name is
 * somebody's variable.
 */
export type Style = 'shell-word' | 'expression';

const LONGEST_VALUE = 4096;
const QUOTE =
  /(?:!!str[ \t]+|&[\w-]+[ \t]+)*(?:r#{0,4}|br#{0,4}|[bfuUL@$])?(\\{0,8})("""|'''|''(?=[^\s',;)\]}])|["'`])/y;
const WORD = /(?:!!str[ \t]+|&[\w-]+[ \t]+)*((?:(?:Bearer|Basic|Token)[ \t]+)?[^\s;&|()<>"'`,\\{}[\]]+)/iy;
const SHELL_WORD = /([^\s;&|()<>"'`,\\{}[\]]+)/y;
/** What may follow an unquoted value on its line. */
const NOTHING_MORE = /[ \t]*(?:\r?$|#|\/\/|\/\*|[,;})\]"'&|<\\])/my;

export interface Quoted {
  readonly span: Span;
  readonly quote: string;
}

/** PowerShell's here-string (about_Quoting_Rules): what stands on the lines between `@"` and `"@`. */
const HERE_STRING = /@(["'])[ \t]*\r?\n/y;

function hereStringAt(text: string, at: number): Quoted | null {
  HERE_STRING.lastIndex = at;
  const quote = HERE_STRING.exec(text)?.[1];
  if (quote === undefined) return null;
  const start = HERE_STRING.lastIndex;
  const end = text.slice(start, start + LONGEST_VALUE).indexOf(`\n${quote}@`);
  return end < 0 ? null : { span: { start, end: start + end }, quote };
}

/** The literal inside the quotes that open at `at`, or null where none do. */
export function quotedAt(text: string, at: number): Quoted | null {
  const here = hereStringAt(text, at);
  if (here !== null) return here;
  QUOTE.lastIndex = at;
  const opening = QUOTE.exec(text);
  if (opening === null) return null;
  const quote = opening[2] ?? '';
  const closing = (opening[1] ?? '') + quote;
  const start = QUOTE.lastIndex;
  const inside = text.slice(start, start + LONGEST_VALUE + closing.length);
  const end = inside.indexOf(closing);
  const line = quote.length === 3 ? -1 : inside.indexOf('\n');
  if (end < 0 || (line >= 0 && line < end)) return null;
  return { span: { start, end: start + end }, quote };
}

function trimmed(text: string, { start, end }: Span): Span {
  const value = text.slice(start, end);
  return {
    start: start + (value.length - value.trimStart().length),
    end: end - (value.length - value.trimEnd().length),
  };
}

/** The literal token that stands at `at`, or null where that is a reference, a placeholder, a name or nothing. */
export function literalAt(text: string, at: number, style: Style): Span | null {
  const quoted = quotedAt(text, at);
  if (quoted !== null) {
    // In a shell, backquotes run a command.
    if (quoted.quote === '`' && style === 'shell-word') return null;
    const span = trimmed(text, quoted.span);
    return isLiteralToken(text.slice(span.start, span.end)) ? span : null;
  }
  return style === 'shell-word' ? shellWordAt(text, at) : unquotedAt(text, at);
}

function shellWordAt(text: string, at: number): Span | null {
  SHELL_WORD.lastIndex = at;
  const word = SHELL_WORD.exec(text)?.[1];
  if (word === undefined) return null;
  const next = text.charAt(at + word.length);
  if (isPathOfNames(word) || next === '(' || next === '[') return null;
  // As an argument of a function call, a name is a variable.
  if ((next === ',' || next === ')') && isName(word)) return null;
  return isLiteralToken(word) ? { start: at, end: at + word.length } : null;
}

function unquotedAt(text: string, at: number): Span | null {
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[1];
  if (word === undefined) return null;
  const end = WORD.lastIndex;
  NOTHING_MORE.lastIndex = end;
  if (!NOTHING_MORE.test(text) || isName(word) || isPathOfNames(word)) return null;
  return isLiteralToken(word) ? { start: end - word.length, end } : null;
}

/** The first place of a character at or after `at`, not further than `reach`; `at + reach` or the text's end without one. */
export function indexWithin(text: string, character: string, at: number, reach: number): number {
  const region = text.slice(at, at + reach);
  const index = region.indexOf(character);
  return at + (index < 0 ? region.length : index);
}

/** The beginning of the line that holds `at`, not further back than `reach`. */
export function lineStart(text: string, at: number, reach: number): number {
  const from = Math.max(0, at - reach);
  return from + text.slice(from, at).lastIndexOf('\n') + 1;
}
