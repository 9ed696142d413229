/** The one door to git: every command has the settings of args.ts and the environment of environment.ts. */
import {
  runProgram,
  startProgram,
  startReadingProgram,
  type ProgramExit,
  type ProgramOutput,
  type ProgramPlace,
  type RunningProgram,
} from '../base/process';
import { GuardError } from '../base/error';
import { COMMON_ARGS } from './args';
import { gitEnvironment } from './environment';

/** Where git runs, and what ends it. */
export interface Git {
  readonly cwd: string;
  /** The caller's environment; gitEnvironment is applied here. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** What a fetch may use, as GIT_ALLOW_PROTOCOL has it; without it there is no transport at all. */
  readonly protocols?: string;
}

export type GitExit = ProgramExit;
export type GitProcess = RunningProgram;

/** Starts git. Backpressure is the pipes'. Throws GuardError 'git-missing', and 'interrupted' after an abort, which also kills git. */
export function startGit(git: Git, args: readonly string[]): GitProcess {
  const child = asGit(() => startProgram('git', [...COMMON_ARGS, ...args], placeOf(git)));
  return { ...child, ended: endedAsGit(child) };
}

/** startGit with nothing on its standard input. */
export function startReading(git: Git, args: readonly string[]): ProgramOutput {
  const child = asGit(() => startReadingProgram('git', [...COMMON_ARGS, ...args], placeOf(git)));
  return { ...child, ended: endedAsGit(child) };
}

function placeOf({ cwd, env, signal, protocols }: Git): ProgramPlace {
  const transport = protocols === undefined ? {} : { GIT_ALLOW_PROTOCOL: protocols };
  return { cwd, env: { ...gitEnvironment(env), ...transport }, signal };
}

function asGit<Child>(start: () => Child): Child {
  try {
    return start();
  } catch (error) {
    throw gitStartFailure(error);
  }
}

function endedAsGit(child: ProgramOutput): Promise<GitExit> {
  const ended = child.ended.catch((error: unknown) => {
    throw gitStartFailure(error);
  });
  ended.catch(() => undefined); // as in base/process
  return ended;
}

function gitStartFailure(error: unknown): unknown {
  if (!(error instanceof GuardError)) return error;
  if (error.code === 'missing-tool')
    return new GuardError('git-missing', 'git could not be started: it is not in PATH, or the folder is not there', {
      hint: `install git ${MINIMUM_GIT} or later`,
      cause: error,
    });
  return error.code === 'unreadable' ? new GuardError('git-failed', error.message, { cause: error }) : error;
}

function startWith(git: Git, args: readonly string[], input: string): ProgramOutput {
  if (input === '') return startReading(git, args);
  const child = startGit(git, args);
  child.stdin.end(input);
  return child;
}

/** Streams what git prints, and throws a GuardError after it where git did not end well. `input` goes to its stdin. */
export async function* streamGit(git: Git, args: readonly string[], input = ''): AsyncGenerator<Buffer, void, void> {
  const child = startWith(git, args, input);
  let whole = false;
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    whole = true;
  } finally {
    if (!whole) child.stop();
  }
  const exit = await child.ended;
  if (exit.status !== 0) throw await gitFailure(git, args, exit);
}

/** Runs git for a short answer; `status` is not judged. */
export async function askGit(
  git: Git,
  args: readonly string[],
  input = '',
): Promise<{ readonly stdout: Buffer; readonly exit: GitExit }> {
  const child = startWith(git, args, input);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return { stdout: Buffer.concat(chunks), exit: await child.ended };
}

/** Runs git for a short answer, and throws a GuardError where it did not end well. */
export async function readGit(git: Git, args: readonly string[], input = ''): Promise<Buffer> {
  const { stdout, exit } = await askGit(git, args, input);
  if (exit.status !== 0) throw await gitFailure(git, args, exit);
  return stdout;
}

/** What the flags in args.ts need: `--missing=print`, `diff-tree -c` with `--no-relative`, `--end-of-options`. */
const MINIMUM_GIT = '2.32';

async function answer(git: Git, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout, exit } = await runProgram('git', args, placeOf(git));
    return exit.status === 0 ? stdout.toString('utf8').trim() : null;
  } catch {
    return null; // asked only to explain another failure
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
export async function gitFailure(git: Git, args: readonly string[], exit: GitExit): Promise<GuardError> {
  const version = await answer(git, ['version']);
  if (version !== null && isTooOld(version)) return tooOld(version);
  const command = args.find((arg) => /^[a-z]+(-[a-z]+)*$/.test(arg)) ?? 'git';
  if (/not a git repository/i.test(exit.stderr)) return noRepository();
  // Outside of a repository `git diff` takes itself for --no-index and complains of its options.
  if (exit.status === 129 && (await answer(git, ['rev-parse', '--git-dir'])) === null) return noRepository();
  const why = exit.killedBy === null ? `status ${exit.status}` : `ended by ${exit.killedBy}`;
  const said = firstLines(exit.stderr);
  return new GuardError('git-failed', `git ${command} failed (${why})${said === '' ? '' : `: ${said}`}`);
}

function tooOld(version: string): GuardError {
  return new GuardError('git-too-old', `${version} is too old`, {
    hint: `cratesguard needs git ${MINIMUM_GIT} or later`,
  });
}
