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
