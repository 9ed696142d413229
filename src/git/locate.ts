import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { askGit, type Git, noRepository } from './run';

/** Where this repository's own files lie, found without starting git. */
export interface Location {
  /** The git folder of this work tree. */
  readonly gitDir: string;
  readonly kind: 'work-tree' | 'bare';
}

function kindOf(path: string): 'file' | 'folder' | 'absent' {
  try {
    const found = lstatSync(path);
    return found.isDirectory() || found.isSymbolicLink() ? 'folder' : 'file';
  } catch {
    return 'absent'; // what cannot be looked at is no repository to git either
  }
}

/** `gitdir: PATH`, as linked work trees and submodules have it in place of the folder. */
function followed(file: string): string | null {
  const target = /^gitdir: (.+?)\r?\n?$/s.exec(readFileSync(file, 'utf8'))?.[1];
  return target === undefined ? null : resolve(dirname(file), target);
}

function looksLikeGitFolder(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => kindOf(join(folder, name)) !== 'absent');
}

/**
 * Asks git itself, for a GIT_DIR from outside and for whatever the search below does not know. Throws GuardError
 * 'no-repository', and 'git-failed' where git refuses the repository.
 */
async function asked(git: Git): Promise<Location> {
  const { stdout, exit } = await askGit(git, ['rev-parse', '--is-bare-repository', '--absolute-git-dir']);
  if (exit.status !== 0) throw noRepository();
  const [bare, gitDir] = stdout.toString('utf8').split('\n');
  return { gitDir: gitDir ?? '', kind: bare === 'true' ? 'bare' : 'work-tree' };
}

/** Finds the repository as git does: GIT_DIR, or the nearest folder upwards with a `.git`, or that is a git folder. */
export async function locate(git: Git): Promise<Location> {
  const given = git.env['GIT_DIR'];
  if (given !== undefined) {
    const gitDir = resolve(git.cwd, given);
    // In a hook: the folder of the work tree's own, or of a linked one, which has a `gitdir` file that leads back.
    const inWorkTree = /[\\/]\.git$/.test(gitDir) || kindOf(join(gitDir, 'gitdir')) === 'file';
    return inWorkTree ? { gitDir, kind: 'work-tree' } : asked(git);
  }
  for (let folder = resolve(git.cwd); ; folder = dirname(folder)) {
    const dotGit = join(folder, '.git');
    const kind = kindOf(dotGit);
    if (kind === 'folder') return { gitDir: dotGit, kind: 'work-tree' };
    const gitDir = kind === 'file' ? followed(dotGit) : null;
    if (gitDir !== null) return { gitDir, kind: 'work-tree' };
    if (looksLikeGitFolder(folder)) return asked(git);
    if (dirname(folder) === folder) throw noRepository();
  }
}
