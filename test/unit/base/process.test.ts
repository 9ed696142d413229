import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { programPath, runProgram } from '../../../src/base/process';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-process-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function program(place: string, name: string, text = '#!/bin/sh\n'): string {
  mkdirSync(join(folder, place), { recursive: true });
  const file = join(folder, place, process.platform === 'win32' ? `${name}.exe` : name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

test('a program is the first of its name in PATH, and never one of the current folder', () => {
  const right = program('bin', 'tool');
  program('here', 'tool');
  const here = join(folder, 'here');
  const path = (...folders: readonly string[]) => ({ PATH: folders.join(delimiter) });
  expect(programPath('tool', path('', '.', relative(process.cwd(), here), join(folder, 'bin')))).toBe(right);
  expect(programPath('tool', path('', '.', relative(process.cwd(), here)))).toBeNull();
  expect(programPath('./tool', path(join(folder, 'bin')))).toBeNull();
  expect(programPath('tool', path(folder, join(folder, 'bin')))).toBe(right);
});

test('a folder or a file without the run bit is no program', () => {
  mkdirSync(join(folder, 'a', 'tool'), { recursive: true });
  mkdirSync(join(folder, 'b'));
  writeFileSync(join(folder, 'b', 'tool'), '');
  expect(programPath('tool', { PATH: [join(folder, 'a'), join(folder, 'b')].join(delimiter) })).toBeNull();
});

test('a program gets its input, and its status is told; one that is not there is an error', async () => {
  const place = { cwd: folder, env: process.env };
  const script = 'process.stdin.pipe(process.stdout); process.stderr.write("no"); process.exitCode = 7';
  const { stdout, exit } = await runProgram(process.execPath, ['-e', script], { ...place, input: 'text' });
  expect(stdout.toString()).toBe('text');
  expect(exit).toEqual({ status: 7, killedBy: null, stderr: 'no' });
  await expect(runProgram('cratesguard-no-such-program', [], place)).rejects.toMatchObject({ code: 'missing-tool' });
  await expect(runProgram(join(folder, 'gone'), [], place)).rejects.toMatchObject({ code: 'missing-tool' });
  await expect(runProgram(process.execPath, [], { ...place, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'interrupted',
  });
});
