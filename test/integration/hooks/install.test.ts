import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
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
  repository = sandbox.repository(`repository ${count} "it's"`);
});

function commit(text: string, cwd = repository, env: Record<string, string> = {}): Answer {
  writeFileSync(join(cwd, 'staged.txt'), text);
  sandbox.git(cwd, 'add', 'staged.txt');
  const answer = sandbox.run(['git', 'commit', '-q', '-m', 'message'], { cwd, env });
  if (answer.status !== 0) sandbox.git(cwd, 'rm', '-q', '--cached', '-f', 'staged.txt');
  return answer;
}

const leak = (seed: string): string => `key = "${apiToken(seed)}"\n`;
const hook = (name: string): string => join(repository, '.git', 'hooks', name);
const text = (path: string): string => readFileSync(path, 'latin1');

describe('a repository without hooks', () => {
  test('a leak is stopped, clean work passes, and a second install changes nothing', () => {
    expect(sandbox.cratesguard(repository, ['install'])).toMatchObject({ status: 0, stderr: '' });
    expect(commit(leak('a')).status).not.toBe(0);
    expect(commit('fine\n').status).toBe(0);
    const before = snapshot(join(repository, '.git'));
    const again = sandbox.cratesguard(repository, ['install']);
    expect(again.status).toBe(0);
    expect(again.stdout).toContain('everything was in place');
    expect(snapshot(join(repository, '.git'))).toEqual(before);
  });

  test('a manager that is configured and not installed does not stop it, and it says what comes then', () => {
    writeFileSync(join(repository, 'lefthook.yml'), 'pre-commit: {}\n');
    const answer = sandbox.cratesguard(repository, ['install']);
    expect(answer.status).toBe(0);
    expect(answer.stdout).toContain('lefthook.yml is here, but lefthook has not installed its hooks.');
    expect(commit(leak('waiting')).status).not.toBe(0);
  });

  test('uninstall leaves no trace, a hooks folder that was not there included', () => {
    rmSync(join(repository, '.git', 'hooks'), { recursive: true });
    const before = snapshot(repository);
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(existsSync(hook('pre-push'))).toBe(true);
    expect(sandbox.cratesguard(repository, ['uninstall']).status).toBe(0);
    expect(snapshot(repository)).toEqual(before);
    expect(sandbox.cratesguard(repository, ['uninstall']).stdout).toContain('nothing of cratesguard');
  });

  test('only the hooks that are named are written, and wrong names are a usage error', () => {
    expect(sandbox.cratesguard(repository, ['install', '--hooks=pre-push,commit-msg']).status).toBe(0);
    expect(['pre-commit', 'commit-msg', 'pre-push'].map((name) => existsSync(hook(name)))).toEqual([false, true, true]);
    const before = snapshot(repository);
    expect(sandbox.cratesguard(repository, ['install', '--hooks=post-commit']).status).toBe(2);
    expect(sandbox.cratesguard(repository, ['install', '--hooks=']).status).toBe(2);
    expect(snapshot(repository)).toEqual(before);
  });

  test('installs at once end in one good install', async () => {
    writeScript(hook('pre-push'), '#!/usr/bin/env node\nconsole.log("mine");\n');
    const before = snapshot(repository);
    const statuses = await sandbox.cratesguardAtOnce(repository, ['install'], 5);
    expect(statuses).toEqual([0, 0, 0, 0, 0]);
    expect(sandbox.cratesguard(repository, ['status']).status).toBe(0);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(snapshot(repository)).toEqual(before);
  });

  test('install mends a lost run bit and a changed block', () => {
    sandbox.cratesguard(repository, ['install']);
    const good = text(hook('pre-commit'));
    writeScript(hook('pre-commit'), good.replace('cg_run "$@" || exit $?', ':'), 0o644);
    expect(commit(leak('b')).status).toBe(0);
    sandbox.git(repository, 'reset', '-q', '--hard', 'HEAD~1');
    expect(sandbox.cratesguard(repository, ['install']).stdout).toContain('run bit');
    expect(text(hook('pre-commit'))).toBe(good);
    expect(commit(leak('b')).status).not.toBe(0);
  });
});

