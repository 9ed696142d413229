import { NUL } from './split';

export interface TreeEntry {
  /** Octal without leading zeros, as a tree object has it. */
  readonly mode: string;
  readonly name: Buffer;
}

const SPACE = 0x20;

/**
 * The entries of a tree object: `MODE SP NAME NUL OID`, the id in bytes (`idLength` of them). Stops where the object is
 * cut short; git has checked what it read.
 */
export function* treeEntries(tree: Buffer, idLength: number): Generator<TreeEntry, void, void> {
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(SPACE, at);
    const end = tree.indexOf(NUL, space);
    if (space === -1 || end === -1) return;
    yield { mode: tree.toString('latin1', at, space), name: tree.subarray(space + 1, end) };
    at = end + 1 + idLength;
  }
}
