import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  STORE_MODULES,
  STORE_NAMES,
  type StoreAnswer,
  type StoreName,
  type StoreOptions,
} from '../../../src/cargo/stores';
import { findProgram, makeFolder, removeFolder, startStandIn, type StandIn } from '../../support/credential';
import { apiToken } from '../../support/tokens';

const KEY = apiToken('stores');
const CRATES_IO = { indexUrl: 'https://github.com/rust-lang/crates.io-index', name: 'crates-io' };

let folder: string;
let standIn: StandIn;
let address: string;

beforeAll(async () => {
  folder = makeFolder();
  standIn = await startStandIn('stores.mjs', KEY);
  address = `http://127.0.0.1:${standIn.port}`;
});

afterAll(() => {
  standIn.stop();
  removeFolder(folder);
});

type Environment = Readonly<Record<string, string | undefined>>;

async function read(store: StoreName, options: StoreOptions, env: Environment): Promise<StoreAnswer> {
  const ask = await STORE_MODULES[store]();
  const signal = AbortSignal.timeout(20_000);
  const readText = (path: string) => readFile(path, 'utf8');
  const readFolder = (path: string) => readdir(path);
  const runCommand = () => Promise.reject(new Error('no command'));
  return ask(options, {
    registry: CRATES_IO,
    env,
    readFile: readText,
    readFolder,
    runCommand,
    homeFolder: folder,
    signal,
  });
}

/** What came of it, with the key itself replaced by whether it is the right one. */
function seen(answer: StoreAnswer): unknown {
  expect(answer.kind !== 'key' && JSON.stringify(answer).includes(KEY)).toBe(false);
  return answer.kind === 'key' ? { ...answer, key: answer.key === KEY } : answer;
}

const FOUND = { kind: 'key', key: true };

function failure(words: RegExp): unknown {
  return expect.objectContaining({ kind: 'failed', text: expect.stringMatching(words) as string }) as unknown;
}

/** A failure with all its words in one text. */
function words(answer: StoreAnswer): unknown {
  seen(answer);
  return answer.kind === 'failed' ? { ...answer, text: [answer.reason, ...answer.causes].join(' | ') } : answer;
}

test('every store of the table can be loaded', async () => {
  for (const name of STORE_NAMES) expect(await STORE_MODULES[name]()).toEqual(expect.any(Function));
});

