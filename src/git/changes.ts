import { GuardError } from '../base/error';
import { NUL, Splitter } from './split';

/** What a commit, or the index, does to one path. */
export interface Change {
  /** The name's bytes, as latin1, which keeps each; pathText makes text of it. */
  readonly name: string;
  /** Octal, as git writes it: 100644, 100755, 120000 (link), 160000 (submodule); 000000 where the path is gone. */
  readonly mode: string;
  readonly oid: string;
  /** The path's version in each parent. */
  readonly old: readonly { readonly mode: string; readonly oid: string }[];
  /** A letter for each parent: A, M, T, D, U. */
  readonly status: string;
}

export const LINK = '120000';
export const SUBMODULE = '160000';

function isRegular(mode: string): boolean {
  return mode.startsWith('100');
}

/** The path is in no parent. */
export function isAdded(change: Change): boolean {
  return /^A+$/.test(change.status);
}

/** Something of the path is there after the change, and it is not what every parent has. */
export function brings(change: Change): boolean {
  return (
    change.mode !== '000000' &&
    !change.old.some(({ oid, mode }) => oid === change.oid && mode.slice(0, 2) === change.mode.slice(0, 2))
  );
}

/** The old versions that the new one can be compared with, line by line; empty where all lines are new. */
export function comparable(change: Change): readonly string[] {
  if (!isRegular(change.mode)) return [];
  return change.old.filter(({ mode }) => isRegular(mode)).map(({ oid }) => oid);
}

function parseFields(line: string): Omit<Change, 'name'> {
  const parents = /^:+/.exec(line)?.[0].length ?? 0;
  const fields = line.slice(parents).split(' ');
  const modes = fields.slice(0, parents + 1);
  const oids = fields.slice(parents + 1, 2 * parents + 2);
  const status = fields[2 * parents + 2];
  const [mode, oid] = [modes[parents], oids[parents]];
  if (parents === 0 || mode === undefined || oid === undefined || status === undefined)
    throw new GuardError('damaged', 'git printed a list of changes that cannot be read');
  const old = modes.slice(0, parents).map((oldMode, index) => ({ mode: oldMode, oid: oids[index] ?? '' }));
  return { mode, oid, old, status };
}

/** What `--raw -z` prints, in order: changes, and between them the commits that they belong to. */
export type RawItem = { readonly commit: string } | Change;

/** Reads `git diff --raw -z` and `git diff-tree --stdin --raw -z` output (gitformat "RAW OUTPUT FORMAT"), chunk by chunk. */
export class RawReader {
  readonly #splitter = new Splitter(NUL);
  #fields: Omit<Change, 'name'> | null = null;

  push(chunk: Buffer): RawItem[] {
    const items: RawItem[] = [];
    for (const piece of this.#splitter.push(chunk)) {
      const text = piece.toString('latin1');
      if (this.#fields !== null) {
        items.push({ ...this.#fields, name: text });
        this.#fields = null;
      } else if (text.startsWith(':')) {
        this.#fields = parseFields(text);
      } else {
        items.push({ commit: text.trim() });
      }
    }
    return items;
  }

  /** Throws GuardError 'damaged' where the output ended inside an item. */
  end(): void {
    if (this.#fields !== null || this.#splitter.end().length > 0)
      throw new GuardError('damaged', 'git ended in the middle of a list of changes');
  }
}
