import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiToken } from '../../support/tokens';
import { type Sandbox, openSandbox } from './sandbox';

/** What pre-push's gate counts as new, with real remotes; without Node.js, so that only the gate lets a push pass. */

let sandbox: Sandbox;
let repository: string;
let remote: string;
let count = 0;

beforeAll(() => {
  sandbox = openSandbox();
});
afterAll(() => {
  sandbox.remove();
});
beforeEach(() => {
  count += 1;
  repository = sandbox.repository(`repository-${count}`);
  remote = join(sandbox.folder, `remote-${count}.git`);
  git('init', '-q', '--bare', remote);
  git('remote', 'add', 'origin', remote);
});

const git = (...args: readonly string[]): string => sandbox.git(repository, ...args).stdout.trim();

function commit(name: string, text: string, cwd = repository): void {
  writeFileSync(join(cwd, name), text);
  sandbox.git(cwd, 'add', name);
  sandbox.git(cwd, 'commit', '-q', '--no-verify', '-m', `add ${name}`);
}

function push(...args: readonly string[]): 'passed' | 'stopped' {
  const env = { CRATESGUARD_NODE: '/nonexistent/node' };
  const { status, stderr } = sandbox.run(['git', 'push', '-q', ...args], { cwd: repository, env });
  if (status === 0) return 'passed';
  expect(stderr).toContain('Node.js');
  return 'stopped';
}

const leak = (seed: string): string => `k = ${apiToken(seed)}\n`;
const install = (): void => void sandbox.cratesguard(repository, ['install']);

/** The remote has a token already; nothing new holds one. */
function pushedLeak(): void {
  commit('old.txt', leak('old'));
  git('push', '-q', 'origin', 'main');
  install();
  commit('new.txt', 'fine\n');
}

describe('what the remote has', () => {
  test('is not judged again: the branch, a new branch, a tag', () => {
    pushedLeak();
    expect(push('origin', 'main')).toBe('passed');
    git('checkout', '-q', '-b', 'topic');
    commit('more.txt', 'fine\n');
    expect(push('origin', 'topic')).toBe('passed');
    git('tag', '-a', 'v1', '-m', 'fine');
    expect(push('origin', 'v1')).toBe('passed');
    expect(push('origin', ':topic')).toBe('passed');
  });

  test.each([
    ['the push goes by address', () => push(remote, 'main:fresh')],
    [
      'the push goes elsewhere than it is fetched from',
      () => {
        const other = join(sandbox.folder, `other-${count}.git`);
        git('init', '-q', '--bare', other);
        git('config', 'remote.origin.pushurl', other);
        return push('origin', 'main');
      },
    ],
    [
      'another remote is fetched into its place',
      () => {
        git('config', 'remote.second.url', remote);
        git('config', 'remote.second.fetch', '+refs/heads/*:refs/remotes/origin/*');
        return push('origin', 'main:fresh');
      },
    ],
    [
      'it is fetched into another place',
      () => {
        git('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/elsewhere/*');
        return push('origin', 'main:fresh');
      },
    ],
    [
      'a remote lies below its name',
      () => {
        git('remote', 'add', 'origin/below', remote);
        return push('origin', 'main:fresh');
      },
    ],
  ])('is not known where %s', (_name, act) => {
    pushedLeak();
    expect(act()).toBe('stopped');
  });

  test('is not known where the remote moved, or says that it lacks a branch which it had', () => {
    pushedLeak();
    git('push', '-q', '--no-verify', 'origin', 'HEAD~1:refs/heads/side');
    expect(push('origin', 'main:fresh')).toBe('passed');
    sandbox.git(remote, 'branch', '-D', 'side');
    expect(push('origin', 'main:side')).toBe('stopped');
    const moved = join(sandbox.folder, `moved-${count}.git`);
    git('init', '-q', '--bare', moved);
    git('remote', 'set-url', 'origin', moved);
    expect(push('origin', 'main:fresh')).toBe('stopped');
  });

  test('is known through a rewritten address', () => {
    git('config', `url.${sandbox.folder}/.insteadOf`, 'somewhere:');
    git('remote', 'set-url', 'origin', `somewhere:remote-${count}.git`);
    pushedLeak();
    expect(push('origin', 'main:fresh')).toBe('passed');
  });
});