describe('HashiCorp Vault', () => {
  const vault = (path: string, options: StoreOptions = {}, env: Environment = {}) =>
    read('vault', { path, ...options }, { VAULT_ADDR: address, VAULT_TOKEN: 'test-token', ...env });

  test.each([
    ['KV version 2', 'secret/data/cargo'],
    ['KV version 1', 'kv1/cargo'],
    ['KV version 1 with fields called data and metadata', 'kv1/odd'],
    ['a path with slashes around it', '/kv1/cargo/'],
    ['a path with a space', 'kv1/with space'],
  ])('%s', async (_, path) => {
    expect(seen(await vault(path))).toEqual(FOUND);
  });

  test('a secret that ends is kept until then', async () => {
    expect(seen(await vault('secret/data/ending'))).toEqual({ ...FOUND, expiration: 4102444800 });
    const now = Math.floor(Date.now() / 1000);
    const leased = await vault('leased/cargo');
    const expiration = leased.kind === 'key' ? (leased.expiration ?? 0) : 0;
    expect(expiration >= now + 600 && expiration <= now + 660).toBe(true);
  });

  test.each(['secret/data/absent', 'secret/data/deleted'])('%s is not found', async (path) => {
    expect(await vault(path)).toMatchObject({ kind: 'not-found' });
  });

  test('a path without data/ under KV version 2: the store’s own advice is passed on', async () => {
    expect(words(await vault('secret/cargo'))).toEqual(failure(/Invalid path for a versioned K\/V secrets engine/));
  });

  test('a field that is not there: the ones that are are named', async () => {
    expect(words(await vault('kv1/cargo', { field: 'token' }))).toEqual(failure(/'token'.*api_key/));
  });

  test.each(['a/../b', 'a//b', '..', ''])('%j is no path', async (path) => {
    expect(words(await vault(path))).toEqual(failure(/is not a path/));
  });

  test('a namespace goes with the request', async () => {
    expect(seen(await vault('team/cargo', {}, { VAULT_NAMESPACE: 'team' }))).toEqual(FOUND);
    expect(await vault('team/cargo')).toMatchObject({ kind: 'not-found' });
  });

  test('the token file stands in for the variable', async () => {
    expect(words(await vault('kv1/cargo', {}, { VAULT_TOKEN: '' }))).toEqual(failure(/no Vault token/));
    await writeFile(join(folder, '.vault-token'), 'test-token\n');
    expect(seen(await vault('kv1/cargo', {}, { VAULT_TOKEN: '' }))).toEqual(FOUND);
  });

  test('a refusal is told in the store’s words, without the token that it repeats', async () => {
    const answer = await vault('kv1/cargo', {}, { VAULT_TOKEN: 'hvs.wrong' });
    expect(words(answer)).toEqual(failure(/403: permission denied for \*{8}/));
    expect(JSON.stringify(answer)).not.toContain('hvs.wrong');
  });

  test('a sealed store says so', async () => {
    expect(words(await vault('sealed/cargo'))).toEqual(failure(/503: Vault is sealed/));
  });

  test('a redirect is not followed: no other host gets the token', async () => {
    expect(words(await vault('elsewhere/cargo'))).toEqual(failure(/redirect/));
  });

  test('AppRole', async () => {
    const env = { VAULT_TOKEN: undefined, VAULT_ROLE_ID: 'role', VAULT_SECRET_ID: 'secret-id' };
    expect(seen(await vault('kv1/cargo', { auth: 'approle' }, env))).toEqual(FOUND);
    const wrong = await vault('kv1/cargo', { auth: 'approle' }, { ...env, VAULT_SECRET_ID: 'hidden-id' });
    expect(words(wrong)).toEqual(failure(/login by approle.*400/));
    expect(JSON.stringify(wrong)).not.toContain('hidden-id');
    expect(words(await vault('kv1/cargo', { auth: 'approle' }))).toEqual(failure(/VAULT_ROLE_ID/));
  });

  test('Kubernetes', async () => {
    const file = join(folder, 'jwt');
    await writeFile(file, 'test-jwt\n');
    const options = { auth: 'kubernetes', role: 'ci', 'jwt-file': file };
    expect(seen(await vault('kv1/cargo', options))).toEqual(FOUND);
    expect(seen(await vault('kv1/cargo', { ...options, mount: 'k8s/two' }))).toEqual(FOUND);
    expect(words(await vault('kv1/cargo', { auth: 'kubernetes' }))).toEqual(failure(/--role/));
    expect(words(await vault('kv1/cargo', { ...options, 'jwt-file': `${file}.not` }))).toEqual(failure(/ENOENT/));
  });

  test.each([
    ['no address', undefined, /VAULT_ADDR is not set/],
    ['plain HTTP to another machine', 'http://192.0.2.1:8200', /plain HTTP/],
    ['nobody there', 'http://127.0.0.1:9', /nothing listens at 127\.0\.0\.1:9.*VAULT_ADDR/],
    ['no such host', 'https://vault.invalid', /vault\.invalid/],
  ])('%s', async (_, VAULT_ADDR, message) => {
    expect(words(await vault('kv1/cargo', {}, { VAULT_ADDR }))).toEqual(failure(message));
  });
});

