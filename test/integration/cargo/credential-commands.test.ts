import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OptionValue } from '../../../src/cli/command';
import { credentialCommands } from '../../../src/cli/credential/commands';
import type * as Program from '../../../src/cargo/config/program';
import { GuardError } from '../../../src/base/error';
import { buildProvider, makeFolder, makeIo, removeFolder, type TestIo } from '../../support/credential';
import { apiToken, registryToken } from '../../support/tokens';
import { permissionsHold, testWhere } from '../../support/tools';

let mockProgram = '';

// In the package the script lies beside the program; here it is built for the tests.
jest.mock('../../../src/cargo/config/program', () => ({
  ...jest.requireActual<typeof Program>('../../../src/cargo/config/program'),
  ownScript: () => mockProgram,
}));

const KEY = apiToken('commands');
const OTHER_KEY = registryToken('commands');

let built: string;
let folder: string;
let project: string;
let config: string;
let env: Record<string, string | undefined>;

beforeAll(() => {
  built = makeFolder();
  mockProgram = buildProvider(built);
});

afterAll(() => {
  removeFolder(built);
});

beforeEach(() => {
  folder = makeFolder();
  project = join(folder, 'project');
  mkdirSync(join(project, '.git'), { recursive: true });
  mkdirSync(join(folder, 'cargo'));
  config = join(folder, 'cargo', 'config.toml');
  env = { PATH: process.env['PATH'], HOME: folder, CARGO_HOME: join(folder, 'cargo'), CI_KEY: KEY };
});

afterEach(() => {
  chmodSync(join(folder, 'cargo'), 0o755);
  removeFolder(folder);
});

type Options = Readonly<Record<string, OptionValue>>;

