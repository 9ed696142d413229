import type { MemberNode, ObjectNode } from '@humanwhocodes/momoa';
import type { ConfigText } from '../document';
import { appendAllowlist, appendEntries, type Extent, type Flow, type FlowStyle } from './flow';
import { edited, indentAt, type NewEntry, type WrittenEntries } from './new-entry';

/**
 * The text of a sound JSON configuration with entries added; null where there is no place for them.
 *
 * @param key the member that holds the configuration, where that is not the whole file
 */
export async function insertIntoJson(
  { text }: ConfigText,
  entries: readonly NewEntry[],
  key: string | null,
): Promise<string | null> {
  const { parse } = await import('@humanwhocodes/momoa');
  const root = parse(text, { mode: 'json' }).body;
  if (root.type !== 'Object') return null;
  const section = key === null ? root : memberNamed(root, key)?.value;
  if (section?.type !== 'Object') return null;
  const style = styleOf(text, root.members[0]);
  const list = memberNamed(section, 'allowlist')?.value;
  if (list === undefined) return edited(text, appendAllowlist(text, flowOf(section, section.members), entries, style));
  if (list.type !== 'Array') return null;
  return edited(text, appendEntries(text, flowOf(list, list.elements), entries, style));
}

/** Where the entries are; null where there is no allowlist. */
export async function entriesInJson({ text }: ConfigText, key: string | null): Promise<WrittenEntries | null> {
  const { parse } = await import('@humanwhocodes/momoa');
  const root = parse(text, { mode: 'json' }).body;
  const section = root.type === 'Object' && key !== null ? memberNamed(root, key)?.value : root;
  const list = section?.type === 'Object' ? memberNamed(section, 'allowlist')?.value : undefined;
  return list?.type === 'Array' ? { kind: 'flow', extents: list.elements.map(extentOf) } : null;
}

function styleOf(text: string, first: Located | undefined): FlowStyle {
  const indent = first === undefined ? '' : indentAt(text, extentOf(first).start);
  return { key: (name) => `${JSON.stringify(name)}: `, unit: indent === '' ? '  ' : indent, spreads: true };
}

function memberNamed(node: ObjectNode, key: string): MemberNode | undefined {
  return node.members.find(({ name }) => name.type === 'String' && name.value === key);
}

interface Located {
  readonly loc: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } };
}

function extentOf({ loc }: Located): Extent {
  return { start: loc.start.offset, end: loc.end.offset };
}

function flowOf(node: Located, items: readonly Located[]): Flow {
  return { ...extentOf(node), items: items.map(extentOf) };
}