describe('CyberArk Conjur', () => {
  const conjur = (variable: string, env: Environment = {}) =>
    read(
      'conjur',
      { variable },
      {
        CONJUR_APPLIANCE_URL: address,
        CONJUR_ACCOUNT: 'acme',
        CONJUR_AUTHN_LOGIN: 'host/ci',
        CONJUR_AUTHN_API_KEY: 'conjur-key',
        ...env,
      },
    );

  test('an API key', async () => {
    expect(seen(await conjur('ci/cargo'))).toEqual(FOUND);
    expect(await conjur('ci/absent')).toMatchObject({ kind: 'not-found' });
    expect(words(await conjur('ci/forbidden'))).toEqual(failure(/403: Forbidden/));
  });

  test('the JWT authenticator', async () => {
    const env = { CONJUR_AUTHN_LOGIN: undefined, CONJUR_AUTHN_JWT_SERVICE_ID: 'ci' };
    expect(seen(await conjur('ci/cargo', { ...env, CONJUR_AUTHN_JWT_TOKEN: 'test-jwt' }))).toEqual(FOUND);
    const file = join(folder, 'conjur-jwt');
    await writeFile(file, 'test-jwt\n');
    expect(seen(await conjur('ci/cargo', { ...env, JWT_TOKEN_PATH: file }))).toEqual(FOUND);
    const wrong = await conjur('ci/cargo', { ...env, CONJUR_AUTHN_JWT_TOKEN: 'hidden-jwt' });
    expect(words(wrong)).toEqual(failure(/did not take the login.*401.*JWT/));
    expect(JSON.stringify(wrong)).not.toContain('hidden-jwt');
  });

  test.each([
    ['a wrong API key', { CONJUR_AUTHN_API_KEY: 'wrong' }, /did not take the login.*401/],
    ['no address', { CONJUR_APPLIANCE_URL: '' }, /CONJUR_APPLIANCE_URL is not set/],
    ['no account', { CONJUR_ACCOUNT: undefined }, /CONJUR_ACCOUNT is not set/],
    ['no login', { CONJUR_AUTHN_API_KEY: undefined }, /no login/],
    ['plain HTTP', { CONJUR_APPLIANCE_URL: 'http://conjur.invalid' }, /plain HTTP/],
    ['nobody there', { CONJUR_APPLIANCE_URL: 'http://127.0.0.1:9' }, /nothing listens.*CONJUR_APPLIANCE_URL/],
  ])('%s', async (_, env, message) => {
    expect(words(await conjur('ci/cargo', env))).toEqual(failure(message));
  });
});

describe('AWS Secrets Manager', () => {
  const before = { ...process.env };

  beforeEach(() => {
    // The SDK reads the environment of the process.
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: address,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'example',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(folder, 'aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'aws-credentials'),
    });
  });

  afterAll(() => {
    process.env = before;
  });

  const aws = (secretId: string, options: StoreOptions = {}) =>
    read('aws', { 'secret-id': secretId, ...options }, process.env);

  test.each([
    ['plain', {}],
    ['binary', {}],
    ['json', { field: 'api_key' }],
  ])('a secret kept as %s', async (secretId, options) => {
    expect(seen(await aws(secretId, options))).toEqual(FOUND);
  });

  test('a JSON secret needs its field named: cargo would send all of it', async () => {
    expect(words(await aws('json'))).toEqual(failure(/--field.*api_key, other/));
    expect(words(await aws('json', { field: 'token' }))).toEqual(failure(/'token'.*api_key, other/));
    expect(words(await aws('plain', { field: 'api_key' }))).toEqual(failure(/not a JSON object.*leave --field out/));
  });

  test('an ARN says its region itself', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:eu-west-3';
    expect(seen(await aws(arn))).toEqual(FOUND);
    expect(await aws(arn, { region: 'us-east-2' })).toMatchObject({ kind: 'failed' });
  });

  test('the credentials of a profile do too, and its endpoint', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'])
      Reflect.deleteProperty(process.env, name);
    process.env['AWS_PROFILE'] = 'ci';
    // The SDK keeps what it read of a file, and that there was none.
    process.env['AWS_CONFIG_FILE'] = join(folder, 'ci-config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'ci-credentials');
    await writeFile(join(folder, 'ci-credentials'), '[ci]\naws_access_key_id = x\naws_secret_access_key = y\n');
    await writeFile(join(folder, 'ci-config'), `[profile ci]\nregion = us-east-1\nendpoint_url = ${address}\n`);
    expect(seen(await aws('plain'))).toEqual(FOUND);
  });

  test('what is not there is not found', async () => {
    expect(await aws('absent')).toMatchObject({ kind: 'not-found' });
  });

  test('a refusal says what is needed', async () => {
    expect(words(await aws('forbidden'))).toEqual(failure(/AccessDenied.*secretsmanager:GetSecretValue/));
  });

  test('no credentials, no region', async () => {
    Reflect.deleteProperty(process.env, 'AWS_ACCESS_KEY_ID');
    process.env['AWS_CONFIG_FILE'] = process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'none');
    expect(words(await aws('plain'))).toEqual(failure(/no credentials/));
    Reflect.deleteProperty(process.env, 'AWS_REGION');
    expect(words(await aws('plain'))).toEqual(failure(/AWS_REGION/));
  });

  test('plain HTTP to another machine: nothing is sent', async () => {
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = 'http://192.0.2.1';
    expect(words(await aws('plain'))).toEqual(failure(/plain HTTP/));
  });

  test('nobody there', async () => {
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = 'http://127.0.0.1:9';
    expect(words(await aws('plain'))).toEqual(failure(/ECONNREFUSED/));
  });
});

