import { parse } from 'smol-toml';

/**
 * Where the statements of a TOML document are, so that it can be changed without losing comments and layout. The text
 * must be valid TOML: a parser has accepted it before. All positions are offsets in UTF-16 code units.
 */

interface TableStatement {
  readonly kind: 'table';
  readonly path: readonly string[];
  readonly isArray: boolean;
  /** Start of its line. */
  readonly start: number;
  /** End of its line, without the line end. */
  readonly end: number;
}

export interface EntryStatement {
  readonly kind: 'entry';
  /** The whole path: that of the table it stands in and its own, maybe dotted, key. */
  readonly path: readonly string[];
  /** The path of the header it stands under; empty at the top. */
  readonly table: readonly string[];
  readonly start: number;
  readonly valueStart: number;
  /** End of its last line, without the line end; a comment behind the value is before it. */
  readonly end: number;
}

export type Statement = TableStatement | EntryStatement;

const BARE_KEY = /[A-Za-z0-9_-]+/y;

function skipWhile(text: string, from: number, characters: string): number {
  let at = from;
  while (at < text.length && characters.includes(text.charAt(at))) at += 1;
  return at;
}

function endOfLine(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  const end = feed < 0 ? text.length : feed;
  return text.charAt(end - 1) === '\r' && end > from ? end - 1 : end;
}

/** One past the closing quote of the string that starts at `from`. */
function endOfString(text: string, from: number): number {
  const quote = text.charAt(from);
  const isMultiLine = text.startsWith(quote.repeat(3), from);
  const close = isMultiLine ? quote.repeat(3) : quote;
  let at = from + close.length;
  while (at < text.length && !text.startsWith(close, at)) at += quote === '"' && text.charAt(at) === '\\' ? 2 : 1;
  at += close.length;
  // A multi-line string may end in one or two quotes of its own.
  for (let extra = 0; isMultiLine && extra < 2 && text.charAt(at) === quote; extra += 1) at += 1;
  return at;
}

function readKeyPart(text: string, from: number): { readonly part: string; readonly end: number } {
  const first = text.charAt(from);
  if (first === '"' || first === "'") {
    const end = endOfString(text, from);
    const [part = ''] = Object.keys(parse(`${text.slice(from, end)} = 0`));
    return { part, end };
  }
  BARE_KEY.lastIndex = from;
  const part = BARE_KEY.exec(text)?.[0] ?? '';
  return { part, end: from + part.length };
}

function readKey(text: string, from: number): { readonly path: readonly string[]; readonly end: number } {
  const path: string[] = [];
  let at = from;
  for (;;) {
    const { part, end } = readKeyPart(text, skipWhile(text, at, ' \t'));
    path.push(part);
    at = skipWhile(text, end, ' \t');
    if (text.charAt(at) !== '.') return { path, end: at };
    at += 1;
  }
}

/** The end of the line on which the value that starts at `from` ends. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"' || character === "'") at = endOfString(text, at);
    else if (character === '#') at = endOfLine(text, at);
    else if (character === '\n' && depth === 0) break;
    else {
      if (character === '[' || character === '{') depth += 1;
      if (character === ']' || character === '}') depth -= 1;
      at += 1;
    }
  }
  return at > from && text.charAt(at - 1) === '\r' ? at - 1 : at;
}

/** The statements of a valid document, in order. */
export function statementsOf(text: string): readonly Statement[] {
  const statements: Statement[] = [];
  let table: readonly string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const start = at;
    const first = skipWhile(text, at, ' \t');
    const character = text.charAt(first);
    let end: number;
    if (character === '' || character === '#' || character === '\n' || character === '\r') {
      end = endOfLine(text, first);
    } else if (character === '[') {
      const isArray = text.charAt(first + 1) === '[';
      const { path } = readKey(text, first + (isArray ? 2 : 1));
      end = endOfLine(text, first);
      table = path;
      statements.push({ kind: 'table', path, isArray, start, end });
    } else {
      const key = readKey(text, first);
      const valueStart = skipWhile(text, key.end + 1, ' \t');
      end = endOfValue(text, valueStart);
      statements.push({ kind: 'entry', path: [...table, ...key.path], table, start, valueStart, end });
    }
    const feed = text.indexOf('\n', end);
    at = feed < 0 ? text.length : feed + 1;
  }
  return statements;
}

export function isSamePath(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((part, index) => part === right[index]);
}

/** Whether `path` is below `above`; nothing is below itself. */
export function isBelow(path: readonly string[], above: readonly string[]): boolean {
  return path.length > above.length && above.every((part, index) => part === path[index]);
}
