import type { ObjectHeader, ObjectVisitor } from '../git/batch';
import { tagTarget, type TagTarget } from '../git/object-text';
import { forEachEntry } from '../git/tree';
import { nameReader } from './names';
import type { SourceContext } from './content';
import type { Problems } from './problems';

export interface SuspectBlob {
  /** In bytes; null where only its name told of it. */
  readonly size: number | null;
  /** Kept for the first few; the others are read again. */
  readonly bytes: Buffer | null;
}

interface SuspectTag {
  readonly target: TagTarget | null;
  readonly suspect: boolean;
}

/** What is worth a closer look after all objects have passed by: what lies where is not known yet. */
export interface Suspects {
  readonly blobs: Map<string, SuspectBlob>;
  readonly commits: Set<string>;
  /** Every tag that was seen, suspect or not. */
  readonly tags: Map<string, SuspectTag>;
  /** A path name may hold something. */
  names: boolean;
  /** There are submodules, which are to be reported as passed over. */
  submodules: boolean;
}

/** Whether there is anything to be located. */
export function isAnything({ blobs, commits, tags, names, submodules }: Suspects): boolean {
  const suspectTag = [...tags.values()].some(({ suspect }) => suspect);
  return blobs.size > 0 || commits.size > 0 || suspectTag || names || submodules;
}

/** Of all suspect blobs together. */
const KEPT_BYTES = 16 * 1024 * 1024;
const SUBMODULE_MODE = '160000';

/**
 * Looks at each object as it passes, and counts it. Memory is the suspects', of which there are few.
 */
export function suspectCollector(
  context: SourceContext,
  problems: Problems,
): { readonly suspects: Suspects; readonly visitor: ObjectVisitor } {
  const suspects: Suspects = { blobs: new Map(), commits: new Set(), tags: new Map(), names: false, submodules: false };
  const about = nameReader(context);
  let kept = 0;
  const lookAtTree = (tree: Buffer, idLength: number) => {
    forEachEntry(tree, idLength, (mode, name, idAt) => {
      suspects.submodules ||= mode === SUBMODULE_MODE;
      const { isSuspect, makesSuspect } = about(name);
      suspects.names ||= isSuspect;
      const oid = makesSuspect ? tree.toString('hex', idAt, idAt + idLength) : '';
      if (makesSuspect && !suspects.blobs.has(oid)) suspects.blobs.set(oid, { size: null, bytes: null });
    });
  };
  const look = (header: ObjectHeader, bytes: Buffer) => {
    switch (header.type) {
      case 'blob': {
        if (!suspects.blobs.has(header.oid) && !context.mayHold(bytes, null)) return;
        const keep = kept + bytes.length <= KEPT_BYTES;
        if (keep) kept += bytes.length;
        suspects.blobs.set(header.oid, { size: header.size, bytes: keep ? Buffer.from(bytes) : null });
        return;
      }
      case 'tree':
        lookAtTree(bytes, header.oid.length / 2);
        return;
      case 'commit':
        if (context.mayHold(bytes, null)) suspects.commits.add(header.oid);
        return;
      case 'tag':
        suspects.tags.set(header.oid, { target: tagTarget(bytes), suspect: context.mayHold(bytes, null) });
        return;
    }
  };
  const visitor: ObjectVisitor = {
    object: (header, bytes) => {
      count(context, header);
      look(header, bytes);
    },
    window: (header, bytes) => {
      if (!suspects.blobs.has(header.oid) && !context.mayHold(bytes, null)) return 'more';
      suspects.blobs.set(header.oid, { size: header.size, bytes: null });
      return 'enough';
    },
    windowsEnd: (header) => {
      count(context, header);
    },
    unreadable: (oid, reason) => {
      problems.add(`object ${oid}`, reason);
    },
  };
  return { suspects, visitor };
}

function count(context: SourceContext, header: ObjectHeader): void {
  if (header.type === 'tree') return;
  context.counts.bytes += header.size;
  if (header.type === 'blob') context.counts.files += 1;
  if (header.type === 'commit') context.counts.commits += 1;
}