describe('TLS', () => {
  const openssl = findProgram('openssl');
  let server: Server | undefined;
  let certificate: string;

  beforeAll(async () => {
    if (openssl === undefined) return;
    const key = join(folder, 'key.pem');
    certificate = join(folder, 'certificate.pem');
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync(openssl, ['req', '-x509', ...kind, '-keyout', key, '-out', certificate, ...names], {
      stdio: 'ignore',
    });
    const credentials = { key: await readFile(key), cert: await readFile(certificate) };
    server = createTlsServer(credentials, (_request, response) => {
      response.end(JSON.stringify({ data: { api_key: KEY } }));
    });
    await new Promise<void>((resolve) => server?.listen(0, 'localhost', resolve));
  });

  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const vault = (env: Environment = {}) => {
    const { port } = server?.address() as AddressInfo;
    return read('vault', { path: 'a' }, { VAULT_ADDR: `https://localhost:${port}`, VAULT_TOKEN: 'x', ...env });
  };

  (openssl === undefined ? test.skip : test)(
    'a private CA is trusted where it is named, and nowhere else',
    async () => {
      expect(seen(await vault({ VAULT_CACERT: certificate }))).toEqual(FOUND);
      expect(words(await vault())).toEqual(failure(/no trusted TLS connection.*VAULT_CACERT/));
      expect(words(await vault({ VAULT_CACERT: join(folder, 'none.pem') }))).toEqual(failure(/VAULT_CACERT.*ENOENT/));
      const { port } = server?.address() as AddressInfo;
      const env = { VAULT_ADDR: `https://127.0.0.1:${port}`, VAULT_CACERT: certificate };
      expect(words(await vault(env))).toEqual(failure(/is for another name/));
    },
  );

  (openssl === undefined ? test.skip : test)('Conjur’s certificate as text and as a file', async () => {
    const { port } = server?.address() as AddressInfo;
    const env = {
      CONJUR_APPLIANCE_URL: `https://localhost:${port}`,
      CONJUR_ACCOUNT: 'acme',
      CONJUR_AUTHN_LOGIN: 'a',
      CONJUR_AUTHN_API_KEY: 'b',
    };
    const text = await readFile(certificate, 'utf8');
    for (const ca of [{ CONJUR_SSL_CERTIFICATE: text }, { CONJUR_CERT_FILE: certificate }])
      expect((await read('conjur', { variable: 'a' }, { ...env, ...ca })).kind).toBe('key');
    expect(words(await read('conjur', { variable: 'a' }, env))).toEqual(failure(/no trusted TLS connection/));
  });
});

test('an answer without an end is cut off', async () => {
  const server = createPlainServer((_request, response) => {
    const write = (): void => {
      while (response.write('x'.repeat(65536)));
      response.once('drain', write);
    };
    write();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const env = { VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: 'x' };
  expect(words(await read('vault', { path: 'a' }, env))).toEqual(failure(/too long/));
  server.closeAllConnections();
  server.close();
});
