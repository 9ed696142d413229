/** An entry to be written. `reason` is one line. */
export interface NewEntry {
  readonly fingerprint: string;
  readonly paths: readonly string[] | null;
  readonly reason: string;
  /** `YYYY-MM-DD`. */
  readonly expires: string | null;
}

/** A piece of text to put in place of another. Offsets in UTF-16 code units. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits in the order of their places, apart from each other. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text: put } of edits) {
    result += text.slice(done, start) + put;
    done = end;
  }
  return result + text.slice(done);
}

/** Where the entries of an allowlist are written, in their order: in a list in brackets, or as whole lines. */
export interface WrittenEntries {
  readonly kind: 'flow' | 'lines';
  readonly extents: readonly { readonly start: number; readonly end: number }[];
}

/** Takes entries out, by their numbers from 0. A comment that is not on an entry's own lines stays. */
export function withoutEntries(text: string, { kind, extents }: WrittenEntries, numbers: ReadonlySet<number>): string {
  const edits: Edit[] = [];
  for (let first = 0; first < extents.length; first += 1) {
    if (!numbers.has(first)) continue;
    let last = first;
    while (numbers.has(last + 1)) last += 1;
    const start = extents[first]?.start ?? 0;
    const end = extents[last]?.end ?? 0;
    const before = extents[first - 1]?.end;
    const after = extents[last + 1]?.start;
    if (kind === 'lines') edits.push({ start, end, text: '' });
    else if (after !== undefined) edits.push({ start, end: after, text: '' });
    else edits.push({ start: before ?? start, end, text: '' });
    first = last;
  }
  return edited(text, edits);
}

/** The line end that a file uses. */
export function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** The members of an entry in their order, values as JSON writes them, which YAML and TOML read too. */
export function membersOfEntry(entry: NewEntry): readonly (readonly [key: string, value: string])[] {
  const members: (readonly [string, string])[] = [['fingerprint', JSON.stringify(entry.fingerprint)]];
  if (entry.paths !== null) members.push(['paths', `[${entry.paths.map((path) => JSON.stringify(path)).join(', ')}]`]);
  members.push(['reason', JSON.stringify(entry.reason)]);
  if (entry.expires !== null) members.push(['expires', JSON.stringify(entry.expires)]);
  return members;
}

/** The whitespace that the line of an offset starts with. */
export function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}
