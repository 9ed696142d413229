import { spawnSync } from 'node:child_process';
import { copyFileSync, chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildProvider, makeFolder, removeFolder, startStandIn, type StandIn } from '../../support/credential';
import { apiToken } from '../../support/tokens';

const KEY = apiToken('executable');
const CRATES_IO = { 'index-url': 'https://github.com/rust-lang/crates.io-index', name: 'crates-io' };

let folder: string;
let program: string;
let standIn: StandIn;

beforeAll(async () => {
  folder = makeFolder();
  program = buildProvider(folder);
  standIn = await startStandIn('stores.mjs', KEY);
});

afterAll(() => {
  standIn.stop();
  removeFolder(folder);
});

function run(input: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = ['--cargo-plugin']) {
  const { PATH } = process.env;
  const started = spawnSync(program, args, { input, encoding: 'utf8', env: { PATH, HOME: folder, ...env } });
  const { status, stdout, stderr } = started;
  expect(stderr.includes(KEY)).toBe(false);
  return { status, lines: stdout.split('\n').slice(0, -1), stdout, stderr };
}

function get(args: readonly string[]): string {
  return `${JSON.stringify({ v: 1, registry: CRATES_IO, kind: 'get', operation: 'read', args })}\n`;
}

function parsed(line: string | undefined): unknown {
  return JSON.parse((line ?? '').replaceAll(KEY, 'the key')) as unknown;
}

test('hello, then an answer a line, and nothing else on stdout', () => {
  const { status, lines, stderr } = run(get(['env', '--var', 'KEY']), { KEY });
  expect(status).toBe(0);
  expect(lines[0]).toBe('{"v":[1]}');
  expect(parsed(lines[1])).toEqual({
    Ok: { kind: 'get', token: 'the key', cache: 'session', operation_independent: true },
  });
  expect(lines).toHaveLength(2);
  expect(stderr).toBe('');
});

test('it answers until its input ends, also a last line without its end', () => {
  const { status, lines } = run(`${get(['env', '--var', 'KEY'])}${get(['env', '--var', 'NONE']).trimEnd()}`, { KEY });
  expect(status).toBe(0);
  expect(lines.slice(1).map(parsed)).toEqual([
    { Ok: expect.objectContaining({ token: 'the key' }) as unknown },
    { Err: { kind: 'not-found' } },
  ]);
});

test.each([
  ['no JSON', 'give me the key\n'],
  ['an empty line', '\n'],
  ['another version', `${JSON.stringify({ v: 7 })}\n`],
])('%s is answered too, with exit status 0', (_, input) => {
  const { status, lines } = run(input);
  expect(status).toBe(0);
  expect(parsed(lines[1])).toEqual({ Err: { kind: 'other', message: expect.any(String) as string } });
});

test('an input that ends at once asks nothing', () => {
  expect(run('')).toMatchObject({ status: 0, lines: ['{"v":[1]}'], stderr: '' });
});

test('a person on stderr, never the key: what is not found is said there', () => {
  const { lines, stderr } = run(get(['env', '--var', 'NO_SUCH']));
  expect(parsed(lines[1])).toEqual({ Err: { kind: 'not-found' } });
  expect(stderr).toContain('NO_SUCH');
});

test('each store, from the bundle', () => {
  const address = `http://127.0.0.1:${standIn.port}`;
  const env = {
    VAULT_ADDR: address,
    VAULT_TOKEN: 'test-token',
    CONJUR_APPLIANCE_URL: address,
    CONJUR_ACCOUNT: 'acme',
    CONJUR_AUTHN_LOGIN: 'host/ci',
    CONJUR_AUTHN_API_KEY: 'conjur-key',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: address,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  };
  const stores = [
    ['vault', '--path', 'secret/data/cargo'],
    ['conjur', '--variable', 'ci/cargo'],
    ['aws', '--secret-id', 'plain'],
  ];
  const { status, lines, stderr } = run(stores.map(get).join(''), env);
  expect(lines.slice(1).map(parsed)).toEqual(
    stores.map(() => ({ Ok: expect.objectContaining({ token: 'the key' }) as unknown })),
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('the AWS SDK is in a file of its own, which no other store needs', () => {
  const alone = join(folder, 'alone');
  mkdirSync(alone);
  const copy = join(alone, 'provider.cjs');
  copyFileSync(program, copy);
  chmodSync(copy, 0o755);
  const input = get(['env', '--var', 'KEY']) + get(['vault', '--path', 'a']) + get(['aws', '--secret-id', 'a']);
  const { stdout } = spawnSync(process.execPath, [copy, '--cargo-plugin'], {
    input,
    encoding: 'utf8',
    env: { KEY, HOME: alone },
  });
  const [, env, vault, aws] = stdout.split('\n');
  expect(parsed(env)).toMatchObject({ Ok: {} });
  expect(parsed(vault)).toMatchObject({ Err: { message: expect.stringContaining('VAULT_ADDR') as string } });
  expect(parsed(aws)).toMatchObject({ Err: { message: expect.stringContaining('unexpectedly') as string } });
});

test('without cargo it says what it is', () => {
  expect(run('', {}, [])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('cargo') as string });
  expect(run('', {}, ['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('vault') as string });
});
