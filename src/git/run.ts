import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { GuardError } from '../base/error';
import { COMMON_ARGS } from './args';
import { gitEnvironment } from './environment';
import { gitFailure, type GitExit } from './failure';

/** Where git runs, and what ends it. */
export interface Git {
  readonly cwd: string;
  /** The caller's environment; gitEnvironment is applied here. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** What a fetch may use, as GIT_ALLOW_PROTOCOL has it; without it there is no transport at all. */
  readonly protocols?: string;
}

/** A git that prints and is told nothing. */
export interface GitOutput {
  readonly stdout: Readable;
  /** Settles when git has ended and its output is closed; rejects only where git could not be started. */
  readonly ended: Promise<GitExit>;
  /** Ends git; for a reader that wants no more. */
  stop(): void;
}

export interface GitProcess extends GitOutput {
  readonly stdin: Writable;
}

/** Enough for what git says when it fails, and no more than that is kept. */
const STDERR_LIMIT = 4096;

/**
 * Starts git with the fixed settings of this folder. Backpressure is the pipes'. Throws GuardError 'interrupted' where
 * the signal was aborted already; an abort later on kills git.
 */
export function startGit(git: Git, args: readonly string[]): GitProcess {
  const child = spawn('git', [...COMMON_ARGS, ...args], { ...optionsOf(git), stdio: ['pipe', 'pipe', 'pipe'] });
  // git may end before it has read everything; the exit status says whether that is a failure.
  child.stdin.on('error', () => undefined);
  return { ...watched(git, child), stdin: child.stdin };
}

/** startGit with nothing on git's standard input: a pipe that is only closed costs a hook some milliseconds. */
export function startReading(git: Git, args: readonly string[]): GitOutput {
  const child = spawn('git', [...COMMON_ARGS, ...args], { ...optionsOf(git), stdio: ['ignore', 'pipe', 'pipe'] });
  return watched(git, child);
}

function optionsOf(git: Git): { cwd: string; env: NodeJS.ProcessEnv; windowsHide: boolean } {
  if (git.signal?.aborted === true) throw new GuardError('interrupted', 'the scan was interrupted');
  const transport = git.protocols === undefined ? {} : { GIT_ALLOW_PROTOCOL: git.protocols };
  return { cwd: git.cwd, env: { ...gitEnvironment(git.env), ...transport }, windowsHide: true };
}

function watched(git: Git, child: ChildProcessByStdio<Writable | null, Readable, Readable>): GitOutput {
  const stop = () => {
    child.kill();
  };
  git.signal?.addEventListener('abort', stop, { once: true });
  const errors: Buffer[] = [];
  let kept = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    if (kept < STDERR_LIMIT) errors.push(chunk.subarray(0, STDERR_LIMIT - kept));
    kept += chunk.length;
  });
  const ended = new Promise<GitExit>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(startFailure(cause));
    });
    child.on('close', (status, killedBy) => {
      git.signal?.removeEventListener('abort', stop);
      if (git.signal?.aborted === true) reject(new GuardError('interrupted', 'the scan was interrupted'));
      else resolve({ status: status ?? 128, killedBy, stderr: Buffer.concat(errors).toString('utf8').trim() });
    });
  });
  // Whoever waits for the output first must not be outrun by an unhandled rejection.
  ended.catch(() => undefined);
  return { stdout: child.stdout, ended, stop };
}

function startFailure(cause: NodeJS.ErrnoException): GuardError {
  if (cause.code === 'ENOENT')
    return new GuardError('git-missing', 'git could not be started: it is not in PATH, or the folder is not there', {
      hint: 'install git 2.32 or later',
      cause,
    });
  return new GuardError('git-failed', `git could not be started (${cause.code ?? 'unknown'})`, { cause });
}

function startWith(git: Git, args: readonly string[], input: string): GitOutput {
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
