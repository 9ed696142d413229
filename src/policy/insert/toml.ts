import type { AST } from 'toml-eslint-parser';
import type { ConfigText } from '../document';
import { appendEntries, type FlowStyle } from './flow';
import { edited, lineEndOf, membersOfEntry, type NewEntry, type WrittenEntries } from './new-entry';

/** TOML 1.0 keeps what is in braces on one line. */
const STYLE: FlowStyle = { key: (name) => `${name} = `, unit: '  ', spreads: false };

/**
 * The text of a sound TOML configuration with entries added: into the array that is there, or as tables after the last
 * one of the allowlist, or at the end. Where the configuration is written so that no table can be added to it, what
 * comes out is no TOML, and the caller, who reads it again, finds out.
 *
 * @param section the path of the table that holds the configuration; empty where that is the whole file
 */
export async function insertIntoToml(
  { text }: ConfigText,
  entries: readonly NewEntry[],
  section: readonly string[],
): Promise<string> {
  const { parseTOML } = await import('toml-eslint-parser');
  const path = [...section, 'allowlist'];
  const top = parseTOML(text).body[0];
  const array = arrayAt(top, path);
  if (array !== null) {
    const items = array.elements.map(({ range: [start, end] }) => ({ start, end }));
    const [start, end] = array.range;
    return edited(text, appendEntries(text, { start, end, items }, entries, STYLE));
  }
  return appendTables(text, tablesAt(top, path).at(-1)?.range[1] ?? null, entries, path);
}

/** Where the entries are; `section` as above. */
export async function entriesInToml({ text }: ConfigText, section: readonly string[]): Promise<WrittenEntries | null> {
  const { parseTOML } = await import('toml-eslint-parser');
  const path = [...section, 'allowlist'];
  const top = parseTOML(text).body[0];
  const array = arrayAt(top, path);
  if (array !== null) {
    return { kind: 'flow', extents: array.elements.map(({ range: [start, end] }) => ({ start, end })) };
  }
  const extents = tablesAt(top, path).map(({ range: [start, end] }) => {
    const line = text.indexOf('\n', end);
    return { start, end: line === -1 ? text.length : line + 1 };
  });
  return { kind: 'lines', extents };
}

function appendTables(
  text: string,
  after: number | null,
  entries: readonly NewEntry[],
  path: readonly string[],
): string {
  const eol = lineEndOf(text);
  const tables = entries.map((entry) => {
    const members = membersOfEntry(entry).map(
      ([key, value]) => `${STYLE.key(key)}${key === 'expires' ? (JSON.parse(value) as string) : value}${eol}`,
    );
    return `[[${path.join('.')}]]${eol}${members.join('')}`;
  });
  const found = after === null ? -1 : text.indexOf('\n', after);
  const at = after === null || found === -1 ? text.length : found + 1;
  const head = text.slice(0, at);
  const gap = head === '' ? '' : head.endsWith('\n') ? eol : eol + eol;
  return `${head}${gap}${tables.join(eol)}${text.slice(at)}`;
}

function arrayAt(top: AST.TOMLTopLevelTable, path: readonly string[]): AST.TOMLArray | null {
  for (const part of top.body) {
    const pairs = part.type === 'TOMLTable' ? part.body : [part];
    const prefix = part.type === 'TOMLTable' ? part.resolvedKey : [];
    for (const { key, value } of pairs)
      if (value.type === 'TOMLArray' && isSame([...prefix, ...namesOf(key)], path)) return value;
  }
  return null;
}

/** Each `[[…allowlist]]`. */
function tablesAt(top: AST.TOMLTopLevelTable, path: readonly string[]) {
  return top.body.filter(
    (part) => part.type === 'TOMLTable' && part.kind === 'array' && isSame(namesOf(part.key), path),
  );
}

function namesOf(key: AST.TOMLKey): readonly string[] {
  return key.keys.map((one) => (one.type === 'TOMLBare' ? one.name : one.value));
}

function isSame(left: readonly (string | number)[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((step, index) => step === right[index]);
}
