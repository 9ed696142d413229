import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runLeakInventory } from '../../../src/cli/leak/inventory';
import { inventoryOf } from '../../../src/leak/inventory/files';
import { inventoryOfMachine } from '../../../src/leak/inventory/machine';
import { madeIo } from '../../support/made-io';
import { apiToken } from '../../support/tokens';
import { permissionsHold, testWhere } from '../../support/tools';

let top = '';
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'cratesguard-inventory-')));
});
afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

function write(path: string, text: string): string {
  const file = join(top, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const found = async (root = top) =>
  (await inventoryOf(root)).uses.map(({ service, path, line }) => `${service} ${path}:${line}`);
const unread = async () => (await inventoryOf(top)).unread.map(({ path }) => path);

test('each file is read by its kind, in the order of paths', async () => {
  write('repo/.github/workflows/a.yml', 'jobs:\n  a:\n    steps:\n      - run: cargo publish\n');
  write('repo/Makefile', 'a:\n\tcargo publish\n');
  write('repo/scripts/go', '#!/bin/sh\ncargo publish\n');
  write('repo/notes', 'cargo publish\n');
  write('repo/README.md', 'cargo publish\n');
  write(
    'repo/k8s/job.yaml',
    'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: x\n      command: [cargo, publish]\n',
  );
  for (const ignored of ['node_modules', 'target', '.git']) write(`repo/${ignored}/Makefile`, 'a:\n\tcargo publish\n');
  expect(await found(join(top, 'repo'))).toEqual([
    'github-actions .github/workflows/a.yml:4',
    'make Makefile:2',
    'kubernetes k8s/job.yaml:6',
    'other notes:1',
    'shell scripts/go:2',
  ]);
});

test('a text file of unknown kind is listed where it publishes or names Cargo’s variables', async () => {
  write('.buildkite/pipeline.yml', 'steps:\n  - command: cargo publish\n');
  write('release.py', 'import subprocess\nsubprocess.run(["cargo", "publish"])\n');
  write('Makefile.toml', '[tasks.release]\ncommand = "cargo"\nargs = ["publish"]\n');
  write('deploy.nix', '{ CARGO_REGISTRY_TOKEN = token; }\n');
  write('check.py', '# cargo publish\nrun(["cargo", "publish", "--dry-run"])\nrun("cargo build")\n');
  write('image.bin', '\0cargo publish\n');
  expect(await found()).toEqual([
    'other .buildkite/pipeline.yml:2',
    'cargo-make Makefile.toml:3',
    'other deploy.nix:1',
    'other release.py:2',
  ]);
  expect((await inventoryOf(top)).uses.every(({ secretName }) => secretName === null)).toBe(true);
});

test('one file', async () => {
  expect(await found(write('Makefile', 'a:\n\tcargo publish\n'))).toEqual(['make Makefile:2']);
});

test('what is broken is named, and the rest is read', async () => {
  write('.gitlab-ci.yml', 'a: [cargo publish\n');
  write('.cargo/config.toml', '[registry\ntoken = "x"\n');
  write('package.json', '{"scripts": {"a": "cargo publish"');
  write('Makefile', 'a:\n\tcargo publish\n');
  expect(await found()).toEqual(['make Makefile:2']);
  expect(await unread()).toEqual(['.cargo/config.toml', '.gitlab-ci.yml', 'package.json']);
});

test('what has nothing to do with a key may be broken', async () => {
  write('.gitlab-ci.yml', 'a: [make\n');
  expect(await inventoryOf(top)).toEqual({ uses: [], unread: [] });
});

test('what is too large is named', async () => {
  write('Makefile', `a:\n\tcargo publish\n${'#'.repeat(5 * 1024 * 1024)}\n`);
  expect(await unread()).toEqual(['Makefile']);
});

test('links: inside they are read, out of here they are named, others are nobody’s business', async () => {
  write('repo/ci/main.yml', 'a:\n  script: cargo publish\n');
  write('outside.yml', 'a:\n  script: cargo publish\n');
  symlinkSync('ci/main.yml', join(top, 'repo/.gitlab-ci.yml'));
  symlinkSync('../outside.yml', join(top, 'repo/.travis.yml'));
  symlinkSync('absent', join(top, 'repo/Jenkinsfile'));
  symlinkSync('/etc', join(top, 'repo/elsewhere'));
  symlinkSync('.', join(top, 'repo/circle'));
  const inventory = await inventoryOf(join(top, 'repo'));
  expect(inventory.uses.map(({ path }) => path)).toEqual(['.gitlab-ci.yml', 'ci/main.yml']);
  expect(inventory.unread.map(({ path }) => path)).toEqual(['.travis.yml', 'Jenkinsfile']);
});

test('a folder that is not there', async () => {
  expect((await inventoryOf(join(top, 'absent'))).unread).toHaveLength(1);
});

testWhere(permissionsHold)('what may not be read is named', async () => {
  chmodSync(write('Makefile', 'a:\n\tcargo publish\n'), 0);
  expect(await unread()).toEqual(['Makefile']);
});

describe('this machine', () => {
  test('keys in the clear, above and at home, and never their values', async () => {
    write('home/.cargo/credentials.toml', `[registry]\ntoken = "${apiToken('a')}"\n[registries.acme]\ntoken = "x"\n`);
    write('code/.cargo/config.toml', `[registry]\ntoken = "${apiToken('b')}"\n`);
    write('code/repo/.cargo/config.toml', '[registry]\ntoken = "x"\n');
    const inventory = await inventoryOfMachine(join(top, 'code/repo'), {
      HOME: join(top, 'home'),
      CARGO_REGISTRY_TOKEN: apiToken('c'),
      CARGO_TERM_COLOR: 'always',
    });
    expect(
      inventory.uses.map(({ path, line, secretName }) => `${path.replace(top, '')}:${line} ${secretName ?? '-'}`),
    ).toEqual([
      '~/.cargo/credentials.toml:2 registry.token',
      '~/.cargo/credentials.toml:4 registries.acme.token',
      '/code/.cargo/config.toml:2 registry.token',
      'environment:1 CARGO_REGISTRY_TOKEN',
    ]);
    const text = JSON.stringify(inventory);
    expect(['a', 'b', 'c'].some((seed) => text.includes(apiToken(seed).slice(3, 15)))).toBe(false);
  });

  test('CARGO_HOME', async () => {
    write('elsewhere/credentials', 'token = "x"\n');
    const inventory = await inventoryOfMachine(join(top, 'repo'), {
      HOME: join(top, 'home'),
      CARGO_HOME: join(top, 'elsewhere'),
    });
    expect(inventory.uses).toMatchObject([{ line: 1, secretName: 'token' }]);
  });

  test('a broken file is named, without a line of it', async () => {
    write('home/.cargo/credentials.toml', `[registry]\ntoken = ${apiToken('a')}\n`);
    const inventory = await inventoryOfMachine(join(top, 'repo'), { HOME: join(top, 'home') });
    expect(inventory.unread).toHaveLength(1);
    expect(JSON.stringify(inventory).includes(apiToken('a').slice(3, 15))).toBe(false);
  });
});

describe('the command', () => {
  const env = () => ({ HOME: join(top, 'home') });

  test('prints exactly the contract’s rows, from the top of the work tree', async () => {
    write('repo/Makefile', 'a:\n\tcargo publish\n');
    mkdirSync(join(top, 'repo/src'));
    execFileSync('git', ['init', '-q', join(top, 'repo')], {
      env: { ...process.env, HOME: top, GIT_CONFIG_NOSYSTEM: '1' },
    });
    const io = madeIo({ cwd: join(top, 'repo/src'), env: env() });
    expect(await runLeakInventory({ options: { format: 'json' }, args: [] }, io)).toEqual({ kind: 'clean' });
    expect(JSON.parse(io.printed.stdout)).toEqual({
      uses: [{ service: 'make', path: 'Makefile', line: 2, secretName: null, command: 'cargo publish' }],
    });
  });

  test('an empty folder is fine, an unreadable one is not', async () => {
    mkdirSync(join(top, 'repo'));
    const clean = madeIo({ cwd: top, env: env() });
    expect(await runLeakInventory({ options: {}, args: ['repo'] }, clean)).toEqual({ kind: 'clean' });
    expect(clean.printed.stdout).toBe('Nothing here uses a key.\n');
    expect(await runLeakInventory({ options: {}, args: ['absent'] }, madeIo({ cwd: top, env: env() }))).toEqual({
      kind: 'incomplete',
    });
  });

  test('the text has service, place, secret and command', async () => {
    write('repo/.travis.yml', 'script: cargo publish\n');
    const io = madeIo({ cwd: top, env: env() });
    await runLeakInventory({ options: {}, args: ['repo'] }, io);
    expect(io.printed.stdout).toBe('travis-ci\n  .travis.yml:1  secret CARGO_REGISTRY_TOKEN, cargo publish\n');
  });
});
