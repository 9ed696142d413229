import { spawnSync } from 'node:child_process';
import { version } from '../../../package.json';
import { buildCli } from '../../support/built-cli';
import type { BuiltCli } from '../../support/built-cli';
import { apiToken } from '../../support/tokens';

let cli: BuiltCli;
beforeAll(() => {
  cli = buildCli();
});
afterAll(() => {
  cli.remove();
});

test('help and version go to stdout with status 0, whatever the configuration', () => {
  // a broken configuration, given as this environment would give it, is not even looked at
  for (const args of [['--help'], ['help'], ['scan', '--help'], ['help', 'scan'], ['completion', '--help']]) {
    const { status, stdout, stderr } = cli.run(args);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage');
  }
  expect(cli.run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([[[]], [['scna']], [['--stagd']], [['scan', '--format', 'nonsense']], [['completion', 'tcsh']]])(
  '%j is status 2, with the reason on stderr and nothing on stdout',
  (args: string[]) => {
    const { status, stdout, stderr } = cli.run(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^cratesguard: /);
  },
);

test('a token in an argument is status 2 and is not repeated', () => {
  const token = apiToken('argument');
  const { status, stdout, stderr } = cli.run(['completion', token]);
  expect(status).toBe(2);
  expect((stdout + stderr).includes(token.slice(3))).toBe(false);
});

(process.platform === 'win32' ? test.skip : test)(
  'a reader that goes away early changes no status and brings no error',
  () => {
    const script = `"$1" "$2" completion bash | head -c 1 >/dev/null; printf %s "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, cli.file], {
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['0', '']);
  },
);
