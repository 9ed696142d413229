import parseDiff from 'parse-diff';
import { GuardError } from '../base/error';
import type { LineRange } from '../sources/content';
import { BLOB_DIFF_ARGS } from './args';
import { EVERY_LINE, intersection } from './ranges';
import { startReading, type Git, gitFailure } from './run';
import { LF } from './split';

const BACKSLASH = 0x5c;
/** `@@ -l,s +l,s @@`, and then a line of the content, of which nothing is needed. */
const HEADER_LIMIT = 128;

/**
 * Reads the added lines out of a unified diff of two blobs without context, as bytes and in flat memory. parse-diff gets
 * the hunk headers only; as many content lines as it counts are passed over unread, so content that looks like a header
 * is harmless, and its encoding does not matter.
 */
export class AddedLineReader {
  readonly ranges: LineRange[] = [];
  /** Content lines of the hunk at hand that are still to come. */
  #expected = 0;
  #state: 'start' | 'header' | 'content' = 'start';
  #header = '';

  push(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      if (this.#state === 'start') this.#startLine(chunk[from]);
      const end = chunk.indexOf(LF, from);
      const to = end === -1 ? chunk.length : end;
      if (this.#state === 'header' && this.#header.length < HEADER_LIMIT)
        this.#header += chunk.toString('latin1', from, Math.min(to, from + HEADER_LIMIT));
      if (end === -1) return;
      if (this.#state === 'header') this.#endHeader();
      this.#state = 'start';
      from = end + 1;
    }
  }

  /** Throws GuardError 'damaged' where the diff ended inside a hunk. */
  end(): readonly LineRange[] {
    if (this.#state === 'header') this.#endHeader();
    if (this.#expected > 0) throw new GuardError('damaged', 'the diff between two versions of a file ended too early');
    return this.ranges;
  }

  #startLine(first: number | undefined): void {
    if (first === BACKSLASH) {
      this.#state = 'content'; // `\ No newline at end of file` is not counted
    } else if (this.#expected > 0) {
      this.#state = 'content';
      this.#expected -= 1;
    } else {
      this.#state = 'header';
      this.#header = '';
    }
  }

  #endHeader(): void {
    if (this.#header.startsWith('Binary files ')) this.ranges.splice(0, this.ranges.length, ...EVERY_LINE);
    if (!this.#header.startsWith('@@ ')) return;
    const hunk = parseDiff(this.#header)[0]?.chunks[0];
    if (hunk === undefined) throw new GuardError('damaged', 'git printed a diff that cannot be read');
    this.#expected = hunk.oldLines + hunk.newLines;
    if (hunk.newLines > 0) this.ranges.push({ first: hunk.newStart, last: hunk.newStart + hunk.newLines - 1 });
  }
}

async function addedOver(git: Git, oldOid: string, newOid: string): Promise<readonly LineRange[]> {
  if (oldOid === newOid) return [];
  const child = startReading(git, [...BLOB_DIFF_ARGS, oldOid, newOid]);
  const reader = new AddedLineReader();
  for await (const chunk of child.stdout) reader.push(chunk as Buffer);
  const exit = await child.ended;
  if (exit.status === 0) return reader.end();
  // Beyond 1023 MiB git makes no diff; then all lines count, which is more, never less.
  if (exit.stderr.includes('unable to generate diff')) return EVERY_LINE;
  throw await gitFailure(git, BLOB_DIFF_ARGS, exit);
}

/**
 * The lines of blob `newOid` that none of the blobs `oldOids` has, 1-based; every line where there is no old blob.
 * Throws a GuardError where git cannot compare them (a missing or damaged blob).
 */
export async function addedLines(git: Git, oldOids: readonly string[], newOid: string): Promise<readonly LineRange[]> {
  let added: readonly LineRange[] = EVERY_LINE;
  for (const oldOid of oldOids) added = intersection(added, await addedOver(git, oldOid, newOid));
  return added;
}
