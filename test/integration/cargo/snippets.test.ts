import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, parse } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { findProgram, makeFolder, removeFolder, startStandIn, type StandIn } from '../../support/credential';
import { apiToken } from '../../support/tokens';

const KEY = apiToken('snippets');
const FINGERPRINT = createHash('sha256').update(KEY).digest('hex');
const SNIPPETS = join(__dirname, '..', '..', '..', 'snippets');

let folder: string;
let bin: string;
let seen: string;
let stores: StandIn;

/** Puts a program of Node.js on the PATH of the snippets. */
function install(name: string, code: string): void {
  writeFileSync(join(bin, name), `#!${process.execPath}\n${code}\n`);
  chmodSync(join(bin, name), 0o755);
}

beforeAll(async () => {
  folder = makeFolder();
  bin = join(folder, 'bin');
  seen = join(folder, 'seen.json');
  mkdirSync(bin);
  stores = await startStandIn('stores.mjs', KEY);
  install(
    'cargo',
    `const { createHash } = require('node:crypto');
     const key = createHash('sha256').update(process.env.CARGO_REGISTRY_TOKEN ?? '').digest('hex');
     const logins = ['CRATES_IO_KEY', 'AWS_SECRET_ACCESS_KEY', 'VAULT_TOKEN', 'CONJUR_AUTHN_API_KEY'];
     const call = { args: process.argv.slice(2).join(' '), key, logins: logins.filter((name) => process.env[name]) };
     require('node:fs').appendFileSync(process.env.SEEN, JSON.stringify(call) + '\\n');
     if (call.args.startsWith('publish')) process.exitCode = Number(process.env.CARGO_STATUS ?? 0);`,
  );
  // The stores' own command lines, which are not here: each tells the key where it is asked for it as its manual says.
  const stands = (words: string) =>
    `if (process.argv.slice(2).join(' ') === '${words}') console.log(process.env.STORED); else process.exitCode = 9;`;
  install(
    'aws',
    stands('secretsmanager get-secret-value --secret-id cargo/crates-io --query SecretString --output text'),
  );
  install('vault', stands('kv get -mount=secret -field=api_key cargo'));
  install('conjur', stands('variable get -i ci/cargo'));
});

afterAll(() => {
  stores.stop();
  removeFolder(folder);
});

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  rmSync(seen, { force: true });
  const started = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder, SEEN: seen, ...env },
  });
  expect((started.stdout + started.stderr).includes(KEY)).toBe(false);
  const lines = existsSync(seen) ? readFileSync(seen, 'utf8').trim().split('\n') : [];
  return { status: started.status, cargo: lines.map((line) => JSON.parse(line) as { readonly args: string }) };
}

/** Build scripts run in the first: no key and no login is there. */
const PACKAGED = { args: 'package', key: createHash('sha256').digest('hex'), logins: [] };
const PUBLISHED = {
  status: 0,
  cargo: [PACKAGED, { args: 'publish --no-verify', key: FINGERPRINT, logins: [] }],
};

function isPublished({ cargo }: ReturnType<typeof run>): boolean {
  return cargo.some(({ args }) => args.startsWith('publish'));
}

/** How a file of that language is run, and the program that takes. */
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  javascript: ['node'],
  python: ['python3'],
  java: ['java'],
  go: ['go', 'run'],
  shell: ['sh'],
};

function fileOf(store: string, language: string): string {
  const name = readdirSync(join(SNIPPETS, store)).find((file) => parse(file).name === language) ?? language;
  return join(SNIPPETS, store, name);
}

describe.each(Object.entries(RUNNERS))('%s, from the environment', (language, [program = '', ...args]) => {
  const testHere = findProgram(program) === undefined ? test.skip : test;

  testHere('cargo gets the key', () => {
    expect(run(program, [...args, fileOf('env', language)], { CRATES_IO_KEY: KEY })).toEqual(PUBLISHED);
  });

  testHere('without a key nothing is published', () => {
    const ran = run(program, [...args, fileOf('env', language)], { CRATES_IO_KEY: '' });
    expect(isPublished(ran)).toBe(false);
    expect(ran.status).not.toBe(0);
  });
});

test.each(['javascript', 'shell'])('%s: where cargo fails, the program does', (language) => {
  const [program = ''] = RUNNERS[language] ?? [];
  expect(run(program, [fileOf('env', language)], { CRATES_IO_KEY: KEY, CARGO_STATUS: '3' }).status).toBe(3);
});

