/**
 * Cargo's own files: `token`, `secret-key` and `private-key` under `[registry]` or
 * `[registries.*]`, as tables, inline tables or dotted keys, in a file or in the text of a script that writes one.
 */
import type { Match } from '../match';
import { indexWithin, lineStart, quotedAt } from './literal';
import { registryMatch } from './names';
import { isLiteralToken } from './value';

/** How far below its header a table is read, in UTF-16 code units. */
const TABLE_REACH = 48 * 1024;

const KEY = String.raw`(?:"[^"\n]{0,128}"|'[^'\n]{0,128}'|[A-Za-z0-9_-]{1,128})`;
const SPACE = String.raw`[ \t]{0,64}`;
const QUOTE = String.raw`\\{0,8}["']?`;

/**
 * What may stand before the first word of a line: spaces, the marks of comments, quotations and patches, or a command
 * that prints the line; or a line feed written as an escape.
 */
const LINE_START = String.raw`(?:^[ \t]{0,256}(?:[#/*!>+;|-]{1,4}[ \t]{0,64})?|\\n[ \t]{0,64}|\b(?:echo|printf)(?:[ \t]+-\w+)*[ \t]+|["'\x60][ \t]{0,8})(?:\\{0,8}["'\x60$]{0,3})`;
/** More than LINE_START and a key can span. */
const LOOK_BACK = 480;

const AT_LINE_START = new RegExp(`${LINE_START}$`);
const AT_KEY = new RegExp(`(?:${LINE_START}(?:${KEY}${SPACE}\\.${SPACE}${QUOTE})?|[{,]${SPACE}${QUOTE})$`);

