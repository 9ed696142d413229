const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * The first SIGINT or SIGTERM aborts the signal, so that what runs can put things back; the second one ends the process
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