(findProgram('rustc') === undefined ? test.skip : test)('rust, from the environment', () => {
  const program = join(folder, 'rust-snippet');
  const compiled = spawnSync('rustc', ['--edition', '2024', '-D', 'warnings', '-o', program, fileOf('env', 'rust')], {
    encoding: 'utf8',
  });
  expect(compiled.stderr).toBe('');
  expect(run(program, [], { CRATES_IO_KEY: KEY })).toEqual(PUBLISHED);
  expect(run(program, [], { CRATES_IO_KEY: KEY, CARGO_STATUS: '3' }).status).not.toBe(0);
  expect(isPublished(run(program, [], {}))).toBe(false);
});

describe('javascript, from the stores', () => {
  const address = () => `http://127.0.0.1:${stores.port}`;
  const aws = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
  const conjur = { CONJUR_ACCOUNT: 'acme', CONJUR_AUTHN_LOGIN: 'host/ci' };

  test.each([
    ['aws', () => ({ ...aws, AWS_ENDPOINT_URL_SECRETS_MANAGER: address() })],
    ['vault', () => ({ VAULT_ADDR: address(), VAULT_TOKEN: 'test-token' })],
    ['conjur', () => ({ ...conjur, CONJUR_APPLIANCE_URL: address(), CONJUR_AUTHN_API_KEY: 'conjur-key' })],
  ])('%s', (store, env) => {
    expect(run('node', [fileOf(store, 'javascript')], env())).toEqual(PUBLISHED);
  });

  test.each([
    ['aws', () => ({ ...aws, AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9' })],
    ['vault', () => ({ VAULT_ADDR: address(), VAULT_TOKEN: 'wrong' })],
    ['conjur', () => ({ ...conjur, CONJUR_APPLIANCE_URL: address(), CONJUR_AUTHN_API_KEY: 'wrong' })],
  ])('%s without a key: nothing is published', (store, env) => {
    const ran = run('node', [fileOf(store, 'javascript')], env());
    expect({ status: ran.status, isPublished: isPublished(ran) }).toEqual({ status: 1, isPublished: false });
  });
});

describe.each(['aws', 'vault', 'conjur'])('shell, from %s', (store) => {
  test('cargo gets what the store’s command line says', () => {
    expect(run('sh', [fileOf(store, 'shell')], { STORED: KEY })).toEqual(PUBLISHED);
  });

  test('where that fails, nothing is published', () => {
    const script = readFileSync(fileOf(store, 'shell'), 'utf8').replace(
      /cargo\/crates-io|-mount=secret|-i ci/,
      'other',
    );
    writeFileSync(join(folder, 'other.sh'), script);
    expect(isPublished(run('sh', [join(folder, 'other.sh')], { STORED: KEY }))).toBe(false);
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: {
    readonly package: { readonly steps: readonly Step[]; readonly permissions?: unknown };
    readonly publish: {
      readonly permissions?: Readonly<Record<string, string>>;
      readonly needs: string;
      readonly environment: string;
      readonly steps: readonly Step[];
      readonly env?: unknown;
    };
  };
}

test.each(['env', 'aws', 'vault', 'conjur'])(
  'github-actions, from %s: few rights, and only the last step gets the key',
  (store) => {
    const text = readFileSync(fileOf(store, 'github-actions'), 'utf8');
    const { permissions, jobs } = parseYaml(text) as Workflow;
    const { steps, environment, env, needs } = jobs.publish;
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs.publish.permissions).toEqual(store === 'env' ? undefined : { contents: 'read', 'id-token': 'write' });
    expect({ environment, env, needs }).toEqual({ environment: 'release', env: undefined, needs: 'package' });
    expect(jobs.package).toEqual({
      'runs-on': 'ubuntu-latest',
      steps: [{ uses: 'actions/checkout@v4' }, { run: 'cargo package' }],
    });
    const publishing = steps.filter(({ run: script = '' }) => script.includes('cargo publish'));
    expect(publishing).toEqual(steps.slice(-1));
    expect(
      steps.filter((step) => step !== publishing[0] && JSON.stringify(step).includes('CARGO_REGISTRY_TOKEN')),
    ).toEqual([]);
    for (const { uses } of steps) expect(uses === undefined || /^[\w-]+\/[\w-]+@v\d/.test(uses)).toBe(true);
  },
);

test('the aws workflow’s own script publishes with the key', () => {
  const { jobs } = parseYaml(readFileSync(fileOf('aws', 'github-actions'), 'utf8')) as Workflow;
  const script = jobs.publish.steps.at(-1)?.run ?? '';
  // GitHub takes the first line of what it prints as an order to mask the key and shows it nowhere.
  expect(run('sh', ['-ec', script.replace(/^echo "::add-mask::\$key"$/m, ':')], { STORED: KEY })).toEqual({
    ...PUBLISHED,
    cargo: PUBLISHED.cargo.slice(1), // the other job packages
  });
});
