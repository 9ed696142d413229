import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { programWord } from '../../../src/cli/invocation-name';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-program-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function folderWithProgram(...names: string[]): string {
  const place = join(folder, ...names);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, process.platform === 'win32' ? 'cratesguard.cmd' : 'cratesguard'), '');
  return place;
}

test('the program is called by its name where a shell finds it, and through npx elsewhere', () => {
  const empty = join(folder, 'empty');
  expect(programWord({ PATH: [empty, folderWithProgram('bin')].join(delimiter) })).toBe('cratesguard');
  expect(programWord({ PATH: empty })).toBe('npx cratesguard');
  expect(programWord({})).toBe('npx cratesguard');
});

test('what npm puts on the PATH for the while does not count', () => {
  expect(programWord({ PATH: folderWithProgram('node_modules', '.bin') })).toBe('npx cratesguard');
});
