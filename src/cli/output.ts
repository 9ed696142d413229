/**
 * The only place that writes to the process's own streams. What passes through `write` is masked and cleared of control
 * characters, whoever wrote it.
 */
import type { Writable } from 'node:stream';
import { maskText } from '../detect/mask';
import { GuardError } from '../base/error';
import { escapeControls } from '../report/escape';
import type { Channel, Io } from './io';

type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What Output needs of `process`; tests hand in their own. */
export interface ProcessStreams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: Io['stdin'];
  readonly env: Io['env'];
  /** Throws where the folder is gone. */
  readonly cwd: () => string;
  readonly signal: AbortSignal;
}

export interface Output {
  readonly io: Io;
  /**
   * Resolves when both streams have taken everything.
   * @throws GuardError `unwritable` where stdout could not take it. A reader that went away early (`| head`) is no error.
   */
  readonly flush: () => Promise<void>;
}

/** Text as any stream of ours may show it. */
function safeText(text: string): string {
  return escapeControls(maskText(text));
}

interface OpenChannel extends Channel {
  writeFormatted(text: string): void;
  drained(): Promise<void>;
  failure(): Error | undefined;
}

function channelOn(stream: OutputStream): OpenChannel {
  let failure: Error | undefined;
  stream.on('error', (error: Error) => {
    failure ??= error;
  });
  const put = (text: string): void => {
    if (failure === undefined && text !== '') stream.write(text);
  };
  return {
    write: (text) => {
      put(safeText(text));
    },
    writeFormatted: put,
    drained: () =>
      new Promise((resolve) => {
        if (failure !== undefined || stream.destroyed || stream.writableLength === 0) resolve();
        else
          stream.write('', () => {
            resolve();
          });
      }),
    isTerminal: stream.isTTY === true,
    get width() {
      return stream.isTTY === true ? stream.columns : undefined;
    },
    failure: () => failure,
  };
}

const isClosedPipe = (error: Error): boolean => 'code' in error && error.code === 'EPIPE';

function currentFolder(cwd: () => string): string {
  try {
    return cwd();
  } catch (error) {
    throw new GuardError('unreadable', 'the current folder is not there any more', { cause: error });
  }
}

/** Builds the Io of this process. */
export function createOutput(streams: ProcessStreams): Output {
  const stdout = channelOn(streams.stdout);
  const stderr = channelOn(streams.stderr);
  return {
    io: {
      get cwd() {
        return currentFolder(streams.cwd);
      },
      env: streams.env,
      get stdin() {
        return streams.stdin;
      },
      stdout,
      stderr,
      signal: streams.signal,
    },
    flush: async () => {
      await stdout.drained();
      await stderr.drained();
      // 'error' comes a turn after the write that failed
      await new Promise(setImmediate);
      const failure = stdout.failure();
      if (failure !== undefined && !isClosedPipe(failure))
        throw new GuardError('unwritable', `standard output could not be written: ${failure.message}`, {
          cause: failure,
        });
    },
  };
}

/** Writes text that its producer has escaped already. */
export function writeFormatted(channel: Channel, text: string): void {
  if (channel.writeFormatted === undefined) channel.write(text);
  else channel.writeFormatted(text);
}

/** Says on stderr what stopped a command: the message and, on a line of its own, what to do. */
export function printError(error: unknown, io: Pick<Io, 'stderr' | 'env'>): void {
  if (error instanceof GuardError) {
    io.stderr.write(`cratesguard: ${error.message}\n`);
    if (error.hint !== undefined) io.stderr.write(`${asSentence(error.hint)}\n`);
  } else {
    io.stderr.write(`cratesguard: an error of its own stopped it: ${messageOf(error)}\n`);
    io.stderr.write('Please report it; CRATESGUARD_DEBUG=1 shows where it happened.\n');
  }
  if (io.env['CRATESGUARD_DEBUG'] === '1' && error instanceof Error) io.stderr.write(`${stackOf(error)}\n`);
}

/** A hint goes into brackets elsewhere; on a line of its own it starts as one does, unless a program's name comes first. */
function asSentence(hint: string): string {
  return /^(?!(?:cratesguard|cargo|git)\b)[a-z]+[ ,:]/.test(hint) ? hint.charAt(0).toUpperCase() + hint.slice(1) : hint;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by: ${stackOf(error.cause)}` : stack;
}
