import { performance } from 'node:perf_hooks';

const EVERY_MS = 50;

/**
 * For work that never waits, such as reading a disk synchronously: from time to time the answer is a promise to await,
 * in which timers (the progress line) and signals (Ctrl-C) have their turn; null in between.
 */
export function breathing(now: () => number = () => performance.now()): () => Promise<void> | null {
  let last = now();
  return () => {
    if (now() - last < EVERY_MS) return null;
    return new Promise((resolve) => {
      setImmediate(() => {
        last = now();
        resolve();
      });
    });
  };
}
