import { basename, dirname, join, sep } from 'node:path';
import type { Place } from './block';
import { type FileSystem, entryAt, realPathOf } from './files';
import type { RepositoryFacts } from './repository';

/** Where this repository's hook files are written, and who runs them. */
export interface Target {
  /** The folder of the hook files. */
  readonly folder: string;
  readonly place: Place;
  /** husky 9: git runs the files of `runner`, and those run the ones in `folder` with `sh -e`. */
  readonly husky: { readonly runner: string } | null;
}

/** The program's folder in a repository: never in a work tree, shared by all work trees. */
export function programFolderOf(facts: RepositoryFacts): string {
  return join(facts.commonDir, 'cratesguard');
}

/** Finds where git will look for this repository's hooks. `globalHooks` is the folder of `install --global`. */
export async function targetOf(files: FileSystem, facts: RepositoryFacts, globalHooks: string): Promise<Target> {
  const runner = facts.hooksPath;
  const folder = (await isHuskyRunner(files, runner)) ? dirname(runner) : runner;
  return {
    folder,
    place: await placeOf(files, facts, folder, globalHooks),
    husky: folder === runner ? null : { runner },
  };
}

/** husky 9 sets `core.hooksPath` to `.husky/_`, a folder it writes anew, with a script `h` that every hook there calls. */
async function isHuskyRunner(files: FileSystem, folder: string): Promise<boolean> {
  if (basename(folder) !== '_') return false;
  if (basename(dirname(folder)) === '.husky') return true;
  const runner = await entryAt(files, join(folder, 'h'));
  return runner.kind === 'file' && runner.bytes.toString('latin1').includes('husky');
}

async function placeOf(files: FileSystem, facts: RepositoryFacts, folder: string, globalHooks: string): Promise<Place> {
  const real = await realPathOf(files, folder);
  if (real === join(await realPathOf(files, facts.commonDir), 'hooks')) return 'own';
  if (real === (await realPathOf(files, globalHooks))) return 'global';
  if (facts.topLevel !== null && isInside(real, await realPathOf(files, facts.topLevel))) return 'shared';
  return 'outside';
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
