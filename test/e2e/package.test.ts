import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { packPackage, projectWith, temporaryFolder, type Project } from '../support/packed';
import { apiToken } from '../support/tokens';

/** The package as its users get it: packed, installed from the tarball without a network, and lived with. */

const folder = temporaryFolder();
let project: Project;
let packageFolder: string;

beforeAll(() => {
  project = projectWith(packPackage(folder.path), folder.path);
  packageFolder = join(project.path, 'node_modules', 'cratesguard');
});

afterAll(() => {
  folder.remove();
});

function filesUnder(path: string, prefix = ''): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(path, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
  );
}

/** Names, types, modes and contents of git's own folder, objects and what git itself notes aside. */
function gitFolder(): readonly string[] {
  const root = join(project.path, '.git');
  return filesUnder(root)
    .filter((path) => !/^(?:objects\/|logs\/|index$|COMMIT_EDITMSG$|ORIG_HEAD$|refs\/|FETCH_HEAD$)/.test(path))
    .map(
      (path) => `${path} ${lstatSync(join(root, path)).mode.toString(8)} ${readFileSync(join(root, path), 'base64')}`,
    )
    .sort();
}

function commitCount(): number {
  return Number(project.git('rev-list', '--count', 'HEAD'));
}

test('holds the programs, the schemas and the licences, and nothing else', () => {
  const files = filesUnder(packageFolder).filter((path) => !path.startsWith('dist/schema/'));
  expect([...files].sort()).toEqual([
    '.cratesguardrc.example',
    'CHANGELOG.md',
    'LICENSE',
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'dist/THIRD-PARTY-LICENSES',
    'dist/action.cjs',
    'dist/aws.cjs',
    'dist/cargo-credential-cratesguard.cjs',
    'dist/cratesguard.cjs',
    'dist/hook-program.cjs',
    'dist/hook.cjs',
    'dist/json.cjs',
    'dist/re2.cjs',
    'dist/toml.cjs',
    'dist/yaml.cjs',
    'package.json',
  ]);
  expect(readdirSync(join(packageFolder, 'dist', 'schema')).length).toBeGreaterThan(0);
});