describe('an existing shell script', () => {
  test('keeps its bytes and mode, runs after the check, and still decides', () => {
    const own =
      '#!/bin/bash\nset -eu\necho "mine $# $-"\ncase ${cg_hook-unset}${cratesguard_lines-unset} in unsetunset) echo alone ;; esac\n[ ! -e refuse ] || exit 7\nexit 0\n\xe9';
    writeScript(hook('pre-commit'), own, 0o750);
    const before = snapshot(repository);
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(lstatSync(hook('pre-commit')).mode & 0o777).toBe(0o750);
    const clean = commit('fine\n');
    expect(clean.status).toBe(0);
    expect(clean.all).toContain('mine 0');
    expect(clean.all).toContain('alone');
    const stopped = commit(leak('c'));
    expect(stopped.status).not.toBe(0);
    expect(stopped.all).not.toContain('mine');
    writeFileSync(join(repository, 'refuse'), '');
    expect(commit('fine too\n').status).not.toBe(0);
    rmSync(join(repository, 'refuse'));
    sandbox.git(repository, 'reset', '-q', '--hard', 'HEAD~1');
    sandbox.cratesguard(repository, ['uninstall']);
    expect(snapshot(repository)['./.git/hooks/pre-commit']).toBe(before['./.git/hooks/pre-commit']);
  });

  test.each([
    ['no shebang', 'echo mine-ran\n'],
    ['a shebang without an end', '#!/bin/sh'],
    ['nothing at all', ''],
    ['env with options', '#!/usr/bin/env -S bash -e\necho mine-ran\n'],
    ['a byte order mark', '\xef\xbb\xbfecho mine-ran\n'],
    ['windows line ends below its first line', '#!/bin/sh\n: \r\n'],
  ])('%s: guarded, and back byte for byte', (_name, own) => {
    writeScript(hook('pre-commit'), own, 0o700);
    const before = snapshot(repository);
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(commit(leak('d')).status).not.toBe(0);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(snapshot(join(repository, '.git', 'hooks'))).toEqual(
      Object.fromEntries(
        Object.entries(before)
          .filter(([name]) => name.startsWith('./.git/hooks'))
          .map(([name, value]) => [name.replace('./.git/hooks', '.'), value]),
      ),
    );
  });

  test('what the user adds later stays, and only the block goes', () => {
    sandbox.cratesguard(repository, ['install']);
    writeScript(hook('pre-commit'), `${text(hook('pre-commit'))}echo added-later\n`);
    expect(commit('fine\n').all).toContain('added-later');
    sandbox.cratesguard(repository, ['uninstall']);
    expect(text(hook('pre-commit'))).toBe('#!/bin/sh\necho added-later\n');
  });

  test.each([
    ['one ref', 'refs/heads/main:refs/heads/main'],
    ['many', '--all'],
  ])('a pre-push script gets what git writes: %s', (_name, refs) => {
    const remote = join(sandbox.folder, `remote-${count}.git`);
    sandbox.git(sandbox.folder, 'init', '-q', '--bare', remote);
    for (let at = 0; at < 120; at += 1) sandbox.git(repository, 'branch', `branch-with-a-long-name-${at}`);
    const log = join(sandbox.folder, `seen-${count}`);
    const own = `#!/bin/sh\necho "$1|$2" >"$LOG"\ncat >>"$LOG"\n`;
    writeScript(hook('pre-push'), own);
    const env = { LOG: log };
    sandbox.run(['git', 'push', '-q', '--no-verify', remote, 'HEAD:refs/heads/other'], { cwd: repository });
    sandbox.run(['git', 'push', '-n', remote, refs], { cwd: repository, env });
    const plain = text(log);
    sandbox.cratesguard(repository, ['install']);
    expect(sandbox.run(['git', 'push', '-n', remote, refs], { cwd: repository, env }).status).toBe(0);
    expect(text(log)).toBe(plain);
    expect(plain.split('\n').length).toBe(refs === '--all' ? 123 : 3);
  });
});

