import { Readable } from 'node:stream';
import type { Io } from '../../src/cli/io';

export interface MadeIo extends Io {
  readonly printed: { stdout: string; stderr: string };
}

/** A world for a command: what standard input holds, and nothing that is a terminal unless told. */
export function madeIo(
  options: {
    stdin?: string;
    cwd?: string;
    env?: Record<string, string>;
    stderrIsTerminal?: boolean;
    signal?: AbortSignal;
  } = {},
): MadeIo {
  const printed = { stdout: '', stderr: '' };
  return {
    cwd: options.cwd ?? '/',
    env: options.env ?? {},
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: { write: (text) => void (printed.stdout += text), isTerminal: false, width: undefined },
    stderr: {
      write: (text) => void (printed.stderr += text),
      isTerminal: options.stderrIsTerminal ?? false,
      width: undefined,
    },
    signal: options.signal ?? new AbortController().signal,
    printed,
  };
}
