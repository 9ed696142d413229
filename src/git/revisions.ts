import { GuardError } from '../base/error';
import { BATCH_CHECK_ARGS, COMMITS_ARGS, MISSING_ARGS, OBJECTS_ARGS } from './args';
import type { ObjectType } from './batch';
import { walkCommits, type ListedCommit } from './commit-walk';
import { askGit, readGit, streamGit, type Git } from './run';
import { LF, pieces } from './split';

/** What is reachable from `include` and not from `exclude`: object ids. */
export interface Revisions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

function standardInput({ include, exclude }: Revisions): string {
  return [...include, ...exclude.map((oid) => `^${oid}`)].map((line) => `${line}\n`).join('');
}

/** Object ids for what a user calls a commit, null for each name that is none. */
export function resolveCommits(git: Git, names: readonly string[]): Promise<(string | null)[]> {
  return resolveObjects(
    git,
    names.map((name) => `${name}^{commit}`),
  );
}

/** The same for any object. The names go to git on standard input, where none can be taken for an option. */
export async function resolveObjects(git: Git, names: readonly string[]): Promise<(string | null)[]> {
  if (names.some((name) => /[\n\r\0]/.test(name)))
    throw new GuardError('git-failed', 'a revision may not hold a line break');
  const output = await readGit(git, BATCH_CHECK_ARGS, names.map((name) => `${name}\n`).join(''));
  const lines = output.toString('utf8').split('\n');
  return names.map((_, index) => /^([0-9a-f]+) \w+ \d+$/.exec(lines[index] ?? '')?.[1] ?? null);
}

/** The parents that this clone knows of a commit; null where it is none. */
export async function parentsOf(git: Git, oid: string): Promise<string[] | null> {
  const { stdout, exit } = await askGit(git, ['rev-list', '--no-walk', '--parents', '--end-of-options', oid]);
  if (exit.status !== 0) return null;
  return stdout.toString('latin1').trim().split(' ').slice(1);
}

/** Whether a commit has an ancestor in common with one of the others, as far as this clone goes back. */
export async function commonAncestor(git: Git, oid: string, others: readonly string[]): Promise<boolean> {
  const { exit } = await askGit(git, ['merge-base', oid, ...others]);
  return exit.status === 0;
}

/** The types of those of the objects that are stored here. */
export async function objectTypes(git: Git, oids: readonly string[]): Promise<Map<string, ObjectType>> {
  if (oids.length === 0) return new Map();
  const { stdout } = await askGit(git, BATCH_CHECK_ARGS, oids.map((oid) => `${oid}\n`).join(''));
  const types = new Map<string, ObjectType>();
  for (const [, oid, type] of stdout.toString('latin1').matchAll(/^([0-9a-f]+) (commit|tag|tree|blob) \d+$/gm))
    if (oid !== undefined && type !== undefined) types.set(oid, type as ObjectType);
  return types;
}

/**
 * The commits, children before their parents. Where git's walk fails (a missing commit) they are read one by one, which
 * gives what can be reached, and `failed` is told why the list is not whole.
 */
export async function listCommits(
  git: Git,
  revisions: Revisions,
  failed: (reason: GuardError) => void,
): Promise<ListedCommit[]> {
  if (revisions.include.length === 0) return [];
  try {
    return await commitsOf(git, revisions);
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'git-failed') throw error;
    failed(error);
  }
  const found = async (oids: readonly string[]) => (await resolveCommits(git, oids)).flatMap((oid) => oid ?? []);
  return walkCommits(git, { include: await found(revisions.include), exclude: await found(revisions.exclude) });
}

async function commitsOf(git: Git, revisions: Revisions): Promise<ListedCommit[]> {
  const commits: ListedCommit[] = [];
  for await (const lines of pieces(streamGit(git, COMMITS_ARGS, standardInput(revisions)), LF))
    for (const line of lines) {
      const [time, oid, ...parents] = line.toString('latin1').split(' ');
      if (oid !== undefined) commits.push({ oid, parents, time: Number(time) });
    }
  return commits;
}

async function* listObjects(
  git: Git,
  args: readonly string[],
  revisions: Revisions,
  missing: (oid: string) => void,
): AsyncGenerator<readonly string[], void, void> {
  if (revisions.include.length === 0) return;
  for await (const lines of pieces(streamGit(git, args, standardInput(revisions)), LF)) {
    const oids: string[] = [];
    for (const line of lines) {
      const text = line.toString('latin1').trimEnd();
      if (text.startsWith('?')) missing(text.slice(1));
      else oids.push(text);
    }
    yield oids;
  }
}

/** The ids of all objects, as git walks; those that are missing go to `missing`. Throws where a commit is missing. */
export function reachableObjects(
  git: Git,
  revisions: Revisions,
  missing: (oid: string) => void,
): AsyncGenerator<readonly string[], void, void> {
  return listObjects(git, OBJECTS_ARGS, revisions, missing);
}

/** Walks over all objects and tells of the missing ones only. Throws where a commit is missing. */
export async function findMissing(git: Git, revisions: Revisions, missing: (oid: string) => void): Promise<void> {
  for await (const oids of listObjects(git, MISSING_ARGS, revisions, missing))
    if (oids.length > 0) throw new GuardError('git-failed', 'git rev-list printed more than was asked for');
}
