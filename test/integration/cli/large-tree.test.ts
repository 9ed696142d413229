import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildCli, type BuiltCli } from '../../support/built-cli';
import { apiToken } from '../../support/tokens';

/** A tree of so many files that the program starts threads of itself. */

interface JsonReport {
  readonly scanned: { readonly files: number; readonly bytes: number };
  readonly findings: readonly { readonly path: string; readonly line: number; readonly column: number }[];
  readonly errors: readonly { readonly path: string | null; readonly reason: string }[];
}

const FILES = 5000;
const LEAKS = [3, 4200, 4321, 4999];

let cli: BuiltCli;
let tree: string;
beforeAll(() => {
  cli = buildCli();
  tree = join(cli.folder, 'tree');
  mkdirSync(tree);
  for (let index = 0; index < FILES; index += 1)
    writeFileSync(
      join(tree, `${String(index).padStart(4, '0')}.txt`),
      LEAKS.includes(index) ? `\n  key = ${apiToken(`large tree ${index}`)}\n` : 'clean\n',
    );
});
afterAll(() => {
  cli.remove();
});

/** Loaded into every thread that is not the first one: says that it is there, then does what `body` says. */
function inThreads(name: string, body: string): { readonly env: NodeJS.ProcessEnv; readonly marker: string } {
  const marker = join(cli.folder, `${name}-marker`);
  const file = join(cli.folder, `${name}.cjs`);
  writeFileSync(
    file,
    `if (!require('node:worker_threads').isMainThread) {
       require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');
       ${body}
     }`,
  );
  return { env: { NODE_OPTIONS: `--require ${JSON.stringify(file)}` }, marker };
}

/** A machine of one core has none, and reads everything itself. */
const hasThreads = availableParallelism() > 1;

const report = (text: string): JsonReport => JSON.parse(text) as JsonReport;
const leaks = LEAKS.map((index) => ({ path: `tree/${String(index).padStart(4, '0')}.txt`, line: 2, column: 9 }));

test('finds what is in it, counts all of it, and names what is missing', () => {
  const { env, marker } = inThreads('seen', '');
  const { status, stdout } = cli.run(['scan', 'tree', 'tree/missing', '--format', 'json'], env);
  const { scanned, findings, errors } = report(stdout);
  expect(findings.map(({ path, line, column }) => ({ path, line, column }))).toEqual(leaks);
  expect(scanned.files).toBe(FILES);
  expect(errors).toEqual([{ path: 'tree/missing', reason: 'no such file or folder' }]);
  expect(status).toBe(3);
  expect(existsSync(marker)).toBe(hasThreads);
});

describe('threads that break', () => {
  test.each([
    ['throw', 'throw new Error("broken");'],
    ['end', 'process.exit(0);'],
  ])('by a %s: status 3, with what was found until then', (name, body) => {
    const { env, marker } = inThreads(name, body);
    const { status, stdout } = cli.run(['scan', 'tree', '--format', 'json'], env);
    const { findings, errors } = report(stdout);
    expect(existsSync(marker)).toBe(hasThreads);
    expect(status).toBe(hasThreads ? 3 : 1);
    expect(errors).toEqual(
      hasThreads ? [{ path: null, reason: 'a thread that read files ended before it was done' }] : [],
    );
    expect(findings.map(({ path }) => path)).toEqual(
      leaks.slice(0, hasThreads ? 1 : undefined).map(({ path }) => path),
    );
  });

  test('or do not come to an end: Ctrl-C ends them and reports', async () => {
    if (process.platform === 'win32') return;
    const { env, marker } = inThreads('stuck', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);');
    const child = spawn(process.execPath, [cli.file, 'scan', 'tree', '--format', 'json'], {
      cwd: cli.folder,
      env: { PATH: process.env['PATH'], HOME: cli.folder, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (!existsSync(marker) && child.exitCode === null) await pause(20);
    child.kill('SIGINT');
    expect(await ended).toBe(hasThreads ? 3 : 1);
    expect(report(stdout).errors).toEqual(
      hasThreads ? [{ path: null, reason: expect.stringContaining('interrupted') as string }] : [],
    );
  });
});
