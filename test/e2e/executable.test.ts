import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { findProgram } from '../support/credential';
import { temporaryFolder } from '../support/packed';
import { privateEnvironment, repositoryAt } from '../support/repository';
import { buildEnvironment, checkOutElsewhere, tagRelease } from '../support/tagged-release';
import { apiToken } from '../support/tokens';
import { hasPrograms, testWhere } from '../support/tools';

/** The single executable, built for this machine, where there is no Node.js on the PATH. */

const possible = hasPrograms('node26') && process.platform !== 'win32';
const testHere = testWhere(possible);
const folder = temporaryFolder();
const at = (...path: readonly string[]): string => join(folder.path, ...path);
const home = at('home');
const cache = at('cache');

/** What the hooks and git need, and no Node.js. */
const PROGRAMS = ['bash', 'cat', 'dirname', 'env', 'git', 'grep', 'ls', 'mkdir', 'rm', 'sed', 'sh', 'tr', 'uname'];

let executable = '';

function withoutNode(): NodeJS.ProcessEnv {
  const env = privateEnvironment(home);
  const outside = Object.entries(env).filter(([name]) => !/^(?:CI$|npm_|NODE|CARGO|CRATESGUARD_)/i.test(name));
  return { ...Object.fromEntries(outside), PATH: at('bin'), XDG_CACHE_HOME: cache };
}

const repository = possible ? repositoryAt(at('work tree'), privateEnvironment(at('home'))) : undefined;

function start(program: string, args: readonly string[], input = ''): { status: number | null; text: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: at('work tree'),
    env: withoutNode(),
    encoding: 'utf8',
    input,
  });
  if (error) throw error;
  return { status, text: stdout + stderr };
}

const guard = (...args: readonly string[]): ReturnType<typeof start> => start(executable, args);

beforeAll(() => {
  if (!possible) return;
  mkdirSync(home, { recursive: true });
  mkdirSync(at('bin'));
  for (const name of PROGRAMS) symlinkSync(findProgram(name) ?? '', at('bin', name));
  const source = checkOutElsewhere(tagRelease(folder.path), folder.path);
  execFileSync(process.execPath, [join(source, 'scripts', 'release.mjs'), 'pack', at('release')], {
    env: { ...buildEnvironment, CI: 'true' },
    stdio: 'ignore',
  });
  const args = [join(source, 'scripts', 'executable.mjs'), at('release'), at('a folder')];
  const [built = ''] = execFileSync('node26', args, { encoding: 'utf8' }).split('\n');
  executable = built;
}, 300_000);

afterAll(() => {
  folder.remove();
});

testHere('there is no Node.js here, and the executable starts', () => {
  expect(start('sh', ['-c', 'command -v node'])).toEqual({ status: 127, text: '' });
  expect(guard('--version')).toEqual({ status: 0, text: `${packageJson.version}\n` });
});

testHere('install, status, and hooks that block and let pass', () => {
  expect(guard('install').status).toBe(0);
  expect(readFileSync(at('work tree', '.git', 'cratesguard', 'node'), 'utf8')).toBe(`${executable}\n`);
  const status = guard('status');
  expect(status.text).toContain('This repository is protected.');
  expect(status.status).toBe(0);
  repository?.stage('file.txt', `token = "${apiToken('executable')}"\n`);
  const blocked = start('git', ['commit', '-m', 'a change']);
  expect(blocked.text).toContain('file.txt:1:10  crates-io-api-token');
  expect(blocked.text).toContain(`'${executable}' allow --reason`);
  expect(blocked.status).toBe(1);
  repository?.stage('file.txt', 'nothing\n');
  expect(start('git', ['commit', '-m', 'a change']).status).toBe(0);
});

testHere('scan reads with several threads, and needs its parsers only for a configuration', () => {
  mkdirSync(at('work tree', 'many'));
  for (let index = 0; index < 40; index += 1)
    writeFileSync(at('work tree', 'many', String(index)), `${'x'.repeat(1_000_000)}\n`);
  writeFileSync(at('work tree', 'many', 'last.toml'), `token = "${apiToken('threads')}"\n`);
  writeFileSync(at('work tree', '.cratesguardrc'), 'rules:\n  crates-io-api-token: warn\n');
  const scan = guard('scan', 'many', '--format', 'json');
  expect(JSON.parse(scan.text)).toMatchObject({ summary: { warned: 1 } });
  expect(scan.status).toBe(0);
});

testHere('cargo gets a credential provider from it', () => {
  const request = { v: 1, registry: { 'index-url': 'sparse+https://example.com/' }, kind: 'get', operation: 'read' };
  const asked = start(executable, ['--cargo-plugin'], `${JSON.stringify({ ...request, args: ['env'] })}\n`);
  expect(asked.text.split('\n')[0]).toBe('{"v":[1]}');
  expect(asked.status).toBe(0);
  expect(guard('credential', 'setup', 'env', '--yes').status).toBe(0);
  expect(readFileSync(join(home, '.cargo', 'config.toml'), 'utf8')).toContain(executable);
});

testHere('what was unpacked and changed since is not run', () => {
  const [unpacked = ''] = readdirSync(join(cache, 'cratesguard'));
  const program = join(cache, 'cratesguard', unpacked, 'cratesguard.cjs');
  writeFileSync(program, 'throw new Error("changed");\n');
  expect(guard('--version')).toEqual({ status: 0, text: `${packageJson.version}\n` });
});

testHere('uninstall leaves no trace', () => {
  expect(guard('uninstall').status).toBe(0);
  expect(readdirSync(at('work tree', '.git')).filter((name) => name.startsWith('cratesguard'))).toEqual([]);
});
