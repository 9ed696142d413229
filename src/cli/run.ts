import { GuardError, outcomeOfError } from '../error';
import type { Outcome } from '../outcome';
import { commandGroups, commands, groupSummaries } from './commands';
import type { Io } from './io';
import { printError } from './output';
import type { Output } from './output';
import { parseCommandLine } from './parse';
import { version } from './version';

const context = { commands, groups: commandGroups, groupSummaries, version };

async function runLine(argv: readonly string[], io: Io): Promise<Outcome> {
  const line = parseCommandLine(argv, context);
  if (line.kind === 'print') {
    io.stdout.write(line.text);
    return { kind: 'clean' };
  }
  const run = await line.entry.load();
  return run(line.invocation, line.color === 'never' ? { ...io, env: { ...io.env, NO_COLOR: '1' } } : io);
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

/** Runs one command line (without the program's name) and waits until all it wrote is out. Never throws. */
export async function runCommandLine(argv: readonly string[], { io, flush }: Output): Promise<Outcome> {
  const outcome = await guarded(() => runLine(argv, io), io);
  return guarded(async () => {
    await flush();
    return outcome;
  }, io);
}
