import { NUL } from './split';

const SPACE = 0x20;

/**
 * Walks over the entries of a tree object: `MODE SP NAME NUL OID`, the id in bytes (`idLength` of them). `visit` gets the
 * mode (octal without leading zeros) and the name, bytes as latin1, and the offset of the id. Stops where the object is
 * cut short; git has checked what it read. A history has millions of entries, hence no object for each.
 */
export function forEachEntry(
  tree: Buffer,
  idLength: number,
  visit: (mode: string, name: string, idAt: number) => void,
): void {
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(SPACE, at);
    const end = tree.indexOf(NUL, space);
    if (space === -1 || end === -1) return;
    visit(tree.toString('latin1', at, space), tree.toString('latin1', space + 1, end), end + 1);
    at = end + 1 + idLength;
  }
}
