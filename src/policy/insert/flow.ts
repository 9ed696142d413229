import { indentAt, lineEndOf, membersOfEntry, type Edit, type NewEntry } from './new-entry';

/** A stretch of text, in offsets. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** A list or a mapping in brackets: JSON's, YAML's flow collections, TOML's arrays. */
export interface Flow extends Extent {
  readonly items: readonly Extent[];
}

/** How a language, and a file, writes what is in brackets. */
export interface FlowStyle {
  /** `key: value` up to the value. */
  readonly key: (name: string) => string;
  /** One step of the file's indentation. */
  readonly unit: string;
  /** Whether what is in braces may go over several lines. */
  readonly spreads: boolean;
}

/**
 * Puts entries at the end of a list in brackets, laid out as the items before them: each on a line of its own where
 * they are, spread over lines where the last one is. A comment behind the last item stays behind it.
 */
export function appendEntries(
  text: string,
  list: Flow,
  entries: readonly NewEntry[],
  style: FlowStyle,
): readonly Edit[] {
  const last = list.items.at(-1);
  const first = list.items[0];
  const eol = lineEndOf(text);
  if (last === undefined || first === undefined) {
    const inline = !text.slice(0, list.start).includes('\n');
    const layout = { style, indent: indentAt(text, list.start), inline, eol };
    return [{ start: list.start, end: list.end, text: listOf(entries, layout) }];
  }
  const indent = indentAt(text, last.start);
  const inline = !text.slice(last.start, last.end).includes('\n');
  const rendered = entries.map((entry) => entryIn(entry, { style, indent, inline, eol }));
  return appendItems(text, list, last, rendered, gapBefore(text, list, first, eol + indent));
}

/** Puts a first `allowlist` at the end of a mapping in braces. */
export function appendAllowlist(
  text: string,
  mapping: Flow,
  entries: readonly NewEntry[],
  style: FlowStyle,
): readonly Edit[] {
  const last = mapping.items.at(-1);
  const first = mapping.items[0];
  const eol = lineEndOf(text);
  const outer = indentAt(text, mapping.start);
  if (last === undefined || first === undefined) {
    const indent = outer + style.unit;
    const member = style.key('allowlist') + listOf(entries, { style, indent, inline: false, eol });
    return [{ start: mapping.start, end: mapping.end, text: `{${eol}${indent}${member}${eol}${outer}}` }];
  }
  const gap = gapBefore(text, mapping, first, eol + indentAt(text, last.start));
  const layout = { style, indent: indentAt(text, last.start), inline: gap === ' ', eol };
  return appendItems(text, mapping, last, [style.key('allowlist') + listOf(entries, layout)], gap);
}

/** Items are on lines of their own where the first one is. */
function gapBefore(text: string, flow: Flow, first: Extent, newLine: string): string {
  return text.slice(flow.start, first.start).includes('\n') ? newLine : ' ';
}

interface Layout {
  readonly style: FlowStyle;
  readonly indent: string;
  readonly inline: boolean;
  readonly eol: string;
}

function listOf(entries: readonly NewEntry[], layout: Layout): string {
  const indent = layout.indent + layout.style.unit;
  const items = entries.map((entry) => entryIn(entry, { ...layout, indent }));
  if (layout.inline) return `[${items.join(', ')}]`;
  return `[${items.map((item) => `${layout.eol}${indent}${item}`).join(',')}${layout.eol}${layout.indent}]`;
}

function entryIn(entry: NewEntry, { style, indent, inline, eol }: Layout): string {
  const members = membersOfEntry(entry).map(([name, value]) => style.key(name) + value);
  if (inline || !style.spreads) return `{ ${members.join(', ')} }`;
  return `{${members.map((member) => `${eol}${indent}${style.unit}${member}`).join(',')}${eol}${indent}}`;
}

function appendItems(text: string, flow: Flow, last: Extent, items: readonly string[], gap: string): readonly Edit[] {
  const after = text.slice(last.end, flow.end - 1);
  const comma = /^\s*,/.exec(after);
  const start = last.end + (comma?.[0].length ?? 0);
  const rest = /^[ \t]*#[^\n]*/.exec(text.slice(start, flow.end - 1))?.[0].replace(/\r$/, '');
  const added = items.map((item) => gap + item).join(',') + (comma === null ? '' : ',');
  if (rest === undefined) return [{ start, end: start, text: (comma === null ? ',' : '') + added }];
  const commented = start + rest.length;
  return [
    { start, end: start, text: comma === null ? ',' : '' },
    { start: commented, end: commented, text: added },
  ];
}
