import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GuardError } from '../base/error';
import { gitEnvironment } from './environment';

export interface GitExit {
  readonly status: number;
  readonly killedBy: NodeJS.Signals | null;
  /** The first 4 KiB of what git said. */
  readonly stderr: string;
}

/** What the flags in args.ts need: `--missing=print`, `diff-tree -c` with `--no-relative`, `--end-of-options`. */
const MINIMUM_GIT = '2.32';

interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const run = promisify(execFile);

async function answer(place: Place, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run('git', [...args], {
      cwd: place.cwd,
      env: gitEnvironment(place.env),
      windowsHide: true,
    });
    return stdout.trim();
  } catch {
    return null; // the question is only asked to explain another failure, and no answer explains nothing
  }
}

export function isTooOld(version: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_GIT.split('.').map(Number);
  return Number(major) < wantedMajor || (Number(major) === wantedMajor && Number(minor) < wantedMinor);
}

export function noRepository(): GuardError {
  return new GuardError('no-repository', 'this is not a git repository (nor is any folder above it)', {
    hint: 'run it inside of one',
  });
}

function firstLines(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('hint:'));
  return lines.slice(0, 3).join('; ').slice(0, 500);
}

/**
 * Says why git failed. The version is asked for here, after the failure, and not ahead of every command: a hook must not
 * pay a process for it.
 */
export async function gitFailure(place: Place, args: readonly string[], exit: GitExit): Promise<GuardError> {
  const version = await answer(place, ['version']);
  if (version !== null && isTooOld(version)) return tooOld(version);
  const command = args.find((arg) => /^[a-z]+(-[a-z]+)*$/.test(arg)) ?? 'git';
  if (/not a git repository/i.test(exit.stderr)) return noRepository();
  // Outside of a repository `git diff` takes itself for --no-index and complains of its options.
  if (exit.status === 129 && (await answer(place, ['rev-parse', '--git-dir'])) === null) return noRepository();
  const why = exit.killedBy === null ? `status ${exit.status}` : `ended by ${exit.killedBy}`;
  const said = firstLines(exit.stderr);
  return new GuardError('git-failed', `git ${command} failed (${why})${said === '' ? '' : `: ${said}`}`);
}

function tooOld(version: string): GuardError {
  return new GuardError('git-too-old', `${version} is too old`, {
    hint: `cratesguard needs git ${MINIMUM_GIT} or later`,
  });
}
