import type * as YamlModule from 'yaml';
import type { Node, YAMLMap, YAMLSeq } from 'yaml';
import type { ConfigText } from '../document';
import { appendAllowlist, appendEntries, type Extent, type Flow, type FlowStyle } from './flow';
import { entriesInJson, insertIntoJson } from './json';
import { edited, lineEndOf, membersOfEntry, type NewEntry, type WrittenEntries } from './new-entry';

type Yaml = typeof YamlModule;

const UNIT = '  ';
const STYLE: FlowStyle = { key: (name) => `${name}: `, unit: UNIT, spreads: true };

/**
 * The text of a sound YAML configuration with entries added; null where there is no place for them. Text is put in and
 * nothing else touched: the library's own writing would keep comments, but lay the file out anew.
 */
export async function insertIntoYaml(source: ConfigText, entries: readonly NewEntry[]): Promise<string | null> {
  const { text } = source;
  if (isJson(text)) return insertIntoJson(source, entries, null);
  const yaml = await import('yaml');
  const root = yaml.parseDocument(text).contents;
  const eol = lineEndOf(text);
  const block = `allowlist:${eol}${entries.map((entry) => itemOf(yaml, entry, UNIT, eol)).join('')}`;
  if (root === null || (yaml.isScalar(root) && root.value === null)) return appendLines(text, block, eol);
  if (!yaml.isMap(root)) return null;
  const pair = root.items.find(({ key }) => yaml.isScalar(key) && key.value === 'allowlist');
  if (root.flow === true && pair === undefined)
    return edited(text, appendAllowlist(text, flowOf(yaml, root), entries, STYLE));
  if (pair === undefined) return appendLines(text, block, eol);
  const list = pair.value;
  if (yaml.isSeq(list) && (list.flow !== true || list.items.length > 0 || root.flow === true)) {
    if (list.flow === true) return edited(text, appendEntries(text, flowOf(yaml, list), entries, STYLE));
    return appendToBlock(yaml, text, list, entries, eol);
  }
  if (root.flow === true || !isNodeOrNull(yaml, list)) return null;
  return beginBlock(yaml, text, pair.key, list, entries, eol);
}

/** Where the entries are; null where the allowlist is not a list that is written out here. */
export async function entriesInYaml(source: ConfigText): Promise<WrittenEntries | null> {
  const { text } = source;
  if (isJson(text)) return entriesInJson(source, null);
  const yaml = await import('yaml');
  const root = yaml.parseDocument(text).contents;
  const list = yaml.isMap(root) ? root.get('allowlist', true) : undefined;
  if (!yaml.isSeq(list)) return null;
  if (list.flow === true) return { kind: 'flow', extents: flowOf(yaml, list).items };
  const extents = list.items.flatMap((item) => {
    if (!yaml.isNode(item) || item.range == null) return [];
    const [start, end] = item.range;
    const dash = text.lastIndexOf('\n', start - 1) + 1;
    return [{ start: dash, end: text[end - 1] === '\n' ? end : endOfLine(text, end) }];
  });
  return { kind: 'lines', extents };
}

function isNodeOrNull(yaml: Yaml, value: unknown): value is Node | null {
  return value === null || yaml.isSeq(value) || (yaml.isScalar(value) && value.value === null);
}

function isJson(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // then it is YAML's braces
  }
}

/** `allowlist:` or `allowlist: []`: the items go below the line, and its comment stays. */
function beginBlock(
  yaml: Yaml,
  text: string,
  key: Node,
  empty: Node | null,
  entries: readonly NewEntry[],
  eol: string,
): string {
  const after = key.range?.[1] ?? 0;
  const extent = empty?.range;
  const start = extent && extent[1] > extent[0] ? text.slice(0, extent[0]).trimEnd().length : after + 1;
  const end = extent && extent[1] > extent[0] ? extent[1] : start;
  const line = endOfLine(text, end);
  const items = entries.map((entry) => itemOf(yaml, entry, UNIT, eol)).join('');
  return edited(text, [
    { start, end, text: '' },
    { start: line, end: line, text: (text[line - 1] === '\n' ? '' : eol) + items },
  ]);
}

function appendToBlock(
  yaml: Yaml,
  text: string,
  list: YAMLSeq,
  entries: readonly NewEntry[],
  eol: string,
): string | null {
  const [start = 0] = list.range ?? [];
  const last = list.items.at(-1);
  if (!yaml.isNode(last) || last.range == null) return null;
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  // A block scalar at its end already takes the line end with it.
  const line = text[last.range[1] - 1] === '\n' ? last.range[1] : endOfLine(text, last.range[1]);
  const items = entries.map((entry) => itemOf(yaml, entry, indent, eol)).join('');
  return edited(text, [{ start: line, end: line, text: (text[line - 1] === '\n' ? '' : eol) + items }]);
}

function itemOf(yaml: Yaml, entry: NewEntry, indent: string, eol: string): string {
  const lines = membersOfEntry(entry).map(([key, value]) => `${key}: ${plainest(yaml, value)}`);
  return lines.map((line, index) => `${indent}${index === 0 ? '- ' : '  '}${line}${eol}`).join('');
}

/** Without quotes where YAML needs none. */
function plainest(yaml: Yaml, value: string): string {
  return value.startsWith('"') ? yaml.stringify(JSON.parse(value), { lineWidth: 0 }).trimEnd() : value;
}

/** Before a `...` that ends the document, else at the very end. */
function appendLines(text: string, lines: string, eol: string): string {
  const end = /^\.\.\.(?:\s|$)/m.exec(text)?.index ?? text.length;
  const head = text.slice(0, end);
  return `${head}${head === '' || head.endsWith('\n') ? '' : eol}${lines}${text.slice(end)}`;
}

/** One past the line end after an offset, or the text's end. */
function endOfLine(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  return found === -1 ? text.length : found + 1;
}

function flowOf(yaml: Yaml, node: YAMLMap | YAMLSeq): Flow {
  const items: Extent[] = [];
  for (const item of node.items) {
    const [first, last] = yaml.isPair(item) ? [item.key, item.value ?? item.key] : [item, item];
    if (yaml.isNode(first) && yaml.isNode(last))
      items.push({ start: first.range?.[0] ?? 0, end: last.range?.[1] ?? 0 });
  }
  return { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0, items };
}