test('unpacks to at most 5 MB and brings no other package', () => {
  const size = filesUnder(packageFolder).reduce((sum, path) => sum + lstatSync(join(packageFolder, path)).size, 0);
  expect(size).toBeLessThanOrEqual(5_000_000);
  expect(readdirSync(join(project.path, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'cratesguard',
  ]);
});

test('both programs start by themselves', () => {
  expect(project.run('npx', '--no-install', 'cratesguard', '--version').text).toContain(packageJson.version);
  const provider = join(packageFolder, packageJson.bin['cargo-credential-cratesguard']);
  accessSync(provider, constants.X_OK);
  const hello = spawnSync(process.execPath, [provider, '--cargo-plugin'], { input: '', encoding: 'utf8' });
  expect(hello.stdout).toBe('{"v":[1]}\n');
});

test('a build machine gets no hooks from a prepare script', () => {
  const before = gitFolder();
  const prepared = project.runWith({ CI: 'true' }, 'npm', 'run', 'prepare');
  expect(prepared).toMatchObject({ status: 0, text: expect.stringContaining('CI') as string });
  expect(gitFolder()).toEqual(before);
});

describe('with the hooks of a prepare script', () => {
  beforeAll(() => {
    const prepared = project.run('npm', 'run', 'prepare');
    if (prepared.status !== 0) throw new Error(`the prepare script failed: ${prepared.text}`);
  });

  afterEach(() => {
    project.git('reset', '--quiet', '--hard');
  });

  test('a commit with a key is stopped, and a clean one is not', () => {
    const commits = commitCount();
    const token = apiToken('e2e commit');
    project.stage('src/client.rs', `fn main() {\n    let key = "${token}";\n}\n`);
    const stopped = project.run('git', 'commit', '-m', 'leak');
    expect(stopped.status).not.toBe(0);
    expect(stopped.text).toContain('src/client.rs:2');
    expect(stopped.text.includes(token.slice(3))).toBe(false);
    expect(commitCount()).toBe(commits);

    project.stage('src/client.rs', 'fn main() {\n    let key = std::env::var("CARGO_REGISTRY_TOKEN");\n}\n');
    expect(project.run('git', 'commit', '-m', 'from the environment')).toMatchObject({ status: 0 });
    expect(commitCount()).toBe(commits + 1);
  });

  test('the hook starts from its compiled form, and stops a key as well where that is damaged or gone', () => {
    const program = join(project.path, '.git', 'cratesguard');
    const cache = join(program, 'hook-program.cache');
    const compiled = readFileSync(cache);
    const digest = compiled.toString('latin1', 0, 32);
    expect(digest).toMatch(/^[0-9a-f]{32}$/);
    expect(readFileSync(join(program, 'hook.cjs'), 'utf8')).toContain(digest);
    const damaged = [
      compiled.subarray(0, 1000),
      Buffer.concat([compiled.subarray(0, 64), Buffer.alloc(1000, 7)]),
      null,
    ];
    try {
      for (const bytes of damaged) {
        if (bytes === null) rmSync(cache);
        else writeFileSync(cache, bytes);
        project.stage('key.txt', `${apiToken('e2e cache')}\n`);
        expect(project.run('git', 'commit', '-m', 'leak')).toMatchObject({
          status: 1,
          text: expect.stringContaining('key.txt:1') as string,
        });
      }
    } finally {
      writeFileSync(cache, compiled);
    }
  });

  test('a key in the message is stopped', () => {
    project.stage('ok.txt', 'ok\n');
    const stopped = project.run('git', 'commit', '-m', `rotate ${apiToken('e2e message')}`);
    expect(stopped.status).not.toBe(0);
    expect(project.run('git', 'commit', '-m', 'rotate the key').status).toBe(0);
  });

  test('a push with a key in an older commit is stopped, and a clean one is not', () => {
    const remote = join(folder.path, 'remote.git');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote], { env: project.env });
    project.git('remote', 'add', 'origin', remote);
    const clean = project.git('rev-parse', 'HEAD');
    project.stage('leak.txt', `${apiToken('e2e push')}\n`);
    project.commit('leak, past the hooks');
    project.git('rm', '--quiet', 'leak.txt');
    project.commit('and gone again');
    const stopped = project.run('git', 'push', 'origin', 'main');
    expect(stopped.status).not.toBe(0);
    expect(stopped.text).toContain('leak.txt:1');
    expect(execFileSync('git', ['for-each-ref'], { cwd: remote, env: project.env, encoding: 'utf8' })).toBe('');

    project.git('reset', '--quiet', '--hard', clean);
    expect(project.run('git', 'push', 'origin', 'main').status).toBe(0);
  });

  test('status says that it is protected', () => {
    expect(project.run('npx', '--no-install', 'cratesguard', 'status').status).toBe(0);
  });

  test('uninstall leaves no trace', () => {
    const uninstall = () => project.run('npx', '--no-install', 'cratesguard', 'uninstall');
    expect(uninstall().status).toBe(0);
    const without = gitFolder();
    expect(without.filter((line) => line.includes('cratesguard'))).toEqual([]);
    expect(project.run('npm', 'run', 'prepare').status).toBe(0);
    expect(gitFolder()).not.toEqual(without);
    expect(uninstall().status).toBe(0);
    expect(gitFolder()).toEqual(without);
  });

  test('the hooks go on when the package is gone', () => {
    project.run('npm', 'run', 'prepare');
    rmSync(join(project.path, 'node_modules'), { recursive: true });
    project.stage('leak.txt', `${apiToken('e2e gone')}\n`);
    const stopped = project.run('git', 'commit', '-m', 'leak');
    expect(stopped.status).not.toBe(0);
    expect(stopped.text).toContain('leak.txt:1');
  });
});
