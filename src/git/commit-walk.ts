import { GuardError } from '../base/error';
import { objectText } from './object-text';
import { ObjectReader } from './objects';
import type { Git } from './run';

export interface ListedCommit {
  readonly oid: string;
  readonly parents: readonly string[];
  /** When it was committed, in seconds since 1970. */
  readonly time: number;
}

function listedCommit(oid: string, bytes: Buffer): ListedCommit {
  const headers = objectText(bytes).headers.toString('latin1');
  const parents = [...headers.matchAll(/^parent ([0-9a-f]+)$/gm)].flatMap(([, parent]) => parent ?? []);
  return { oid, parents, time: Number(/^committer .* (\d+) [+-]\d+$/m.exec(headers)?.[1] ?? 0) };
}

/**
 * The commits reachable from `include` and not from `exclude` (ids of commits), children before their parents, found by
 * reading them one by one: where git's own walk ends at the first that is missing, this one passes it over.
 */
export async function walkCommits(
  git: Git,
  { include, exclude }: { readonly include: readonly string[]; readonly exclude: readonly string[] },
): Promise<ListedCommit[]> {
  const reader = new ObjectReader(git);
  try {
    const passed = new Set<string>();
    await walk(reader, exclude, passed);
    return (await walk(reader, include, passed)).reverse();
  } finally {
    reader.close();
  }
}

/** Parents before their children; `passed` holds what is not to be read again. */
async function walk(reader: ObjectReader, tips: readonly string[], passed: Set<string>): Promise<ListedCommit[]> {
  const listed: ListedCommit[] = [];
  const open: (string | ListedCommit)[] = [...tips].reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'string') {
      listed.push(next);
      continue;
    }
    if (passed.has(next)) continue;
    passed.add(next);
    const commit = await readCommit(reader, next);
    // It comes after its parents, which lie above it on the stack.
    if (commit !== null) open.push(commit, ...commit.parents);
  }
  return listed;
}

async function readCommit(reader: ObjectReader, oid: string): Promise<ListedCommit | null> {
  try {
    return listedCommit(oid, await reader.read(oid));
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'unreadable') throw error;
    return null; // git's walk ended at it or at another one, which is the problem that is told
  }
}
