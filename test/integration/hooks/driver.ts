import { hooksCommands } from '../../../src/cli/hooks/commands';
import type { Channel, Io } from '../../../src/cli/io';
import type { RunCommand } from '../../../src/cli/command';
import { GuardError, outcomeOfError } from '../../../src/base/error';
import { exitCodeOf } from '../../../src/outcome';

/** The hooks' commands alone, as a program: what these tests bundle and run. */

const channel = (stream: NodeJS.WriteStream): Channel => ({
  write: (text) => void stream.write(text),
  isTerminal: false,
  width: undefined,
});

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: channel(process.stdout),
  stderr: channel(process.stderr),
  signal: new AbortController().signal,
};

const commands: Readonly<Record<string, { readonly load: () => Promise<RunCommand> }>> = hooksCommands;

async function main([name = '', ...words]: readonly string[]): Promise<void> {
  const options: Record<string, string | true> = {};
  for (const word of words) {
    const [option = '', value] = word.replace(/^--/, '').split('=');
    options[option] = value ?? true;
  }
  try {
    const run = await commands[name]?.load();
    if (run === undefined) throw new GuardError('usage', 'no such command');
    process.exitCode = exitCodeOf(await run({ options, args: [] }, io));
  } catch (error) {
    process.stderr.write(error instanceof GuardError ? `${error.message}\n${error.hint ?? ''}\n` : String(error));
    process.exitCode = exitCodeOf(outcomeOfError(error));
  }
}

void main(process.argv.slice(2));