interface Ran {
  readonly kind: string;
  readonly message: string;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in the project; an expected failure is its code. No output may hold the key. */
async function run(name: keyof typeof credentialCommands, args: readonly string[], options: Options = {}, io?: TestIo) {
  const world = io ?? makeIo(project, env);
  const command = await credentialCommands[name].load();
  let ran: Omit<Ran, 'out' | 'err'>;
  try {
    ran = { kind: (await command({ args, options }, world)).kind, message: '' };
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    ran = { kind: error.code, message: `${error.message} ${error.hint ?? ''}` };
  }
  const result: Ran = { ...ran, out: world.out(), err: world.err() };
  expect(JSON.stringify(result).includes(KEY)).toBe(false);
  return result;
}

const setUp = (options: Options = {}, io?: TestIo) =>
  run('credential setup', ['env'], { var: 'CI_KEY', ...options }, io);
const remove = (options: Options = {}, io?: TestIo) => run('credential remove', [], options, io);
const read = (file = config) => readFileSync(file, 'utf8');

const OLD = '# mine\n[registry] # here\ndefault = "acme"\n\n[net]\nretry = 3\n';

test('setup shows the change, writes it, and asks the provider', async () => {
  writeFileSync(config, OLD, { mode: 0o600 });
  const ran = await setUp({ yes: true });
  expect(ran.kind).toBe('clean');
  expect(ran.out).toContain(`+    5  credential-provider = ["${mockProgram}", "env", "--var", "CI_KEY"]`);
  expect(ran.out).not.toContain('retry');
  expect(ran.out).toMatch(/The provider gave a key: 35 characters, sha256:[0-9a-f]{64}\./);
  expect(read()).toContain(`credential-provider = ["${mockProgram}", "env", "--var", "CI_KEY"]`);
  expect(statSync(config).mode & 0o777).toBe(0o600);
  expect((await remove({ yes: true })).kind).toBe('clean');
  expect(read()).toBe(OLD);
});

test('what a setup made goes when it is taken back', async () => {
  rmSync(join(folder, 'cargo'), { recursive: true });
  await setUp({ yes: true });
  expect(existsSync(config)).toBe(true);
  await remove({ yes: true });
  expect(existsSync(join(folder, 'cargo'))).toBe(false);
  mkdirSync(join(folder, 'cargo'));
});

test('without a terminal it takes --yes, and with one a yes', async () => {
  writeFileSync(config, OLD);
  expect(await setUp()).toMatchObject({ kind: 'usage', message: expect.stringContaining('--yes') as string });
  for (const typed of ['n\n', '\n', '']) {
    const ran = await setUp({}, makeIo(project, env, typed));
    expect(ran).toMatchObject({ kind: 'clean', out: expect.stringContaining('Nothing was written') as string });
  }
  expect(read()).toBe(OLD);
  await setUp({}, makeIo(project, env, 'y\n'));
  expect(read()).not.toBe(OLD);
  expect((await remove()).kind).toBe('usage');
  await remove({}, makeIo(project, env, 'yes\n'));
  expect(read()).toBe(OLD);
});

test('the same setup twice is one; another one takes its place', async () => {
  writeFileSync(config, OLD);
  await setUp({ yes: true });
  const once = read();
  expect((await setUp({ yes: true })).out).toContain('says so already');
  expect(read()).toBe(once);
  await setUp({ yes: true, var: 'CARGO_REGISTRY_TOKEN' });
  await setUp({ yes: true, fallback: true });
  expect(read()).toContain('global-credential-providers = ["cargo:token", "cratesguard"]');
  expect(read()).toContain('"--registry", "crates-io"]');
  await remove({ yes: true });
  expect(read()).toBe(OLD);
});

test('with --fallback the list that is there goes on', async () => {
  writeFileSync(config, '[registry]\nglobal-credential-providers = ["cargo:libsecret"] # mine\n');
  const { err } = await setUp({ yes: true, fallback: true });
  expect(err).toContain('cargo:libsecret next');
  expect(read()).toContain('["cargo:libsecret", "cratesguard"]');
  expect(await run('credential test', [])).toMatchObject({
    kind: 'clean',
    out: expect.stringContaining('gave a key') as string,
  });
});

test('another registry', async () => {
  writeFileSync(config, '[registries.acme]\nindex = "sparse+https://acme.example/index/"\n');
  await setUp({ yes: true, registry: 'acme' });
  expect(read()).toMatch(/\[registries\.acme\]\nindex = .*\n# >>>.*\ncredential-provider = /);
  expect((await run('credential test', [], { registry: 'acme' })).kind).toBe('clean');
  expect((await setUp({ yes: true, registry: 'acme', fallback: true })).kind).toBe('usage');
  expect((await setUp({ yes: true, registry: 'other' })).err).toContain('registries.other.index');
  expect((await run('credential test', [], { registry: 'none' })).kind).toBe('config');
});

test('--project writes the repository’s file, names a program in it by a relative path, and warns of any other', async () => {
  const deep = join(project, 'deep');
  mkdirSync(deep);
  expect((await setUp({ yes: true, project: true }, makeIo(deep, env))).err).toContain('path of this machine');
  const shared = join(project, '.cargo', 'config.toml');
  expect(read(shared)).toContain(mockProgram);
  await remove({ yes: true, project: true });
  expect(existsSync(dirname(shared))).toBe(false);

  const own = mockProgram;
  const inside = join(project, 'node_modules', 'cratesguard', 'dist');
  mockProgram = buildProvider(inside);
  try {
    const ran = await setUp({ yes: true, project: true }, makeIo(deep, env));
    expect(ran.err).not.toContain('path of this machine');
    expect(ran.out).toContain('gave a key');
    expect(read(shared)).toContain('["node_modules/cratesguard/dist/cargo-credential-cratesguard.cjs", "env"');
    expect((await run('credential test', [], {}, makeIo(deep, env))).kind).toBe('clean');
  } finally {
    mockProgram = own;
  }
  expect(await run('credential test', [], {})).toMatchObject({
    kind: 'blocked',
    out: expect.stringContaining('chosen by this repository: it is not started') as string,
  });
});

test('what wins over what is said beforehand', async () => {
  mkdirSync(join(project, '.cargo'));
  writeFileSync(join(project, '.cargo', 'config.toml'), '[registry]\ncredential-provider = "cargo:libsecret"\n');
  env['CARGO_REGISTRY_TOKEN'] = 'x';
  writeFileSync(join(folder, 'cargo', 'credentials.toml'), `[registry]\ntoken = "${OTHER_KEY}"\n`);
  const { err } = await setUp({ yes: true });
  expect(err).toContain(`${join(project, '.cargo', 'config.toml')} wins over this setting`);
  expect(err).toContain('CARGO_REGISTRY_TOKEN is set: cargo ignores it');
  expect(err).toContain('credentials.toml holds a key in plain text (registry.token)');
  env['CARGO_REGISTRY_CREDENTIAL_PROVIDER'] = 'cargo:token';
  expect((await setUp({ yes: true })).err).toContain('CARGO_REGISTRY_CREDENTIAL_PROVIDER wins over this setting');
});

describe('a plain key', () => {
  let credentials: string;
  const plain = () => `# mine\n[registry]\ntoken = "${KEY}"\n[registries.acme]\ntoken = "${OTHER_KEY}"\n`;

  beforeEach(() => {
    credentials = join(folder, 'cargo', 'credentials.toml');
    writeFileSync(credentials, plain(), { mode: 0o600 });
  });

  test('stays without consent', async () => {
    expect((await setUp({ yes: true })).out).toContain('--remove-plain-key takes it out');
    expect(read(credentials) === plain()).toBe(true);
    for (const typed of ['n\n', '']) await setUp({}, makeIo(project, env, typed));
    expect(read(credentials) === plain()).toBe(true);
  });

  test('is taken out once the provider has answered', async () => {
    const ran = await setUp({ yes: true, 'remove-plain-key': true });
    expect(ran.out).toContain('the key is taken out');
    expect(read(credentials)).toBe(`# mine\n[registry]\n[registries.acme]\ntoken = "${OTHER_KEY}"\n`);
    expect(statSync(credentials).mode & 0o777).toBe(0o600);
  });

  test('is offered on a terminal, with whether it is the same', async () => {
    await setUp({ yes: true });
    const ran = await setUp({}, makeIo(project, env, 'y\n'));
    expect(ran.err).toContain('holds the same key as the store gives. Take it out?');
    expect(read(credentials).includes(KEY)).toBe(false);
  });

  test('stays where the provider has none', async () => {
    const ran = await setUp({ yes: true, 'remove-plain-key': true, var: 'NONE' });
    expect(ran).toMatchObject({ kind: 'clean', out: expect.stringContaining('no such key') as string });
    expect(read(credentials) === plain()).toBe(true);
  });
});

test('test says what happened, by its exit status too', async () => {
  const ask = (args: readonly string[], options: Options) => run('credential test', args, options);
  expect((await ask(['env'], { var: 'CI_KEY' })).kind).toBe('clean');
  expect((await ask(['env'], { var: 'NONE' })).kind).toBe('blocked');
  const unreachable = await ask(['vault'], { path: 'a/b' });
  expect(unreachable).toMatchObject({ kind: 'incomplete', out: expect.stringContaining('VAULT_ADDR') as string });
  expect((await ask([], { var: 'CI_KEY' })).kind).toBe('usage');
  expect(await ask([], {})).toMatchObject({
    kind: 'blocked',
    out: expect.stringContaining('Cargo asks cargo:token (default)') as string,
  });
  env['CARGO_REGISTRY_CREDENTIAL_PROVIDER'] = join(folder, 'none');
  expect(await ask([], {})).toMatchObject({
    kind: 'incomplete',
    out: expect.stringContaining('does not start (ENOENT)') as string,
  });
  env['CARGO_REGISTRY_CREDENTIAL_PROVIDER'] = process.execPath;
  expect((await ask([], {})).kind).toBe('incomplete');
  env['CARGO_REGISTRY_CREDENTIAL_PROVIDER'] = '/bin/true';
  expect((await ask([], {})).out).toContain("does not speak version 1 of cargo's protocol");
});

test.each([
  ['no store', [], {}],
  ['an unknown store', ['nonesuch'], {}],
  ['an option of another store', ['env'], { path: 'x' }],
  ['a missing option', ['vault'], {}],
  ['a registry that is no name', ['env'], { registry: 'a.b' }],
])('%s: nothing is written', async (_, args, options) => {
  expect((await run('credential setup', args, { yes: true, ...options })).kind).toBe('usage');
  expect(existsSync(config)).toBe(false);
});

test('a key as an argument is refused and not repeated', async () => {
  for (const [args, options] of [
    [['env'], { var: KEY }],
    [[KEY], {}],
    [['env'], { registry: KEY }],
  ] as const)
    expect((await run('credential setup', args, { yes: true, ...options })).kind).toBe('usage');
});

test('remove knows what it is asked to remove', async () => {
  expect((await remove({ yes: true })).out).toContain('has nothing of');
  await setUp({ yes: true });
  expect((await run('credential remove', ['vault'], { yes: true })).kind).toBe('usage');
  expect((await remove({ yes: true, registry: 'acme' })).out).toContain('has nothing of');
  expect((await run('credential remove', ['env'], { yes: true })).kind).toBe('clean');
  expect(existsSync(config)).toBe(false);
});

test('a layout that can’t be changed by text is left alone, and the lines are given', async () => {
  writeFileSync(config, 'registry = { default = "acme" }\n');
  const ran = await setUp({ yes: true });
  expect(ran).toMatchObject({ kind: 'blocked', out: expect.stringContaining('by hand') as string });
  expect(ran.out).toContain('  credential-provider = [');
  expect(read()).toBe('registry = { default = "acme" }\n');
});

test('a file that is no TOML is left alone', async () => {
  writeFileSync(config, `[registry]\ntoken = "${KEY}\n`);
  expect(await setUp({ yes: true })).toMatchObject({
    kind: 'config',
    message: expect.stringContaining(`${config}:2:`) as string,
  });
});

test('a link stays a link, and the file without an extension wins as it does for cargo', async () => {
  const target = join(folder, 'dotfiles.toml');
  writeFileSync(target, OLD);
  symlinkSync(target, config);
  await setUp({ yes: true });
  expect(read(target)).toContain('credential-provider');
  await remove({ yes: true });
  expect(read(target)).toBe(OLD);

  const bare = join(folder, 'cargo', 'config');
  writeFileSync(bare, '');
  expect((await setUp({ yes: true })).err).toContain('no config.toml beside it');
  expect(read(bare)).toContain('credential-provider');
  expect(read(config)).toBe(OLD);
});

test('a link to nothing and a folder in the file’s place are refused', async () => {
  symlinkSync(join(folder, 'nothing'), config);
  expect((await setUp({ yes: true })).kind).toBe('unwritable');
  rmSync(config);
  mkdirSync(config);
  expect((await setUp({ yes: true })).kind).toBe('unreadable');
});

testWhere(permissionsHold)('a folder that can’t be written: nothing is', async () => {
  writeFileSync(config, OLD);
  chmodSync(join(folder, 'cargo'), 0o555);
  expect((await setUp({ yes: true })).kind).toBe('unwritable');
  expect(read()).toBe(OLD);
});

test('a file that changes while the person thinks is not overwritten', async () => {
  writeFileSync(config, OLD);
  const io = makeIo(project, env, 'y\n');
  const late = {
    ...io,
    stderr: {
      ...io.stderr,
      write: (text: string) => {
        if (text.includes('Write this?')) writeFileSync(config, '# theirs\n');
        io.stderr.write(text);
      },
    },
  };
  expect((await setUp({}, late)).kind).toBe('unwritable');
  expect(read()).toBe('# theirs\n');
});
