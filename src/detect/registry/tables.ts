/**
 * Cargo's own files (TOKENS.md, section 3): `token`, `secret-key` and `private-key` under `[registry]` or
 * `[registries.*]`, as tables, inline tables or dotted keys, in a file or in the text of a script that writes one.
 */
import type { Match } from '../match';
import { indexWithin, quotedAt } from './literal';
import { registryMatch } from './names';
import { isLiteralToken } from './value';

/** How far below its header a table is read, in UTF-16 code units. */
export const TABLE_REACH = 48 * 1024;

const KEY = String.raw`(?:"[^"\n]{0,128}"|'[^'\n]{0,128}'|[A-Za-z0-9_-]{1,128})`;
const SPACE = String.raw`[ \t]{0,64}`;
/**
 * What may stand before the first word of a line: spaces, the marks of comments, quotations and patches, or a command
 * that prints the line; or a line feed written as an escape.
 */
const LINE_START = String.raw`(?:^[ \t]{0,256}(?:[#/*!>+;|-]{1,4}[ \t]{0,64})?|\\n[ \t]{0,64}|\b(?:echo|printf)(?:[ \t]+-\w+)*[ \t]+|["'\x60][ \t]{0,8})(?:\\{0,8}["'\x60$]{0,3})`;

const HEADER = new RegExp(
  `${LINE_START}\\[${SPACE}(?:["']?registry["']?|["']?registries["']?(?:${SPACE}\\.${SPACE}\\\\{0,8}${KEY})?)${SPACE}\\](?=${SPACE}(?:\\r?$|#|\\\\[nr]|\\\\{0,8}["'\\x60]))`,
  'gm',
);
const NEXT_HEADER =
  /(?:^[ \t]{0,256}|\\n|(?:echo|printf)[ \t]+(?:-\w+[ \t]+)*["'])\[[^\]\n=]{1,200}\](?=[ \t]*(?:\r?$|#|\\|["'`]))/gm;

const SECRET_KEY = String.raw`(?:token|secret-key|private-key)`;
const ASSIGNS = `\\\\{0,8}["']?${SPACE}=${SPACE}`;
const IN_TABLE = new RegExp(
  `(?:${LINE_START}(?:${KEY}${SPACE}\\.${SPACE})?|[{,]${SPACE}\\\\{0,8}["']?)${SECRET_KEY}${ASSIGNS}`,
  'gm',
);
const DOTTED = new RegExp(
  `${LINE_START}["']?registr(?:y|ies["']?${SPACE}\\.${SPACE}${KEY})["']?${SPACE}\\.${SPACE}["']?${SECRET_KEY}${ASSIGNS}`,
  'gm',
);
const INLINE = new RegExp(
  `${LINE_START}["']?registr(?:y|ies(?:["']?${SPACE}\\.${SPACE}${KEY})?)["']?${SPACE}=${SPACE}\\{`,
  'gm',
);
const LONGEST_INLINE = 4096;

/** A statement of a program ends in a semicolon, a line of TOML does not. */
function endsLikeToml(text: string, end: number): boolean {
  return !/^[^\n]{0,3}[ \t]*[;)]/.test(text.slice(end, end + 16));
}

function assignedAfter(text: string, assignment: RegExpExecArray, anchor: number): Match | null {
  const quoted = quotedAt(text, assignment.index + assignment[0].length);
  if (quoted === null || quoted.quote === '`') return null;
  const { start, end } = quoted.span;
  return isLiteralToken(text.slice(start, end)) ? registryMatch(text, { start, end }, anchor) : null;
}

function assignmentsIn(text: string, from: number, to: number, anchor: number): readonly Match[] {
  const matches: Match[] = [];
  const region = text.slice(0, to);
  IN_TABLE.lastIndex = from;
  for (let found = IN_TABLE.exec(region); found !== null; found = IN_TABLE.exec(region)) {
    const match = assignedAfter(text, found, anchor);
    if (match !== null) matches.push(match);
  }
  return matches;
}

function endOfTable(text: string, from: number): number {
  NEXT_HEADER.lastIndex = from;
  const next = NEXT_HEADER.exec(text.slice(0, from + TABLE_REACH));
  return next?.index ?? Math.min(text.length, from + TABLE_REACH);
}

function inTables(text: string): readonly Match[] {
  const matches: Match[] = [];
  let read = 0;
  for (const header of text.matchAll(HEADER)) {
    // Two headers on one line, or a table inside another's text, are read once.
    const from = Math.max(read, header.index + header[0].length);
    const anchor = header.index + header[0].lastIndexOf('registr');
    read = Math.max(from, endOfTable(text, from));
    matches.push(...assignmentsIn(text, from, read, anchor));
  }
  return matches;
}

function inDottedKeys(text: string): readonly Match[] {
  const matches: Match[] = [];
  DOTTED.lastIndex = 0;
  for (let found = DOTTED.exec(text); found !== null; found = DOTTED.exec(text)) {
    const anchor = found.index + found[0].indexOf('registr');
    const match = assignedAfter(text, found, anchor);
    if (match !== null && endsLikeToml(text, match.end)) matches.push(match);
  }
  return matches;
}

function inInlineTables(text: string): readonly Match[] {
  const matches: Match[] = [];
  let read = 0;
  for (const found of text.matchAll(INLINE)) {
    // What lies inside another inline table was read with it.
    if (found.index < read) continue;
    const from = found.index + found[0].length - 1;
    const to = indexWithin(text, '\n', from, LONGEST_INLINE);
    read = to;
    matches.push(...assignmentsIn(text, from, to, found.index + found[0].indexOf('registr')));
  }
  return matches;
}

/** What each of the three ways begins with. The patterns that look at whole lines are slow, and most texts need none. */
const OPENS_TABLE =
  /registr(?:ies\\{0,8}["']?[ \t]{0,64}[.\]=]|y\\{0,8}["']?[ \t]{0,64}(?:\]|=[ \t]{0,64}\{|\.[ \t]{0,64}["']?(?:token|secret-key|private-key)))/;

/** True where the text holds the beginning of a table, an inline table or a dotted key of Cargo's registries. */
export function mayOpenTable(text: string): boolean {
  return OPENS_TABLE.test(text);
}

/** Every token in a table of Cargo's. */
export function findTableTokens(text: string): readonly Match[] {
  if (!mayOpenTable(text)) return [];
  return [...inTables(text), ...inDottedKeys(text), ...inInlineTables(text)];
}

/** The old top-level `token` of a credentials file: whatever stands before the first header. */
export function findTopLevelTokens(text: string): readonly Match[] {
  return assignmentsIn(text, 0, endOfTable(text, 0), 0);
}

/** True for the names of Cargo's credentials files, in any folder. */
export function isCredentialsFile(path: string | null): boolean {
  return path !== null && /(?:^|[/\\])credentials(?:\.toml)?$/.test(path);
}