const REGISTRY = /registr(?:y|ies)/g;
const BRACKET_BEFORE = new RegExp(`\\[${SPACE}["']?$`);
const HEADER = new RegExp(
  `(?:registry["']?|registries["']?(?:${SPACE}\\.${SPACE}\\\\{0,8}${KEY})?)${SPACE}\\](?=${SPACE}(?:\\r?$|#|\\\\[nr]|\\\\{0,8}["'\\x60]))`,
  'my',
);
const NEXT_HEADER =
  /(?:^[ \t]{0,256}|\\n|(?:echo|printf)[ \t]+(?:-\w+[ \t]+)*["'])\[{1,2}[^\]\n=]{1,200}\]{1,2}(?=[ \t]*(?:\r?$|#|\\|["'`]))/gm;

const SECRET_KEY = String.raw`(?:token|secret-key|private-key)`;
const ASSIGNS = `${QUOTE}${SPACE}=${SPACE}`;
const ASSIGNED_KEY = new RegExp(`${SECRET_KEY}${ASSIGNS}`, 'g');
const DOTTED = new RegExp(
  `registr(?:y|ies["']?${SPACE}\\.${SPACE}${KEY})["']?${SPACE}\\.${SPACE}["']?${SECRET_KEY}${ASSIGNS}`,
  'y',
);
const INLINE = new RegExp(`registr(?:y|ies(?:["']?${SPACE}\\.${SPACE}${KEY})?)["']?${SPACE}=${SPACE}\\{`, 'y');
const LONGEST_INLINE = 4096;

/** The line before `at`, or as much of it as can matter; what was cut off must not pass for the start of a line. */
function beforeOnLine(text: string, at: number): string {
  const from = lineStart(text, at, LOOK_BACK);
  const isCut = from > 0 && text.charAt(from - 1) !== '\n';
  return (isCut ? 'x' : '') + text.slice(from, at);
}

/** A statement of a program ends in a semicolon, a line of TOML does not. */
function endsLikeToml(text: string, end: number): boolean {
  return !/^[^\n]{0,3}[ \t]*[;)]/.test(text.slice(end, end + 16));
}

/**
 * A line end directly after the opening quotes is no part of the string, nor is one with a backslash before it and the
 * spaces after it (TOML 1.0, "String").
 */
const NO_PART = /^(?:\\[ \t]*\r?\n\s*|\r?\n)/;

function assignedAt(text: string, at: number, anchor: number): Match | null {
  const quoted = quotedAt(text, at);
  if (quoted === null || quoted.quote === '`') return null;
  const { end } = quoted.span;
  const start = quoted.span.start + (NO_PART.exec(text.slice(quoted.span.start, end))?.[0].length ?? 0);
  return isLiteralToken(text.slice(start, end)) ? registryMatch(text, { start, end }, anchor) : null;
}

function assignmentsIn(text: string, from: number, to: number, anchor: number): readonly Match[] {
  const matches: Match[] = [];
  const region = text.slice(0, to);
  ASSIGNED_KEY.lastIndex = from;
  for (let found = ASSIGNED_KEY.exec(region); found !== null; found = ASSIGNED_KEY.exec(region)) {
    const match = assignedAt(text, found.index + found[0].length, anchor);
    if (match !== null && AT_KEY.test(beforeOnLine(text, found.index))) matches.push(match);
  }
  return matches;
}

function endOfTable(text: string, from: number): number {
  NEXT_HEADER.lastIndex = from;
  const next = NEXT_HEADER.exec(text.slice(0, from + TABLE_REACH));
  return next?.index ?? Math.min(text.length, from + TABLE_REACH);
}

/** The end of the pattern at a place, or -1 where it does not fit. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** The end of the header whose first word stands at `at`, or -1 where that is none. */
function endOfHeader(text: string, at: number): number {
  const bracket = BRACKET_BEFORE.exec(text.slice(Math.max(0, at - 70), at));
  if (bracket === null) return -1;
  const end = endOf(HEADER, text, at);
  return end > 0 && AT_LINE_START.test(beforeOnLine(text, at - bracket[0].length)) ? end : -1;
}

const CLOSED = String.raw`\\{0,8}["']?[ \t]{0,64}`;
const OPENED = String.raw`[ \t]{0,64}\\{0,8}["']?`;
const BARE = '[A-Za-z0-9_-]{1,128}';
const TABLE_OR_INLINE = String.raw`\]|=[ \t]{0,64}\{`;
const ASSIGNED = `\\.${OPENED}${SECRET_KEY}${CLOSED}=`;

/**
 * What each of the three ways begins with, a character a byte: what is quoted may be anything there. The patterns that
 * look at whole lines are slow, and most texts need none.
 */
const OPENS_TABLE = new RegExp(
  `registr(?:y${CLOSED}(?:${TABLE_OR_INLINE}|${ASSIGNED})|ies${CLOSED}(?:${TABLE_OR_INLINE}|\\.[ \\t]{0,64}(?:[\\\\"']|${BARE}${CLOSED}(?:${TABLE_OR_INLINE}|${ASSIGNED}))))`,
  'y',
);

/** How far OPENS_TABLE reaches. */
export const LONGEST_TABLE_OPENING = 720;

/** The characters that LINE_START and BRACKET_BEFORE can end in, a line's start among them. */
const BEFORE_TABLE = new Uint8Array(256);
for (const character of '\0\n \t#/*!>+;|-n"\'`\\$[') BEFORE_TABLE[character.charCodeAt(0)] = 1;

/** False only where no table, inline table or dotted key of Cargo's registries begins after this byte. */
export function mayStandBeforeTable(byte: number): boolean {
  // A byte order mark is no character of its line.
  return byte >= 0x80 || BEFORE_TABLE[byte] === 1;
}

/** True where a text, a character a byte, begins as a table, an inline table or a dotted key of Cargo's registries does. */
export function mayOpenTable(text: string): boolean {
  OPENS_TABLE.lastIndex = 0;
  return OPENS_TABLE.test(text);
}

/** Every token in a table of Cargo's. */
export function findTableTokens(text: string): readonly Match[] {
  const matches: Match[] = [];
  // What lies inside a table was read with it.
  let read = 0;
  for (const { index } of text.matchAll(REGISTRY)) {
    const afterHeader = index < read ? -1 : endOfHeader(text, index);
    if (afterHeader > 0) {
      read = endOfTable(text, afterHeader);
      matches.push(...assignmentsIn(text, afterHeader, read, index));
      continue;
    }
    const afterDotted = endOf(DOTTED, text, index);
    const afterInline = endOf(INLINE, text, index);
    if ((afterDotted < 0 && afterInline < 0) || !AT_LINE_START.test(beforeOnLine(text, index))) continue;
    const dotted = afterDotted < 0 ? null : assignedAt(text, afterDotted, index);
    if (dotted !== null && endsLikeToml(text, dotted.end)) matches.push(dotted);
    if (afterInline < 0 || index < read) continue;
    read = indexWithin(text, '\n', afterInline, LONGEST_INLINE);
    matches.push(...assignmentsIn(text, afterInline - 1, read, index));
  }
  return matches;
}

/** The old top-level `token` of a credentials file: whatever stands before the first header. */
export function findTopLevelTokens(text: string): readonly Match[] {
  return assignmentsIn(text, 0, endOfTable(text, 0), 0);
}

/** True for the names of Cargo's credentials files, in any folder. */
export function isCredentialsFile(path: string | null): boolean {
  return path !== null && /(?:^|[/\\])credentials(?:\.toml)?$/.test(path);
}
