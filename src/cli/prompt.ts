import { createInterface } from 'node:readline';
import type { Io } from './io';
import { openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { ReadStream } from 'node:tty';
import { GuardError } from '../base/error';

export function canAsk({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTerminal;
}

/** Asks on a terminal; only `y` or `yes` is a yes, and so the end of the input and Ctrl-C are a no. */
export async function askYesNo(question: string, { stdin, stderr, signal }: Io): Promise<boolean> {
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin, signal });
  try {
    for await (const line of lines) return /^\s*y(?:es)?\s*$/i.test(line);
    return false;
  } finally {
    lines.close();
  }
}

/** The terminal that a person sits at, whatever standard input is. */
export interface Terminal {
  /** One line, without its end; empty at the end of input. `hidden` keeps what is typed off the screen. */
  readLine(echo: 'shown' | 'hidden', signal: AbortSignal): Promise<string>;
  close(): void;
}

/** The controlling terminal, or null where this process has none (a hook, a CI job, a service). */
export function openTerminal(): Terminal | null {
  let input: ReadStream;
  try {
    // Standard input may carry the secret, so the question is answered at the terminal itself.
    input = new ReadStream(openSync(process.platform === 'win32' ? '\\\\.\\CONIN$' : '/dev/tty', 'r'));
  } catch {
    // No such device, or not ours to open: there is nobody to ask, and the caller says so.
    return null;
  }
  return { readLine: (echo, signal) => readLine(input, echo, signal), close: () => input.destroy() };
}

function readLine(input: ReadStream, echo: 'shown' | 'hidden', signal: AbortSignal): Promise<string> {
  // Only a readline of its own "terminal" takes the echo away from the kernel, and then the echo goes to this sink.
  const sink = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input, output: sink, terminal: echo === 'hidden', historySize: 0 });
  return new Promise((resolve, reject) => {
    const interrupt = (): void => {
      reject(new GuardError('interrupted', 'interrupted; nothing was sent'));
      lines.close();
    };
    signal.addEventListener('abort', interrupt, { once: true });
    lines.once('SIGINT', interrupt);
    // Without a listener readline turns the echo on and stops the process; what is pasted then would show.
    lines.on('SIGTSTP', () => undefined);
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', interrupt);
      resolve('');
    });
  });
}
