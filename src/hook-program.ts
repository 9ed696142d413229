/**
 * hook-program.cjs, which hook.cjs runs: the work of the hook that the arguments name. It holds no option parser and no
 * reporter but those of a terminal and of GitHub Actions, because a commit waits for it.
 */
import { runGuarded } from './cli/guarded';
import { runHookNamed } from './cli/hooks/hook';
import { createOutput } from './cli/output';
import { guardAgainstEarlyEnd, listenForInterruption } from './cli/process-end';
import { exitCodeOf } from './outcome';

async function main(): Promise<void> {
  const done = guardAgainstEarlyEnd(process);
  const { stdout, stderr, env } = process;
  const interruption = listenForInterruption(process);
  const output = createOutput({
    // Node.js makes the stream when it is asked for; a commit's hooks read nothing.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    env,
    cwd: () => process.cwd(),
    signal: interruption.signal,
  });
  const [name = '', ...args] = process.argv.slice(2);
  process.exitCode = exitCodeOf(await runGuarded(() => runHookNamed(name, args, output.io), output));
  interruption.release();
  done();
}

void main();
