import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { createOutput } from './cli/output';
import { guardAgainstEarlyEnd } from './cli/early-end';
import { FILE_CHECKS } from './cli/file-checks';
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

/** A thread that `openFileChecks` started. */
async function serve(port: NonNullable<typeof parentPort>): Promise<void> {
  const { serveFileChecks } = await import('./scan/serve-file-checks');
  serveFileChecks(port);
}

void (!isMainThread && parentPort !== null && workerData === FILE_CHECKS ? serve(parentPort) : main());
