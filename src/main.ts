import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { guardAgainstEarlyEnd, listenForInterruption } from './cli/process-end';
import { exitCodeOf } from './outcome';
import { FILE_CHECKS } from './sources/file-checks';

async function main(): Promise<void> {
  const done = guardAgainstEarlyEnd(process);
  const { stdin, stdout, stderr, env } = process;
  const interruption = listenForInterruption(process);
  const [{ createOutput }, { runCommandLine }] = await Promise.all([import('./cli/output'), import('./cli/run')]);
  const output = createOutput({ stdin, stdout, stderr, env, cwd: () => process.cwd(), signal: interruption.signal });
  process.exitCode = exitCodeOf(await runCommandLine(process.argv.slice(2), output));
  interruption.release();
  done();
}

/** A thread that reads files: it needs nothing of the command line, and is up the sooner. */
async function serve(port: MessagePort): Promise<void> {
  const { serveFileChecks } = await import('./scan/serve-file-checks');
  serveFileChecks(port);
}

void (!isMainThread && parentPort !== null && workerData === FILE_CHECKS ? serve(parentPort) : main());
