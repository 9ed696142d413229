import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { buildCli, type BuiltCli } from '../../support/built-cli';

let cli: BuiltCli;

beforeAll(() => {
  cli = buildCli();
});

afterAll(() => {
  cli.remove();
});

test.each([
  ['--stdin', []],
  ['--image', ['-']],
])('%s: a folder on standard input cannot be read', (option, value) => {
  if (process.platform === 'win32') return;
  const descriptor = openSync(cli.folder, 'r');
  try {
    const args = [cli.file, 'scan', option, ...value, '--format', 'json'];
    const { status, stdout } = spawnSync(process.execPath, args, {
      cwd: cli.folder,
      stdio: [descriptor, 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    expect(status).toBe(3);
    expect(stdout).toContain('EISDIR');
  } finally {
    closeSync(descriptor);
  }
});

test('an empty path is wrong usage', () => {
  expect(cli.run(['scan', '']).status).toBe(2);
});