describe('an existing hook that is no shell script', () => {
  const node =
    '#!/usr/bin/env node\nconsole.log("node-hook", process.argv.slice(2).join(), require("node:fs").readFileSync(0, "utf8").trim().split(" ")[2]);\nprocess.exitCode = Number(process.env.MINE ?? 0);\n';

  test('is set aside, called with arguments, input and status as before, and comes back', () => {
    writeScript(hook('pre-push'), node, 0o711);
    const before = snapshot(repository);
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    const remote = join(sandbox.folder, `remote-${count}.git`);
    sandbox.git(sandbox.folder, 'init', '-q', '--bare', remote);
    const pushed = sandbox.git(repository, 'push', '-n', remote, 'main');
    expect(pushed.status).toBe(0);
    expect(pushed.all).toContain(`node-hook ${remote},${remote} refs/heads/main`);
    const refused = sandbox.run(['git', 'push', '-n', remote, 'main'], { cwd: repository, env: { MINE: '9' } });
    expect(refused.status).not.toBe(0);
    sandbox.cratesguard(repository, ['install']);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(snapshot(repository)).toEqual(before);
  });

  test('a link stays a link', () => {
    writeScript(join(repository, 'scripts', 'hook.sh'), '#!/bin/sh\necho linked-ran\n');
    symlinkSync('../../scripts/hook.sh', hook('pre-commit'));
    const before = snapshot(repository);
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(commit(leak('e')).status).not.toBe(0);
    expect(commit('fine\n').all).toContain('linked-ran');
    sandbox.git(repository, 'reset', '-q', '--hard', 'HEAD~1');
    sandbox.cratesguard(repository, ['uninstall']);
    expect(readlinkSync(hook('pre-commit'))).toBe('../../scripts/hook.sh');
    expect(snapshot(repository)['./scripts/hook.sh']).toBe(before['./scripts/hook.sh']);
  });

  test('one that git ignored for want of a run bit stays ignored', () => {
    writeScript(hook('pre-commit'), '#!/bin/sh\necho ignored-ran\n', 0o644);
    const before = snapshot(join(repository, '.git'));
    const answer = sandbox.cratesguard(repository, ['install']);
    expect(answer.stdout).toContain('no run bit');
    const clean = commit('fine\n');
    expect(clean.status).toBe(0);
    expect(clean.all).not.toContain('ignored-ran');
    expect(commit(leak('f')).status).not.toBe(0);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(snapshot(join(repository, '.git', 'hooks'))['./pre-commit']).toBe(before['./hooks/pre-commit']);
  });

  test('what the user wrote into our file is not lost, and their old hook stays beside it', () => {
    writeScript(hook('pre-commit'), '#!/usr/bin/env node\nconsole.log("node-ran");\n');
    sandbox.cratesguard(repository, ['install']);
    writeScript(
      hook('pre-commit'),
      text(hook('pre-commit')).replace('# The hook that was here', 'echo edited-ran\n# The hook that was here'),
    );
    sandbox.cratesguard(repository, ['uninstall']);
    const answer = commit('fine\n');
    expect(answer.all).toContain('edited-ran');
    expect(answer.all).toContain('node-ran');
  });
});

