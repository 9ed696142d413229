import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GIT_HOOKS } from '../../../src/hooks/names';
import { apiToken } from '../../support/tokens';
import { type Answer, type Sandbox, openSandbox, snapshot, writeScript } from './sandbox';

let sandbox: Sandbox;
let repository: string;
let count = 0;

beforeAll(() => {
  sandbox = openSandbox();
});
afterAll(() => {
  sandbox.remove();
});
beforeEach(() => {
  count += 1;
  repository = sandbox.repository(`repository ${count}`);
});
afterEach(() => {
  sandbox.cratesguard(repository, ['uninstall', '--global']);
});

const home = (): string => join(sandbox.folder, 'home');
const folder = (): string => join(home(), '.local', 'share', 'cratesguard', 'hooks');
const install = (env: Readonly<Record<string, string>> = {}): Answer =>
  sandbox.cratesguard(repository, ['install', '--global'], env);

function commit(text: string, cwd = repository): Answer {
  writeFileSync(join(cwd, 'staged.txt'), text);
  sandbox.git(cwd, 'add', 'staged.txt');
  const answer = sandbox.git(cwd, 'commit', '-q', '-m', 'message');
  if (answer.status !== 0) sandbox.git(cwd, 'reset', '-q');
  return answer;
}

test("guards a new repository, runs the repository's own hooks, and leaves no trace", () => {
  const before = snapshot(home());
  expect(install()).toMatchObject({ status: 0, stderr: '' });
  expect(GIT_HOOKS.filter((name) => !existsSync(join(folder(), name)))).toEqual([]);
  expect(commit(apiToken('a')).status).not.toBe(0);
  const own = (name: string, line: string): void => {
    writeScript(join(repository, '.git', 'hooks', name), `#!/bin/sh\n${line}\n`);
  };
  own('pre-commit', 'echo local-ran; [ ! -e refuse ]');
  own('post-commit', 'echo post-ran');
  const clean = commit('fine\n');
  expect([clean.status, clean.all.includes('local-ran'), clean.all.includes('post-ran')]).toEqual([0, true, true]);
  writeFileSync(join(repository, 'refuse'), '');
  expect(commit('fine too\n').status).not.toBe(0);
  expect(sandbox.cratesguard(repository, ['status']).status).toBe(0);
  const after = snapshot(home());
  expect(install().stdout).toContain('everything was in place');
  expect(snapshot(home())).toEqual(after);
  expect(sandbox.cratesguard(repository, ['install']).stdout).toContain('guarded already');
  expect(sandbox.cratesguard(repository, ['uninstall', '--global']).status).toBe(0);
  expect(snapshot(home())).toEqual(before);
  rmSync(join(repository, 'refuse'));
  expect(commit(apiToken('a')).status).toBe(0);
});

test('in linked work trees and submodules, and a push goes through with its lines', () => {
  install();
  const tree = join(sandbox.folder, `tree-${count}`);
  sandbox.git(repository, 'worktree', 'add', '-q', tree, '-b', 'side');
  const log = join(sandbox.folder, `log-${count}`);
  writeScript(join(repository, '.git', 'hooks', 'pre-push'), `#!/bin/sh\ncat >'${log}'\n`);
  expect(commit(apiToken('b'), tree).status).not.toBe(0);
  expect(sandbox.cratesguard(tree, ['status']).status).toBe(0);
  const remote = join(sandbox.folder, `remote-${count}.git`);
  sandbox.git(sandbox.folder, 'init', '-q', '--bare', remote);
  expect(sandbox.git(tree, 'push', '-q', remote, 'side').status).toBe(0);
  expect(readFileSync(log, 'utf8')).toMatch(/^refs\/heads\/side [0-9a-f]{40} refs\/heads\/side 0{40}\n$/);
});

test('a server is not changed by it: its hooks, and the update of a checked-out branch', () => {
  install();
  const remote = join(sandbox.folder, `remote-${count}`);
  sandbox.git(sandbox.folder, 'clone', '-q', repository, remote);
  sandbox.git(remote, 'config', 'receive.denyCurrentBranch', 'updateInstead');
  commit('pushed\n');
  expect(sandbox.git(repository, 'push', '-q', remote, 'main').status).toBe(0);
  expect(readFileSync(join(remote, 'staged.txt'), 'utf8')).toBe('pushed\n');
  writeFileSync(join(remote, 'staged.txt'), 'dirty\n');
  commit('again\n');
  expect(sandbox.git(repository, 'push', '-q', remote, 'main').status).not.toBe(0);
  writeScript(join(remote, '.git', 'hooks', 'push-to-checkout'), '#!/bin/sh\nexit 0\n');
  expect(sandbox.git(repository, 'push', '-q', remote, 'main').status).toBe(0);
});

test("the user's own core.hooksPath is chained and comes back, as it was written", () => {
  mkdirSync(join(home(), 'my hooks'));
  writeScript(join(home(), 'my hooks', 'pre-commit'), '#!/bin/sh\necho mine-ran\n');
  writeScript(join(repository, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\necho local-ran\n');
  sandbox.git(repository, 'config', '--global', 'core.hooksPath', '~/my hooks');
  const before = snapshot(home());
  expect(install().stdout).toContain('my hooks');
  expect(install().status).toBe(0);
  const clean = commit('fine\n');
  expect([clean.all.includes('mine-ran'), clean.all.includes('local-ran')]).toEqual([true, false]);
  expect(commit(apiToken('c')).status).not.toBe(0);
  sandbox.cratesguard(repository, ['uninstall', '--global']);
  expect(snapshot(home())).toEqual(before);
  sandbox.git(repository, 'config', '--global', '--unset', 'core.hooksPath');
});

test("a repository's own core.hooksPath hides it, and status says so", () => {
  install();
  sandbox.git(repository, 'config', 'core.hooksPath', '.githooks');
  const hidden = sandbox.cratesguard(repository, ['status']);
  expect(hidden.status).toBe(1);
  expect(hidden.stdout).toContain('does not look at it here');
  expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
  expect(sandbox.cratesguard(repository, ['status']).status).toBe(0);
});

test('a global configuration that git had to make is gone again', () => {
  const config = join(sandbox.folder, 'fresh-config');
  expect(install({ GIT_CONFIG_GLOBAL: config }).status).toBe(0);
  expect(readFileSync(config, 'utf8')).toContain('hooksPath');
  sandbox.cratesguard(repository, ['uninstall', '--global'], { GIT_CONFIG_GLOBAL: config });
  expect(existsSync(config)).toBe(false);
});

test('a core.hooksPath that wins over ours is an error, and nothing stays', () => {
  const late = join(sandbox.folder, `late-${count}`);
  writeFileSync(late, '[core]\n\thooksPath = /elsewhere\n');
  const config = join(sandbox.folder, `config-${count}`);
  writeFileSync(config, `[core]\n\teditor = x\n[include]\n\tpath = ${late}\n`);
  const before = snapshot(home());
  const answer = install({ GIT_CONFIG_GLOBAL: config });
  expect(answer.status).toBe(3);
  expect(answer.stderr).toContain(late);
  expect(snapshot(home())).toEqual(before);
  expect(readFileSync(config, 'utf8')).not.toContain('hooksPath');
});
