import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GuardError } from '../base/error';
import { BATCH_BUFFERED_ARGS } from './args';
import { BatchParser } from './batch';
import { objectText } from './object-text';
import { objectTypes } from './revisions';
import { readGit, type Git } from './run';

/**
 * The commits at which this shallow clone ends: their parents are not here, and git shows them as roots. Empty in a whole
 * one. Throws a GuardError where the list cannot be read.
 */
export async function shallowBoundary(git: Git): Promise<ReadonlySet<string>> {
  const output = await readGit(git, ['rev-parse', '--is-shallow-repository', '--git-path', 'shallow']);
  const [isShallow, path = ''] = output.toString('utf8').split(/\r?\n/);
  if (isShallow !== 'true') return new Set();
  try {
    const list = await readFile(resolve(git.cwd, path), 'latin1');
    return new Set(list.split('\n').filter((line) => line !== ''));
  } catch (error) {
    throw new GuardError('git-failed', "the list of this shallow clone's boundary commits cannot be read", {
      cause: error,
    });
  }
}

/** A repository that may be shallow, seen as whole as it is. */
export interface OpenClone {
  readonly git: Git;
  /** The commits of which a parent is not here. */
  readonly boundary: ReadonlySet<string>;
  close(): void;
}

/**
 * Git cuts a clone off where its depth ends, also at commits whose parents came along another way: the merge of a pull
 * request brings the target's commits nearer than those of the branch. Such a cut hides nothing, but turns a commit into
 * one that adds every file. Here git is given a list (GIT_SHALLOW_FILE) of the other cuts alone.
 */
export async function openClone(git: Git): Promise<OpenClone> {
  const listed = await shallowBoundary(git);
  if (listed.size === 0) return { git, boundary: listed, close: () => undefined };
  const parents = await writtenParents(git, [...listed]);
  const here = await objectTypes(git, [...new Set([...parents.values()].flat())]);
  const real = [...listed].filter((oid) => parents.get(oid)?.every((parent) => here.get(parent) === 'commit') !== true);
  if (real.length === listed.size) return { git, boundary: listed, close: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'cratesguard-shallow-'));
  const file = join(folder, 'shallow');
  writeFileSync(file, real.map((oid) => `${oid}\n`).join(''));
  return {
    git: { ...git, env: { ...git.env, GIT_SHALLOW_FILE: file } },
    boundary: new Set(real),
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As the commits themselves say, whatever git makes of it. */
async function writtenParents(git: Git, oids: readonly string[]): Promise<Map<string, string[]>> {
  const parents = new Map<string, string[]>();
  const parser = new BatchParser(
    {
      object: ({ oid }, bytes) => {
        const headers = objectText(bytes).headers.toString('latin1');
        parents.set(
          oid,
          [...headers.matchAll(/^parent ([0-9a-f]+)$/gm)].flatMap(([, parent]) => parent ?? []),
        );
      },
      window: () => 'enough',
      windowsEnd: () => undefined,
      unreadable: () => undefined,
    },
    () => undefined,
  );
  parser.push(await readGit(git, BATCH_BUFFERED_ARGS, oids.map((oid) => `${oid}\n`).join('')));
  return parents;
}
