import { exitCodeOf } from '../outcome';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * The first SIGINT, SIGTERM or SIGHUP aborts the signal, so that what runs can put things back; the second one ends the process
 * as if nobody had listened.
 */
export function listenForInterruption(target: NodeJS.Process): Interruption {
  const controller = new AbortController();
  const release = (): void => {
    for (const name of SIGNALS) target.off(name, onSignal);
  };
  function onSignal(name: NodeJS.Signals): void {
    if (controller.signal.aborted) {
      release();
      target.kill(target.pid, name);
    } else controller.abort();
  }
  for (const name of SIGNALS) target.on(name, onSignal);
  return { signal: controller.signal, release };
}

/**
 * A promise that nobody settles ends a Node.js process without a word and with status 0. Until the function that this
 * gives is called, such an end is status 3 and says so.
 */
export function guardAgainstEarlyEnd(target: NodeJS.Process): () => void {
  const say = (): void => {
    target.stderr.write('cratesguard: an error of its own stopped it: it ended before it was done\n');
  };
  target.exitCode = exitCodeOf({ kind: 'incomplete' });
  target.once('beforeExit', say);
  return () => {
    target.off('beforeExit', say);
  };
}
