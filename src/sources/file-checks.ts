/** Files read by threads of their own, which tell those that hold nothing. */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { GuardError } from '../base/error';

/** What tells the program, started as a thread, that it is to read files. */
export const FILE_CHECKS = 'cratesguard: file checks';

export interface FileToCheck {
  /** Its bytes, a character each: a Buffer would bring along the memory that it is a part of. */
  readonly path: string;
  /** What reports call it, and what the rules take its file name for. */
  readonly name: string;
}

/** The number of bytes that were read where the file holds no finding; null where somebody has to look at it. */
export type FileAnswer = number | null;

export interface FileChecks {
  /** How many lists of files can be under way at once. */
  readonly width: number;
  /**
   * An answer for each file, in order.
   *
   * @throws GuardError 'unreadable' where a thread ended: what it was reading is unread
   */
  check(files: readonly FileToCheck[]): Promise<readonly FileAnswer[]>;
  /** The same at once, by the thread that asks. */
  checkHere(files: readonly FileToCheck[]): readonly FileAnswer[];
  close(): Promise<void>;
}

/** More threads than this, beside the one that starts them, would hold more memory than a scan may. */
const MOST_THREADS = 3;

interface Thread {
  readonly worker: Worker;
  readonly waiting: {
    readonly resolve: (answers: readonly FileAnswer[]) => void;
    readonly reject: (error: GuardError) => void;
  }[];
  failure: GuardError | null;
}

export interface FileChecksOptions {
  /** What the threads run: it answers each list of files that it is sent (`serveFileChecks` there does). */
  readonly file: string;
  readonly cores: number;
  readonly checkHere: FileChecks['checkHere'];
}

/** Starts a thread for each core but the one that is taken; null where there is no other. */
export function startFileChecks({ file, cores, checkHere }: FileChecksOptions): FileChecks | null {
  if (cores < 2) return null;
  const threads = Array.from({ length: Math.min(cores - 1, MOST_THREADS) }, () => startThread(file));
  return {
    // One list for each thread to read, and one to go on with.
    width: threads.length * 2,
    check(files) {
      const thread = threads.reduce((least, each) => (each.waiting.length < least.waiting.length ? each : least));
      return new Promise((resolve, reject) => {
        if (thread.failure !== null) {
          reject(thread.failure);
          return;
        }
        thread.waiting.push({ resolve, reject });
        thread.worker.postMessage(files);
      });
    },
    checkHere,
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(file: string): Thread {
  const worker = new Worker(file, { workerData: FILE_CHECKS, env: SHARE_ENV, trackUnmanagedFds: false });
  const thread: Thread = { worker, waiting: [], failure: null };
  const fail = (cause: unknown): void => {
    thread.failure ??= new GuardError('unreadable', 'a thread that read files ended before it was done', { cause });
    for (const { reject } of thread.waiting.splice(0)) reject(thread.failure);
  };
  worker.on('message', (answers: readonly FileAnswer[]) => thread.waiting.shift()?.resolve(answers));
  worker.on('error', fail);
  worker.on('messageerror', fail);
  worker.on('exit', fail);
  return thread;
}
