/** What lies under a path on disk, entry by entry. Nothing is opened but folders. */
import { lstatSync, readdirSync, type Dirent, type Stats } from 'node:fs';
import { sep } from 'node:path';

/** An entry in the order of the walk: a folder, then what is in it, by name. File names are bytes. */
export type Entry = { readonly path: Buffer; readonly name: string } & (
  { readonly kind: Kind | 'excluded' } | { readonly kind: 'unreadable'; readonly error: unknown }
);

type Kind = 'file' | 'folder' | 'link' | 'other';

/** A path, and what lies there where its folder told. */
interface Place {
  readonly path: Buffer;
  readonly kind: Kind | null;
}

export interface WalkOptions {
  /** What an entry is called in reports. */
  readonly nameOf: (absolute: Buffer) => string;
  readonly excluded: (name: string) => boolean;
}

/** `.git` is passed over, links are not followed, and what is excluded is not looked into. */
export function* walk(start: Buffer, { nameOf, excluded }: WalkOptions): Generator<Entry, undefined> {
  const waiting: Place[] = [{ path: start, kind: null }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { path } = place;
    const name = nameOf(path);
    if (!isUnnamed(name) && excluded(name)) {
      yield { path, name, kind: 'excluded' };
      continue;
    }
    let entry: Entry;
    try {
      const kind = place.kind ?? kindOf(lstatSync(path));
      if (kind === 'folder') for (const child of childrenOf(path)) waiting.push(child);
      entry = { path, name, kind };
    } catch (error) {
      entry = { path, name, kind: 'unreadable', error };
    }
    yield entry;
  }
}

/** `.` and `..` are no names of dot files, which a glob such as `.*` is about. */
function isUnnamed(name: string): boolean {
  return /(?:^|\/)\.\.?$/.test(name);
}

function kindOf(entry: Stats | Dirent<Buffer>): Kind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/** Last name first, because the walk takes from the end. */
function childrenOf(folder: Buffer): Place[] {
  const separator = Buffer.from(folder.at(-1) === sep.charCodeAt(0) ? '' : sep);
  return readdirSync(folder, { encoding: 'buffer', withFileTypes: true })
    .filter(({ name }) => name.toString('latin1') !== '.git')
    .sort((a, b) => Buffer.compare(b.name, a.name))
    .map((entry) => ({ path: Buffer.concat([folder, separator, entry.name]), kind: kindOf(entry) }));
}
