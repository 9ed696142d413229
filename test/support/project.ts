import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** This checkout, for the tests that hold the house rules. */
export const projectRoot = resolve(__dirname, '..', '..');

/** git's standard output in this checkout; where `git grep` and the like answer 1, "nothing found", it is empty. */
export function projectGit(...args: readonly string[]): string {
  try {
    return execFileSync('git', args, {
      cwd: projectRoot,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'status' in error && error.status === 1) return '';
    throw error;
  }
}

/** Every file that is, or is about to be, in the repository and is there on disk; `/` between folders. */
export function projectFiles(pattern = /./): readonly string[] {
  return projectGit('ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate')
    .split('\0')
    .filter((path) => path !== '' && pattern.test(path) && existsSync(join(projectRoot, path)));
}

export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}
