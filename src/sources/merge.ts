import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brings, comparable, isAdded, type Change } from '../git/changes';
import { locate } from '../git/locate';
import { addedLines } from '../git/patch';
import { difference } from '../git/ranges';
import type { Git } from '../git/run';
import type { LineRange, Source } from './content';
import { indexItems, refuseBare, stagedChanges, type IndexEntry, type Judged } from './staged';

export interface MergeOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The other parents, as mergeInProgress gives them. */
  readonly parents: readonly string[];
}

const OID_LINE = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The other parents of the merge that is being concluded, or null where there is none. MERGE_HEAD names them; in an
 * automatic merge `pre-merge-commit` runs before it is written, and git has them in variables named `GITHEAD_<oid>`.
 * Costs a look at the disk, no process.
 */
export async function mergeInProgress(options: {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly hook: 'pre-commit' | 'pre-merge-commit';
}): Promise<readonly string[] | null> {
  const { gitDir } = await locate(options);
  const written = mergeHead(gitDir);
  if (written.length > 0) return written;
  // Elsewhere these variables may be left from another command.
  if (options.hook === 'pre-commit') return null;
  const named = Object.keys(options.env)
    .filter((name) => name.startsWith('GITHEAD_'))
    .map((name) => name.slice('GITHEAD_'.length))
    .filter((oid) => OID_LINE.test(oid));
  return named.length > 0 ? named : null;
}

function mergeHead(gitDir: string): string[] {
  try {
    const text = readFileSync(join(gitDir, 'MERGE_HEAD'), 'utf8');
    return text.split('\n').filter((line) => OID_LINE.test(line));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * What the index of a merge adds over HEAD: what no parent has, and, marked as incoming, what another parent has.
 * Throws GuardError 'no-repository' and 'git-failed'.
 */
export function mergeSource(options: MergeOptions): Source {
  return {
    name: 'merge',
    items: async function* (context) {
      const git: Git = { cwd: options.cwd, env: options.env, signal: context.signal };
      await refuseBare(git);
      yield* indexItems(git, context, () => mergeEntries(git, options.parents));
    },
  };
}

async function mergeEntries(git: Git, parents: readonly string[]): Promise<IndexEntry[]> {
  const [overHead, ...overOthers] = await Promise.all([
    stagedChanges(git, []),
    ...parents.map((parent) => stagedChanges(git, [parent])),
  ]);
  const others = overOthers.map((changes) => new Map(changes.map((change) => [keyOf(change), change])));
  return overHead.filter(brings).map((change) =>
    mergeEntry(
      git,
      change,
      others.map((byKey) => byKey.get(keyOf(change))),
    ),
  );
}

/** A conflict has several versions of one path. */
function keyOf(change: Change): string {
  return `${change.oid} ${change.name}`;
}

/** `others`: the same entry as a change over each other parent; undefined where that parent has it as it is. */
function mergeEntry(git: Git, change: Change, others: readonly (Change | undefined)[]): IndexEntry {
  const incoming: Judged = { lines: null, incoming: true };
  const own: Judged = { lines: null, incoming: false };
  const differing = others.filter((other) => other !== undefined);
  const isNewName = isAdded(change);
  const name = !isNewName ? null : differing.length === others.length && differing.every(isAdded) ? own : incoming;
  const overHead = comparable(change);
  if (differing.length < others.length)
    return { change, name, content: [{ ...incoming, lines: added(git, overHead, change.oid) }] };
  const versions = [...new Set([...overHead, ...differing.flatMap(comparable)])];
  const mine = added(git, versions, change.oid);
  if (mine === null) return { change, name, content: [own] };
  const theirs = async () =>
    difference(await addedLines(git, overHead, change.oid), await addedLines(git, versions, change.oid));
  return {
    change,
    name,
    content: [
      { ...own, lines: mine },
      { ...incoming, lines: theirs },
    ],
  };
}

function added(git: Git, old: readonly string[], oid: string): (() => Promise<readonly LineRange[]>) | null {
  return old.length === 0 ? null : () => addedLines(git, old, oid);
}
