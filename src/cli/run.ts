import type { Outcome } from '../outcome';
import { commandGroups, commands, groupSummaries } from './commands';
import { runGuarded } from './guarded';
import type { Io } from './io';
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

/** Runs one command line (without the program's name) and waits until all it wrote is out. Never throws. */
export function runCommandLine(argv: readonly string[], output: Output): Promise<Outcome> {
  return runGuarded(() => runLine(argv, output.io), output);
}
