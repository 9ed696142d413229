/** The one door to other programs. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { GuardError, errorCode } from './error';

export interface ProgramPlace {
  readonly cwd: string;
  /** All that the program gets to see of the environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramExit {
  /** 128 where a signal ended it. */
  readonly status: number;
  readonly killedBy: NodeJS.Signals | null;
  /** The first 4 KiB of what it said. */
  readonly stderr: string;
}

/** A program that prints and is told nothing. */
export interface ProgramOutput {
  readonly stdout: Readable;
  /** Settles when the program has ended and its output is closed; rejects where it could not be started or was interrupted. */
  readonly ended: Promise<ProgramExit>;
  /** For a reader that wants no more. */
  stop(): void;
}

export interface RunningProgram extends ProgramOutput {
  readonly stdin: Writable;
}

/** What POSIX systems search where PATH is not set. */
const DEFAULT_PATH = '/usr/bin:/bin';
const EXTENSIONS = process.platform === 'win32' ? ['.exe', '.com'] : [''];

/**
 * The file that `name` stands for in PATH; null where there is none. Windows would look in the current folder first, and
 * so would an empty or relative entry of PATH: there the repository would choose the program.
 */
export function programPath(name: string, env: NodeJS.ProcessEnv): string | null {
  if (isAbsolute(name)) return name;
  if (/[\\/]/.test(name)) return null;
  const path = env['PATH'] ?? Object.entries(env).find(([key]) => key.toUpperCase() === 'PATH')?.[1] ?? DEFAULT_PATH;
  for (const folder of path.split(delimiter))
    if (isAbsolute(folder))
      for (const extension of EXTENSIONS) {
        const file = join(folder, name + extension);
        if (isProgram(file)) return file;
      }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Starts a program with pipes. Throws GuardError 'missing-tool' where it is not in PATH, 'interrupted' after an abort. */
export function startProgram(name: string, args: readonly string[], place: ProgramPlace): RunningProgram {
  const { file, ...options } = prepared(name, place);
  const child = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  // It may end before it has read everything; the exit status says whether that is a failure.
  child.stdin.on('error', () => undefined);
  return { ...watched(name, child, place), stdin: child.stdin };
}

/** The same with nothing on its standard input: a pipe that is only closed costs a hook some milliseconds. */
export function startReadingProgram(name: string, args: readonly string[], place: ProgramPlace): ProgramOutput {
  const { file, ...options } = prepared(name, place);
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  return watched(name, child, place);
}

/** Runs a program to its end, whatever its status. Throws as startProgram does, and where the system cannot start it. */
export async function runProgram(
  name: string,
  args: readonly string[],
  { input = '', ...place }: ProgramPlace & { readonly input?: string },
): Promise<{ readonly stdout: Buffer; readonly exit: ProgramExit }> {
  const chunks: Buffer[] = [];
  const child =
    input === '' ? startReadingProgram(name, args, place) : withInput(startProgram(name, args, place), input);
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return { stdout: Buffer.concat(chunks), exit: await child.ended };
}

function withInput(child: RunningProgram, input: string): ProgramOutput {
  child.stdin.end(input);
  return child;
}

function prepared(name: string, { cwd, env, signal }: ProgramPlace) {
  if (signal?.aborted === true) throw interrupted();
  const file = programPath(name, env);
  if (file === null) throw new GuardError('missing-tool', `${name} was not found in PATH`);
  // Windows starts a .cmd only through its shell; cargo's providers alone may be one, and get no foreign argument.
  const shell = process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(file);
  return { file: shell ? `"${file}"` : file, cwd, env, shell, windowsHide: true };
}

function interrupted(): GuardError {
  return new GuardError('interrupted', 'interrupted');
}

const STDERR_LIMIT = 4096;

function watched(
  name: string,
  child: ChildProcessByStdio<Writable | null, Readable, Readable>,
  { signal }: ProgramPlace,
): ProgramOutput {
  const stop = (): void => {
    child.kill();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const errors: Buffer[] = [];
  let kept = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    if (kept < STDERR_LIMIT) errors.push(chunk.subarray(0, STDERR_LIMIT - kept));
    kept += chunk.length;
  });
  const ended = new Promise<ProgramExit>((resolve, reject) => {
    child.on('error', (cause) => {
      const code = errorCode(cause) ?? 'unknown';
      reject(
        code === 'ENOENT'
          ? new GuardError('missing-tool', `${name} could not be started: the program or the folder is gone`, { cause })
          : new GuardError('unreadable', `${name} could not be started (${code})`, { cause }),
      );
    });
    child.on('close', (status, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted === true) reject(interrupted());
      else resolve({ status: status ?? 128, killedBy, stderr: Buffer.concat(errors).toString('utf8').trim() });
    });
  });
  // Whoever waits for the output first must not be outrun by an unhandled rejection.
  ended.catch(() => undefined);
  return { stdout: child.stdout, ended, stop };
}
