import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  buildProvider,
  findProgram,
  makeFolder,
  removeFolder,
  startStandIn,
  type StandIn,
} from '../../support/credential';
import { apiToken } from '../../support/tokens';

const KEY = apiToken('real cargo');
const describeWithCargo = findProgram('cargo') === undefined ? describe.skip : describe;

describeWithCargo('real cargo', () => {
  let folder: string;
  let program: string;
  let stores: StandIn;
  let registry: StandIn;
  let log: string;

  beforeAll(async () => {
    folder = makeFolder();
    log = join(folder, 'log');
    program = buildProvider(join(folder, 'with space'));
    writeFileSync(log, '');
    stores = await startStandIn('stores.mjs', KEY);
    registry = await startStandIn('cargo-registry.mjs', KEY, log);
    mkdirSync(join(folder, 'demo', 'src'), { recursive: true });
    mkdirSync(join(folder, 'cargo-home'));
    writeFileSync(join(folder, 'demo', 'src', 'lib.rs'), '');
  });

  afterAll(() => {
    stores.stop();
    registry.stop();
    removeFolder(folder);
  });

  const FOUND = {
    env: ['env', '--var', 'ACME_KEY'],
    aws: ['aws', '--secret-id', 'json', '--field', 'api_key'],
    vault: ['vault', '--path', 'secret/data/cargo'],
    conjur: ['conjur', '--variable', 'ci/cargo'],
  };

  function configure(settings: readonly string[]): void {
    const index = `[registries.acme]\nindex = "sparse+http://127.0.0.1:${registry.port}/index/"\n`;
    writeFileSync(join(folder, 'cargo-home', 'config.toml'), `${index}${settings.join('\n')}\n`);
  }

  function only(args: readonly string[]): string {
    return `credential-provider = ${JSON.stringify([program, ...args])}`;
  }

  function cargo(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
    const address = `http://127.0.0.1:${stores.port}`;
    const started = spawnSync('cargo', args, {
      cwd: join(folder, 'demo'),
      input,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        CARGO_HOME: join(folder, 'cargo-home'),
        RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? join(homedir(), '.rustup'),
        ACME_KEY: KEY,
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
        ...env,
      },
    });
    const printed = started.stdout + started.stderr;
    expect(printed.includes(KEY)).toBe(false);
    return { status: started.status, printed };
  }

  test.each(Object.entries(FOUND))('lists owners with a key from %s', (_, args) => {
    configure([only(args)]);
    expect(cargo(['owner', '--list', 'demo', '--registry', 'acme'])).toEqual({
      status: 0,
      printed: expect.stringContaining('acme-bot') as string,
    });
  });

  test.each(Object.entries(FOUND))('publishes with a key from %s', (store, args) => {
    configure([only(args)]);
    const name = `demo-${store}`;
    writeFileSync(
      join(folder, 'demo', 'Cargo.toml'),
      `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\ndescription = "x"\nlicense = "MIT"\n`,
    );
    writeFileSync(log, '');
    expect(cargo(['publish', '--no-verify', '--registry', 'acme'])).toMatchObject({
      status: 0,
      printed: expect.stringContaining(`Published ${name} v1.0.0`) as string,
    });
    expect(readFileSync(log, 'utf8')).toContain('ok PUT /api/v1/crates/new');
  });

  test.each([
    ['login', 'abc'],
    ['logout', ''],
  ])('%s is refused, and nothing is written', (command, input) => {
    configure([only(FOUND.env)]);
    const { status, printed } = cargo([command, '--registry', 'acme'], {}, input);
    expect(status).not.toBe(0);
    expect(printed).toContain('this provider only reads keys');
    expect(() => readFileSync(join(folder, 'cargo-home', 'credentials.toml'))).toThrow('ENOENT');
  });

  const list = (args: readonly string[]) => [
    '[registry]',
    'global-credential-providers = ["cargo:token", "guard"]',
    `[credential-alias]\nguard = ${JSON.stringify([program, ...args])}`,
  ];

  test.each([
    ['env', ['env', '--var', 'ABSENT']],
    ['aws', ['aws', '--secret-id', 'absent']],
    ['vault', ['vault', '--path', 'secret/data/absent']],
    ['conjur', ['conjur', '--variable', 'ci/absent']],
    ['a key of another registry', [...FOUND.env, '--registry', 'crates-io']],
  ])('where there is no such key, the next provider is asked: %s', (_, args) => {
    configure(list(args));
    const env = { CARGO_REGISTRIES_ACME_TOKEN: KEY };
    expect(cargo(['owner', '--list', 'demo', '--registry', 'acme'], env)).toMatchObject({
      status: 0,
      printed: expect.stringContaining('acme-bot') as string,
    });
  });

  test.each([
    ['aws', FOUND.aws, { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9' }, /nothing listens at 127\.0\.0\.1/],
    ['vault', FOUND.vault, { VAULT_ADDR: 'http://127.0.0.1:9' }, /nothing listens at 127\.0\.0\.1:9/],
    ['conjur', FOUND.conjur, { CONJUR_APPLIANCE_URL: 'http://127.0.0.1:9' }, /nothing listens at 127\.0\.0\.1:9/],
    ['env', FOUND.env, { ACME_KEY: '' }, /ACME_KEY is set but empty/],
  ])('a store that can’t be asked stops cargo, with words to act on: %s', (_, args, env, message) => {
    configure(list(args));
    const { status, printed } = cargo(['owner', '--list', 'demo', '--registry', 'acme'], {
      CARGO_REGISTRIES_ACME_TOKEN: KEY,
      ...env,
    });
    expect(status).not.toBe(0);
    expect(printed).toMatch(message);
  });
});
