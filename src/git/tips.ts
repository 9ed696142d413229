import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ObjectType } from './batch';
import { pathText } from '../base/path-text';
import { objectTypes, resolveCommits, resolveObjects } from './revisions';
import { askGit, readGit, type Git, gitFailure } from './run';

export interface RefTip {
  readonly oid: string;
  readonly type: ObjectType;
  readonly ref: string | null;
}

export interface RefTips {
  readonly tips: readonly RefTip[];
  /** Refs that point nowhere, or at an object that is not here. */
  readonly broken: readonly string[];
}

/**
 * What every ref points at, every entry of the stash, and every work tree's `HEAD` and own refs. Throws a GuardError where
 * git cannot list them.
 */
export async function allTips(git: Git): Promise<RefTips> {
  const { refs, broken } = await listRefs(git);
  const found: { oid: string; ref: string | null }[] = [...refs, ...(await otherWorkTreeRefs(git, broken))];
  const unnamed = [...(await workTreeHeads(git)), ...(await olderStashEntries(git, refs))];
  found.push(...unnamed.map((oid) => ({ oid, ref: null })));
  const types = await objectTypes(git, [...new Set(found.map(({ oid }) => oid))]);
  const tips: RefTip[] = [];
  for (const { oid, ref } of found) {
    const type = types.get(oid);
    if (type === undefined) broken.push(ref ?? 'HEAD');
    else tips.push({ oid, type, ref });
  }
  return { tips, broken };
}

interface ListedRef {
  readonly oid: string;
  readonly ref: string;
}

async function listRefs(git: Git, ...places: readonly string[]): Promise<{ refs: ListedRef[]; broken: string[] }> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...places];
  const { stdout, exit } = await askGit(git, args);
  if (exit.status !== 0) throw await gitFailure(git, args, exit);
  // A file that holds no object id is not listed, only complained of.
  const broken = [...exit.stderr.matchAll(/ignoring broken ref (\S+)/g)].map(([, ref = '']) => ref);
  const lines = stdout.toString('latin1').split('\n');
  const refs = lines.flatMap((line) => {
    const [oid = '', ref] = line.split(' ');
    return ref === undefined ? [] : [{ oid, ref: pathText(Buffer.from(ref, 'latin1')) }];
  });
  return { refs, broken };
}

/** Refs that each work tree has for itself (gitrepository-layout); git lists those of this one only. */
const OWN_REFS = ['refs/worktree', 'refs/bisect', 'refs/rewritten'];

async function otherWorkTreeRefs(git: Git, broken: string[]): Promise<ListedRef[]> {
  const args = ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'];
  const [own, common = ''] = (await readGit(git, args)).toString('utf8').split(/\r?\n/);
  const names = await readdir(join(common, 'worktrees')).catch(() => []);
  const trees = [
    { name: 'main-worktree', folder: common },
    ...names.map((name) => ({ name: `worktrees/${name}`, folder: join(common, 'worktrees', name) })),
  ];
  const found: ListedRef[] = [];
  for (const { name, folder } of trees) {
    if (names.length === 0 || folder === own) continue;
    const listed = await listRefs({ ...git, env: { ...git.env, GIT_DIR: folder } }, ...OWN_REFS);
    found.push(...listed.refs.map(({ oid, ref }) => ({ oid, ref: `${name}/${ref}` })));
    broken.push(...listed.broken.map((ref) => `${name}/${ref}`));
  }
  return found;
}

/** Only the newest entry is a ref; the others are in its log. */
async function olderStashEntries(git: Git, refs: readonly ListedRef[]): Promise<string[]> {
  if (!refs.some(({ ref }) => ref === 'refs/stash')) return [];
  const output = await readGit(git, ['rev-list', '--walk-reflogs', 'refs/stash']);
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .slice(1);
}

/** Detached ones too; one on a branch without a commit yet has none. */
async function workTreeHeads(git: Git): Promise<string[]> {
  const output = await readGit(git, ['worktree', 'list', '--porcelain']);
  const listed = [...output.toString('utf8').matchAll(/^HEAD ([0-9a-f]+)$/gm)].flatMap(([, oid]) => oid ?? []);
  const [own] = await resolveCommits(git, ['HEAD']);
  return [...new Set([...listed.filter((oid) => !/^0+$/.test(oid)), ...(own == null ? [] : [own])])];
}

/**
 * The name of the remote's default branch, as `git clone` wrote it down; else `main` or `master`, where only one of them is
 * there; null where nothing tells.
 */
export async function defaultBranchOf(git: Git): Promise<string | null> {
  const place = 'refs/remotes/origin/';
  const { stdout, exit } = await askGit(git, ['symbolic-ref', '--quiet', `${place}HEAD`]);
  const target = stdout.toString('utf8').trim();
  if (exit.status === 0 && target.startsWith(place)) return target.slice(place.length);
  const usual = ['main', 'master'];
  const found = await resolveObjects(
    git,
    usual.map((name) => place + name),
  );
  const there = usual.filter((_, index) => found[index] != null);
  return there.length === 1 ? (there[0] ?? null) : null;
}

/** How many objects are stored here, an upper bound of what can be reached; null where git does not say. */
export async function storedObjects(git: Git): Promise<number | null> {
  const { stdout } = await askGit(git, ['count-objects', '-v']);
  const counted = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(stdout.toString('utf8'))?.[1]);
  const total = counted('count') + counted('in-pack');
  return Number.isNaN(total) ? null : total;
}

/** The object that the platform fetched for a tag (`git fetch origin refs/tags/NAME`), where it gave it no ref of its own. */
export async function fetchedTag(git: Git, name: string): Promise<string | null> {
  const path = (await readGit(git, ['rev-parse', '--git-path', 'FETCH_HEAD'])).toString('utf8').replace(/\r?\n$/, '');
  const text = await readFile(resolve(git.cwd, path), 'utf8').catch(() => '');
  const line = text.split('\n').find((one) => one.includes(`\ttag '${name}' of `));
  return /^[0-9a-f]{40,64}(?=\t)/.exec(line ?? '')?.[0] ?? null;
}
