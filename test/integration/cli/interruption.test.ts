import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Ajv from 'ajv';
import reportSchema from '../../../schema/report.schema.json';
import { buildCli, type BuiltCli } from '../../support/built-cli';
import { temporaryRepository, type Repository } from '../../support/repository';
import { apiToken } from '../../support/tokens';

/** Ctrl-C while a history is scanned. Git is held in the middle of its work, so that it always comes at the same place. */

const onPosix = process.platform === 'win32' ? describe.skip : describe;
const validate = new Ajv({ strict: false }).compile(reportSchema);

let cli: BuiltCli;
let repository: Repository;
let marker: string;
beforeAll(() => {
  cli = buildCli();
});
afterAll(() => {
  cli.remove();
});
beforeEach(() => {
  repository = temporaryRepository();
  marker = join(repository.path, '.git', 'held');
  repository.stage('a.txt', `k = ${apiToken('in a file')}\n`);
  repository.commit(`use ${apiToken('in a message')}`);
});
afterEach(() => {
  repository.remove();
});

/** A PATH whose git says that it is there and waits, where it is called with `word`. */
function pathWithGitHeldAt(word: string): string {
  const folder = join(repository.path, '.git', 'bin');
  mkdirSync(folder);
  const real = spawnSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  const held = `case " $* " in *" ${word} "*) : >'${marker}'; exec sleep 600 ;; esac`;
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n${held}\nexec '${real}' "$@"\n`);
  chmodSync(join(folder, 'git'), 0o755);
  return `${folder}:${process.env['PATH'] ?? ''}`;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
}

/** Runs the scan in a process group of its own, as a terminal does, and interrupts it once git is held. */
async function interruptedScan(word: string, target: 'group' | 'program', args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [cli.file, 'scan', '--history', '--format', 'json', ...args], {
    cwd: repository.path,
    env: { ...repository.env, PATH: pathWithGitHeldAt(word) },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  while (!existsSync(marker) && child.exitCode === null) await pause(20);
  const pid = child.pid ?? Number.NaN;
  process.kill(target === 'group' ? -pid : pid, 'SIGINT');
  return { status: await ended, stdout };
}

interface JsonReport {
  readonly findings: readonly { readonly where: string }[];
  readonly errors: readonly { readonly path: string | null; readonly reason: string }[];
}

function readReport(text: string): JsonReport {
  const report: unknown = JSON.parse(text);
  expect([validate(report), validate.errors]).toEqual([true, null]);
  return report as JsonReport;
}

onPosix('Ctrl-C during scan --history leaves a valid report that says it is incomplete', () => {
  test.each(['group', 'program'] as const)('while objects are read, sent to the %s', async (target) => {
    const { status, stdout } = await interruptedScan('--batch-all-objects', target, []);
    const { findings, errors } = readReport(stdout);
    expect(status).toBe(3);
    expect(findings).toEqual([]);
    expect(errors).toEqual([{ path: null, reason: expect.stringContaining('interrupted') as string }]);
  });

  test.each(['group', 'program'] as const)('with what was judged until then, sent to the %s', async (target) => {
    const { status, stdout } = await interruptedScan('diff-tree', target, []);
    const { findings, errors } = readReport(stdout);
    expect(status).toBe(3);
    expect(findings.map(({ where }) => where)).toEqual(['commit-message']);
    expect(errors.map(({ reason }) => reason)).toEqual([expect.stringContaining('interrupted')]);
  });

  test('in the file of --output too', async () => {
    const file = join(repository.path, '.git', 'report.json');
    const { status, stdout } = await interruptedScan('diff-tree', 'group', ['--output', file]);
    expect([status, stdout]).toEqual([3, '']);
    const written = readFileSync(file, 'utf8');
    expect(readReport(written).errors).toHaveLength(1);
  });
});