describe('stopped', () => {
  beforeEach(() => {
    git('push', '-q', 'origin', 'main');
    install();
  });

  test('a token that a later commit takes out', () => {
    commit('a.txt', leak('a'));
    git('rm', '-q', 'a.txt');
    git('commit', '-q', '--no-verify', '-m', 'out');
    expect(push('origin', 'main')).toBe('stopped');
  });

  test('one ref of several', () => {
    git('branch', 'one');
    git('checkout', '-q', '-b', 'two');
    commit('a.txt', leak('b'));
    git('checkout', '-q', 'main');
    expect(push('origin', 'main', 'one', 'two')).toBe('stopped');
  });

  test('a message, a tag, a tag of a tag, a tag of a blob, a tree with a name, a note', () => {
    git('tag', '-a', 'inner', '-m', leak('c'));
    git('tag', '-a', 'outer', '-m', 'fine', 'inner');
    expect(push('origin', 'outer')).toBe('stopped');
    const blob = sandbox
      .run(['git', 'hash-object', '-w', '--stdin'], { cwd: repository, input: leak('d') })
      .stdout.trim();
    git('tag', 'blob', blob);
    expect(push('origin', 'blob')).toBe('stopped');
    const fine = git('rev-parse', 'HEAD:main.rs');
    const input = `100644 blob ${fine}\tline\n${apiToken('e')}\0`;
    const tree = sandbox.run(['git', 'mktree', '-z'], { cwd: repository, input }).stdout.trim();
    git('tag', 'tree', tree);
    expect(push('origin', 'tree')).toBe('stopped');
    git('notes', 'add', '-m', leak('f'));
    expect(push('origin', 'refs/notes/commits')).toBe('stopped');
    git('commit', '-q', '--no-verify', '--allow-empty', '-m', leak('g'));
    expect(push('origin', 'main')).toBe('stopped');
  });

  test('a replace ref and a graft hide nothing', () => {
    commit('a.txt', leak('h'));
    const bad = git('rev-parse', 'HEAD');
    const clean = git('commit-tree', '-m', 'clean', 'HEAD~1^{tree}', '-p', 'HEAD~1');
    git('replace', bad, clean);
    expect(push('origin', 'main')).toBe('stopped');
    git('replace', '-d', bad);
    commit('b.txt', 'fine\n');
    mkdirSync(join(repository, '.git', 'info'), { recursive: true });
    writeFileSync(
      join(repository, '.git', 'info', 'grafts'),
      `${git('rev-parse', 'HEAD')} ${git('rev-parse', 'HEAD~2')}\n`,
    );
    expect(push('origin', 'main')).toBe('stopped');
  });

  test('a remote tip that is not here', () => {
    const other = join(sandbox.folder, `clone-${count}`);
    git('clone', '-q', remote, other);
    commit('o.txt', 'fine\n', other);
    sandbox.git(other, 'push', '-q', 'origin', 'HEAD:main');
    commit('a.txt', leak('i'));
    expect(push('--force', 'origin', 'main')).toBe('stopped');
  });

  test('a missing object', () => {
    commit('a.txt', 'fine\n');
    const blob = git('rev-parse', 'HEAD:a.txt');
    rmSync(join(repository, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
    expect(push('origin', 'main')).toBe('stopped');
  });
});

test('hundreds of refs are one clean push', () => {
  git('push', '-q', 'origin', 'main');
  install();
  const head = git('rev-parse', 'HEAD');
  const input = Array.from({ length: 500 }, (_, at) => `create refs/heads/some/long/name/${at} ${head}\n`).join('');
  sandbox.run(['git', 'update-ref', '--stdin'], { cwd: repository, input });
  expect(push('--mirror', 'origin')).toBe('passed');
});

test('the first push to a remote that was added after the install starts no Node.js', () => {
  git('remote', 'remove', 'origin');
  install();
  git('remote', 'add', 'origin', remote);
  const log = join(sandbox.folder, `started-${count}`);
  const node = join(sandbox.folder, `node-${count}`);
  writeFileSync(node, `#!/bin/sh\necho "$@" >>'${log}'\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  commit('a.txt', 'fine\n');
  const env = { CRATESGUARD_NODE: node };
  expect(sandbox.run(['git', 'push', '-q', 'origin', 'main'], { cwd: repository, env }).status).toBe(0);
  expect(existsSync(log)).toBe(false);
});

test('a local ref may be an expression with spaces', () => {
  git('push', '-q', 'origin', 'main');
  install();
  commit('a.txt', 'fine\n');
  expect(push('origin', 'main^{/add a.txt}:refs/heads/found')).toBe('passed');
  commit('b.txt', leak('j'));
  expect(push('origin', 'main^{/add b.txt}:refs/heads/found')).toBe('stopped');
});

test('a partial clone fetches nothing, and what it lacks is no pass', () => {
  commit('big.txt', 'fine\n');
  git('push', '-q', 'origin', 'main');
  sandbox.git(remote, 'config', 'uploadpack.allowFilter', 'true');
  sandbox.git(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  const clone = join(sandbox.folder, `partial-${count}`);
  git('clone', '-q', '--no-local', '--filter=blob:none', '--no-checkout', `file://${remote}`, clone);
  repository = clone;
  install();
  const packs = (): readonly string[] => readdirSync(join(clone, '.git', 'objects', 'pack'));
  const before = packs();
  expect(push(`file://${remote}`, 'HEAD:refs/heads/whole')).toBe('stopped');
  expect(packs()).toEqual(before);
  git('commit', '-q', '--no-verify', '--allow-empty', '-m', 'fine');
  expect(push('origin', 'HEAD:refs/heads/next')).toBe('passed');
});

test("the user's own pre-push gets the identical bytes, ours too", () => {
  const log = join(sandbox.folder, `log-${count}`);
  commit('a.txt', 'fine\n');
  git('config', 'core.hooksPath', 'own');
  mkdirSync(join(repository, 'own'));
  writeFileSync(join(repository, 'own', 'pre-push'), `#!/bin/sh\ncat >'${log}'\n`, { mode: 0o755 });
  install();
  commit('b.txt', `cargo login ${'x'.repeat(3)} ${apiToken('k').slice(0, 20)}\n`);
  const standIn = join(sandbox.folder, `scanner-${count}`);
  const env = { STAND_IN_LOG: standIn };
  expect(sandbox.run(['git', 'push', '-q', 'origin', 'main'], { cwd: repository, env }).status).toBe(0);
  const seen: unknown = JSON.parse(readFileSync(standIn, 'utf8'));
  expect(seen).toMatchObject({ hook: 'pre-push', args: ['origin', remote], lines: readFileSync(log, 'utf8') });
});
