import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Io } from '../../../src/cli/io';
import { prepareReport } from '../../../src/cli/report/output';
import { openReportTarget } from '../../../src/cli/report/file';
import { apiToken } from '../../support/tokens';
import { loadReporter } from '../../../src/report/formats';
import { finding, report, rules } from '../../support/reports';
import { permissionsHold, testWhere } from '../../support/tools';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-target-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function world(env: Io['env'] = {}): { io: Io; stdout: () => string } {
  let stdout = '';
  const channel = { write: (text: string) => void (stdout += text), isTerminal: false, width: undefined };
  const io = {
    cwd: folder,
    env,
    stdin: new PassThrough(),
    stdout: channel,
    stderr: channel,
    signal: new AbortController().signal,
  };
  return { io, stdout: () => stdout };
}

async function writeTo(file: string, text = 'a report\n'): Promise<void> {
  const target = await openReportTarget(world().io, file);
  await target.write(text);
  await target.finish();
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('a new file has the usual mode, and nothing else is left in its folder', async () => {
  await writeTo('r.json');
  expect(read('r.json')).toBe('a report\n');
  expect(readdirSync(folder)).toEqual(['r.json']);
  writeFileSync(join(folder, 'usual'), '');
  expect(statSync(join(folder, 'r.json')).mode).toBe(statSync(join(folder, 'usual')).mode);
});

test('nothing is there before the first text, so that a scan of the folder does not meet it', async () => {
  await openReportTarget(world().io, 'r.json');
  expect(readdirSync(folder)).toEqual([]);
});

test('an existing file keeps its mode, and what it held until the report is whole', async () => {
  writeFileSync(join(folder, 'r.json'), 'old', { mode: 0o600 });
  const target = await openReportTarget(world().io, 'r.json');
  await target.write('new');
  expect(read('r.json')).toBe('old');
  await target.finish();
  expect(read('r.json')).toBe('new');
  expect(statSync(join(folder, 'r.json')).mode & 0o777).toBe(0o600);
});

test('an abandoned report leaves things as they were', async () => {
  writeFileSync(join(folder, 'r.json'), 'old');
  const target = await openReportTarget(world().io, 'r.json');
  await target.write('half');
  await target.abandon();
  expect(read('r.json')).toBe('old');
  expect(readdirSync(folder)).toEqual(['r.json']);
});

test('a link stays a link, also one to a file that is not there yet', async () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real/a'), 'old');
  symlinkSync('real/a', join(folder, 'a'));
  symlinkSync('real/b', join(folder, 'b'));
  await writeTo('a');
  await writeTo('b');
  expect([read('real/a'), read('real/b')]).toEqual(['a report\n', 'a report\n']);
  expect([readlinkSync(join(folder, 'a')), readlinkSync(join(folder, 'b'))]).toEqual(['real/a', 'real/b']);
});

test.each(['nothing-here/r.json', '.', 'a-file/r.json'])(
  '%s cannot be written, and that is known at once',
  async (file) => {
    writeFileSync(join(folder, 'a-file'), '');
    await expect(openReportTarget(world().io, file)).rejects.toMatchObject({ code: 'unwritable' });
  },
);

const onUnix = process.platform === 'win32' ? test.skip : test;

onUnix('a full device is an error', async () => {
  if (!existsSync('/dev/full')) return;
  await expect(writeTo('/dev/full')).rejects.toMatchObject({ code: 'unwritable' });
});

onUnix('a pipe is written to and stays a pipe', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
  const text = 'x'.repeat(300_000);
  const received = (async () => {
    let all = '';
    for await (const chunk of reader.stdout) all += String(chunk);
    return all;
  })();
  await writeTo('pipe', text);
  expect((await received) === text).toBe(true);
  expect(statSync(pipe).isFIFO()).toBe(true);
});

testWhere(permissionsHold)('a file in a folder that takes none is written in place', async () => {
  mkdirSync(join(folder, 'locked'));
  writeFileSync(join(folder, 'locked/r'), 'old');
  chmodSync(join(folder, 'locked'), 0o555);
  await writeTo('locked/r');
  expect(read('locked/r')).toBe('a report\n');
  chmodSync(join(folder, 'locked'), 0o755);
});

describe('a report', () => {
  const options = { load: loadReporter, rules, occasion: 'command' as const, file: undefined };

  test('on GitHub Actions, text is followed by the commands, and the summary gets its part', async () => {
    writeFileSync(join(folder, 'summary.md'), 'before\n');
    const { io, stdout } = world({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.md' });
    await (
      await prepareReport(io, { ...options, format: 'text' })
    )(report([finding()]));
    expect(stdout()).toMatch(/^cratesguard: [^]*\n::error file=src\/lib\.rs,/);
    expect(read('summary.md')).toMatch(/^before\n## cratesguard/);
  });

  test('elsewhere it is not', async () => {
    for (const [env, file] of [
      [{}, undefined],
      [{ GITHUB_ACTIONS: 'true' }, 'r.txt'],
    ] as const) {
      const { io, stdout } = world(env);
      await (
        await prepareReport(io, { ...options, file, format: 'text' })
      )(report([finding()]));
      expect(stdout()).not.toContain('::error');
      if (file !== undefined) expect([stdout(), read(file).includes('::error')]).toEqual(['', false]);
    }
  });

  test('foreign text that got into one unmasked is masked in every format', async () => {
    const token = apiToken(1);
    const leaky = report(
      [
        finding({ path: `a/${token}`, provenance: { kind: 'commit', commit: 'a'.repeat(40), ref: `refs/${token}` } }),
        finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: token, new: true } }),
      ],
      { source: 'range', skipped: [{ path: token, reason: token }], errors: [{ path: token, reason: token }] },
    );
    for (const format of ['text', 'json', 'sarif', 'junit', 'github', 'gitlab', 'html'] as const) {
      const { io, stdout } = world();
      await (
        await prepareReport(io, { ...options, format })
      )(leaky);
      expect(stdout().length).toBeGreaterThan(0);
      expect(stdout().includes(token)).toBe(false);
    }
  });
});