describe('other places', () => {
  test('core.hooksPath in the work tree, from a folder below, and never a hook where git does not look', () => {
    sandbox.git(repository, 'config', 'core.hooksPath', '.githooks');
    mkdirSync(join(repository, 'a', 'b'), { recursive: true });
    expect(sandbox.cratesguard(join(repository, 'a', 'b'), ['install']).status).toBe(0);
    expect(existsSync(hook('pre-commit'))).toBe(false);
    expect(existsSync(join(repository, '.githooks', 'pre-commit'))).toBe(true);
    expect(sandbox.git(repository, 'status', '--short', '-uall').stdout).not.toContain('hook.cjs');
    expect(commit(leak('g')).status).not.toBe(0);
    expect(sandbox.cratesguard(repository, ['status']).status).toBe(0);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(existsSync(join(repository, '.githooks'))).toBe(false);
  });

  test('an absolute core.hooksPath outside', () => {
    const elsewhere = join(sandbox.folder, `else where ${count}`);
    sandbox.git(repository, 'config', 'core.hooksPath', elsewhere);
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(commit(leak('h')).status).not.toBe(0);
    expect(sandbox.cratesguard(repository, ['status']).status).toBe(0);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(existsSync(elsewhere)).toBe(false);
  });

  test('a hooks folder that is a link into the work tree', () => {
    mkdirSync(join(repository, 'tracked'));
    rmSync(join(repository, '.git', 'hooks'), { recursive: true });
    symlinkSync('../tracked', join(repository, '.git', 'hooks'));
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(existsSync(join(repository, 'tracked', 'cratesguard'))).toBe(false);
    expect(commit(leak('i')).status).not.toBe(0);
    expect(sandbox.cratesguard(repository, ['status']).status).toBe(0);
  });

  test('linked work trees share the hooks, and install works from one', () => {
    const tree = join(sandbox.folder, `tree ${count}`);
    sandbox.git(repository, 'worktree', 'add', '-q', tree, '-b', 'side');
    expect(sandbox.cratesguard(tree, ['install']).status).toBe(0);
    expect(commit(leak('j')).status).not.toBe(0);
    expect(commit(leak('j'), tree).status).not.toBe(0);
    expect(sandbox.cratesguard(tree, ['status']).status).toBe(0);
    expect(commit('fine\n', tree).status).toBe(0);
  });

  test('a submodule', () => {
    const library = sandbox.repository(`library-${count}`);
    sandbox.run(['git', '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', library, 'library'], {
      cwd: repository,
    });
    const inside = join(repository, 'library');
    expect(sandbox.cratesguard(inside, ['install']).status).toBe(0);
    expect(commit(leak('k'), inside).status).not.toBe(0);
    expect(sandbox.cratesguard(inside, ['status']).status).toBe(0);
    expect(existsSync(hook('pre-commit'))).toBe(false);
  });

  test('a bare repository gets pre-receive, which no variable of the server switches off', () => {
    const bare = join(sandbox.folder, `bare ${count}.git`);
    sandbox.git(sandbox.folder, 'init', '-q', '--bare', bare);
    const before = snapshot(bare);
    expect(sandbox.cratesguard(bare, ['install']).status).toBe(0);
    expect(sandbox.cratesguard(bare, ['status']).status).toBe(0);
    expect(sandbox.git(repository, 'push', bare, 'main').status).toBe(0);
    writeFileSync(join(repository, 'leak.txt'), leak('l'));
    sandbox.git(repository, 'add', '.');
    sandbox.git(repository, 'commit', '-q', '--no-verify', '-m', 'leak');
    expect(
      sandbox.run(['git', 'push', bare, 'main'], { cwd: repository, env: { CRATESGUARD_SKIP: '1' } }).status,
    ).not.toBe(0);
    sandbox.cratesguard(bare, ['uninstall']);
    expect(Object.keys(snapshot(bare)).filter((name) => name.includes('cratesguard'))).toEqual([]);
    expect(snapshot(bare)['./hooks']).toEqual(before['./hooks']);
  });

  test('the program folder is gone: suspicious work stops with what to run, clean work passes', () => {
    sandbox.cratesguard(repository, ['install']);
    rmSync(join(repository, '.git', 'cratesguard'), { recursive: true });
    expect(commit('fine\n').status).toBe(0);
    const stopped = commit(leak('m'));
    expect(stopped.status).not.toBe(0);
    expect(stopped.all).toContain('cratesguard install');
  });

  test('a repository that was moved', () => {
    sandbox.cratesguard(repository, ['install']);
    const moved = join(sandbox.folder, `moved ${count}`);
    sandbox.run(['mv', repository, moved]);
    expect(commit(leak('n'), moved).status).not.toBe(0);
    expect(sandbox.cratesguard(moved, ['status']).status).toBe(0);
  });
});

