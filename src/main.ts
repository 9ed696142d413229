import { createOutput } from './cli/output';
import { guardAgainstEarlyEnd } from './cli/early-end';
import { listenForInterruption } from './cli/interrupt';
import { runCommandLine } from './cli/run';
import { exitCodeOf } from './outcome';

async function main(): Promise<void> {
  const done = guardAgainstEarlyEnd(process);
  const { stdin, stdout, stderr, env } = process;
  const interruption = listenForInterruption(process);
  const output = createOutput({ stdin, stdout, stderr, env, cwd: () => process.cwd(), signal: interruption.signal });
  process.exitCode = exitCodeOf(await runCommandLine(process.argv.slice(2), output));
  interruption.release();
  done();
}

void main();
