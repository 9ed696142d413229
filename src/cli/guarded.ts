import { GuardError, outcomeOfError } from '../base/error';
import type { Outcome } from '../outcome';
import type { Io } from './io';
import { type Output, printError } from './output';

/** Runs a command, says on stderr what stopped it, and waits until all it wrote is out. Never throws. */
export async function runGuarded(work: () => Promise<Outcome>, { io, flush }: Output): Promise<Outcome> {
  const outcome = await guarded(work, io);
  return guarded(async () => {
    await flush();
    return outcome;
  }, io);
}

async function guarded(work: () => Promise<Outcome>, io: Io): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    // whatever an aborted command ran into, the interruption is why
    const interrupted = io.signal.aborted && !(error instanceof GuardError);
    const shown = interrupted ? new GuardError('interrupted', 'interrupted', { cause: error }) : error;
    printError(shown, io);
    return outcomeOfError(shown);
  }
}