describe('what cannot be done', () => {
  test('no repository', () => {
    const answer = sandbox.cratesguard(sandbox.folder, ['install']);
    expect(answer).toMatchObject({ status: 3, stdout: '' });
    expect(answer.stderr).toContain('no git repository');
  });

  test('git is missing or too old', () => {
    const empty = join(sandbox.folder, 'empty');
    mkdirSync(empty, { recursive: true });
    expect(sandbox.cratesguard(repository, ['install'], { PATH: empty })).toMatchObject({ status: 3 });
    const old = join(sandbox.folder, 'old');
    writeScript(join(old, 'git'), '#!/bin/sh\necho git version 2.31.9\n');
    const answer = sandbox.cratesguard(repository, ['install'], { PATH: old });
    expect(answer.status).toBe(3);
    expect(answer.stderr).toContain('2.32');
  });

  test.each(['.git/hooks', '.git/hooks/pre-push', '.git/cratesguard'])('%s is in the way: nothing changes', (name) => {
    rmSync(join(repository, '.git', 'hooks'), { recursive: true });
    if (name.endsWith('pre-push')) mkdirSync(join(repository, name), { recursive: true });
    else writeFileSync(join(repository, name), 'a file');
    const before = snapshot(repository);
    const answer = sandbox.cratesguard(repository, ['install']);
    expect(answer.status).toBe(3);
    expect(answer.stderr).toContain(name.split('/').at(-1));
    expect(snapshot(repository)).toEqual(before);
  });

  test('a block whose end is missing is left alone and said', () => {
    sandbox.cratesguard(repository, ['install']);
    writeScript(hook('pre-commit'), text(hook('pre-commit')).replace('# <<< cratesguard <<<\n', ''));
    const before = snapshot(repository);
    for (const command of ['install', 'uninstall']) {
      const answer = sandbox.cratesguard(repository, [command]);
      expect(answer.status).toBe(3);
      expect(answer.stderr).toContain('pre-commit');
    }
    expect(snapshot(repository)).toEqual(before);
  });

  test('a prepare script on a build machine installs nothing and says so', () => {
    const before = snapshot(repository);
    const answer = sandbox.cratesguard(repository, ['install'], { CI: 'true', npm_lifecycle_event: 'prepare' });
    expect(answer.status).toBe(0);
    expect(answer.stdout).toContain('CI');
    expect(snapshot(repository)).toEqual(before);
    expect(sandbox.cratesguard(repository, ['install'], { CI: 'true' }).status).toBe(0);
    expect(existsSync(hook('pre-commit'))).toBe(true);
  });

  test('a prepare script where there is no repository passes and says so', () => {
    const folder = join(sandbox.folder, `no-repository-${count}`);
    mkdirSync(folder);
    const answer = sandbox.cratesguard(folder, ['install'], { npm_lifecycle_event: 'prepare' });
    expect(answer.status).toBe(0);
    expect(answer.stdout).toContain('no git repository');
    expect(sandbox.cratesguard(folder, ['install']).status).toBe(3);
  });

  test.each(['{"hal', '[]', '{"hookFolders":1}'])('a damaged record %p is mended', (damaged) => {
    const before = snapshot(repository);
    const record = join(repository, '.git', 'cratesguard', 'install.json');
    sandbox.cratesguard(repository, ['install']);
    const good = text(record);
    writeFileSync(record, damaged);
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(text(record)).toBe(good);
    writeFileSync(record, damaged);
    expect(sandbox.cratesguard(repository, ['uninstall']).status).toBe(0);
    expect(snapshot(repository)).toEqual(before);
  });

  test('a hooks folder that a link leads out of the repository is refused', () => {
    const outside = join(sandbox.folder, `outside-${count}`);
    mkdirSync(outside);
    rmSync(join(repository, '.git', 'hooks'), { recursive: true, force: true });
    symlinkSync(outside, join(repository, '.git', 'hooks'));
    const answer = sandbox.cratesguard(repository, ['install']);
    expect(answer.status).toBe(3);
    expect(answer.stderr).toContain('leads out of the repository');
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe('a core.hooksPath that switches hooks off', () => {
  test.each(['', '/dev/null'])('%p: nothing is written, and status says that nothing runs', (value) => {
    sandbox.git(repository, 'config', 'core.hooksPath', value);
    const before = snapshot(repository);
    const answer = sandbox.cratesguard(repository, ['install']);
    expect(answer.status).toBe(3);
    expect(answer.stderr).toContain('git runs no hooks here: core.hooksPath is');
    expect(answer.stderr).toContain('git config --local --unset core.hooksPath');
    expect(sandbox.cratesguard(repository, ['status']).status).toBe(1);
    expect(sandbox.cratesguard(repository, ['uninstall']).status).toBe(0);
    expect(snapshot(repository)).toEqual(before);
  });
});

test('git is heard to the end, also where it ends before its words arrive', () => {
  const bin = join(sandbox.folder, `slow-git-${count}`);
  const real = sandbox.run(['sh', '-c', 'command -v git']).stdout.trim();
  writeScript(
    join(bin, 'git'),
    `#!/bin/sh\ncase $1 in version | config) ( sleep 0.3; exec '${real}' "$@" ) & ;; *) exec '${real}' "$@" ;; esac\n`,
  );
  const answer = sandbox.cratesguard(repository, ['install'], { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
  expect(answer).toMatchObject({ status: 0, stderr: '' });
});
