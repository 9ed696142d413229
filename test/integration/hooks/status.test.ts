import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  repository = sandbox.repository(`repository ${count}`);
});

const hook = (name: string): string => join(repository, '.git', 'hooks', name);
const text = (path: string): string => readFileSync(path, 'latin1');

interface Told {
  readonly protected: boolean;
  readonly hidesGlobal: boolean;
  readonly program: { readonly state: string };
  readonly hooks: readonly { readonly hook: string; readonly protects: boolean; readonly state: string }[];
}

function told(env: Readonly<Record<string, string>> = {}): Told & { readonly state: (name: string) => string } {
  const { status, stdout } = sandbox.cratesguard(repository, ['status', '--format=json'], env);
  const answer = JSON.parse(stdout) as Told;
  expect(status).toBe(answer.protected ? 0 : 1);
  return { ...answer, state: (name) => answer.hooks.find((item) => item.hook === name)?.state ?? 'none' };
}

test('what keeps a hook from stopping a leak is told, and mended by install', () => {
  expect(told().hooks.map(({ state }) => state)).toEqual(['missing', 'missing', 'missing', 'missing']);
  sandbox.cratesguard(repository, ['install']);
  const good = text(hook('pre-commit'));
  expect(told()).toMatchObject({ protected: true, program: { state: 'current' } });

  const ran = join(sandbox.folder, `ran-${count}`);
  const cases: readonly (readonly [string, string, number?])[] = [
    ['not-executable', good, 0o644],
    ['block-no-block', `#!/bin/sh\n# cratesguard\ntouch '${ran}'\n`],
    ['block-changed', good.replace('cg_bypass ||', 'true ||')],
    ['block-outdated', good.replace(/(>>> cratesguard >>> )[0-9.]+/, '$10.0.1').replace('cg_bypass ||', 'true ||')],
    ['block-moved', good.replace('#!/bin/sh\n', `#!/bin/sh\ntouch '${ran}'\n`)],
    ['block-damaged', good.replace('# <<< cratesguard <<<', '#')],
  ];
  for (const [state, content, mode = 0o755] of cases) {
    writeScript(hook('pre-commit'), content, mode);
    expect([state, told().state('pre-commit')]).toEqual([state, state]);
    if (state !== 'block-damaged') expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    else rmSync(hook('pre-commit'));
    sandbox.cratesguard(repository, ['install']);
  }
  expect(existsSync(ran)).toBe(false);
  expect(told().protected).toBe(true);
});

test.each([
  ['0.0.1', /from cratesguard 0\.0\.1, older than this one/, "To renew the hooks: run 'cratesguard install'."],
  ['99.10.0', /from cratesguard 99\.10\.0, newer than this one/, 'Update this cratesguard, or run'],
])('hooks of version %s are told from those of this one, with what to do', (version, age, advice) => {
  sandbox.cratesguard(repository, ['install']);
  const good = text(hook('pre-commit'));
  const other = good.replace(/(>>> cratesguard >>> )[0-9.]+/, `$1${version}`).replace('cg_bypass ||', 'true ||');
  writeScript(hook('pre-commit'), other, 0o755);
  const { stdout, status } = sandbox.cratesguard(repository, ['status']);
  expect(stdout).toMatch(age);
  expect(stdout).toContain(advice);
  expect(status).toBe(1);
  expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
  expect(text(hook('pre-commit'))).toBe(good);
});

test('a record of a later format is not guessed at', () => {
  sandbox.cratesguard(repository, ['install']);
  const record = join(repository, '.git', 'cratesguard', 'install.json');
  writeFileSync(record, text(record).replace('"version": 1', '"version": 2'));
  const { status, all } = sandbox.cratesguard(repository, ['uninstall']);
  expect(all).toContain('newer cratesguard');
  expect(status).toBe(3);
});

test("the user's own code is not run, and nothing in the repository changes", () => {
  const ran = join(sandbox.folder, `ran-${count}`);
  writeScript(hook('pre-commit'), `#!/bin/sh\ntouch '${ran}'\n`);
  writeScript(hook('pre-push'), `#!/usr/bin/env node\nrequire('node:fs').writeFileSync(${JSON.stringify(ran)}, '');\n`);
  sandbox.cratesguard(repository, ['install']);
  writeFileSync(join(repository, 'staged.txt'), apiToken('mine'));
  sandbox.git(repository, 'add', '.');
  const before = snapshot(repository);
  const objects = snapshot(join(repository, '.git', 'objects', '..')); // the folder's own entries
  const count0 = sandbox.git(repository, 'count-objects', '-v').stdout;
  expect(told().protected).toBe(true);
  expect(existsSync(ran)).toBe(false);
  expect(snapshot(repository)).toEqual(before);
  expect(snapshot(join(repository, '.git', 'objects', '..'))).toEqual(objects);
  expect(sandbox.git(repository, 'count-objects', '-v').stdout).toBe(count0);
});

test('the program, Node.js and variables that switch hooks off', () => {
  sandbox.cratesguard(repository, ['install']);
  expect(told({ CRATESGUARD_SKIP: '1' }).protected).toBe(false);
  expect(told({ CRATESGUARD_NODE: '/nonexistent/node' }).state('pre-commit')).toBe('unjudged');
  writeFileSync(join(repository, '.git', 'cratesguard', 'hook.cjs'), 'process.exitCode = 0;\n');
  expect(told()).toMatchObject({ protected: false, program: { state: 'other' } });
  expect(told().state('pre-push')).toBe('passes');
  rmSync(join(repository, '.git', 'cratesguard'), { recursive: true });
  expect(told()).toMatchObject({ protected: false, program: { state: 'missing' } });
  expect(told().state('commit-msg')).toBe('unjudged');
});

test('what a whole install lets pass is not mended by another install', () => {
  // The stand-in knows no configuration; one program that lets all pass, on both sides, is as good.
  const program = join(sandbox.program, 'hook.cjs');
  const standIn = readFileSync(program);
  writeFileSync(program, 'process.exitCode = 0;\n');
  try {
    sandbox.cratesguard(repository, ['install']);
    const { status, stdout } = sandbox.cratesguard(repository, ['status']);
    expect(status).toBe(1);
    expect(stdout).toContain('look at its rules, exclude and allowlist');
    expect(stdout).not.toContain("run 'cratesguard install'");
  } finally {
    writeFileSync(program, standIn);
  }
});

test('a core.hooksPath that leads elsewhere, a repository without a commit, a folder below', () => {
  sandbox.cratesguard(repository, ['install']);
  rmSync(join(repository, '.git', 'refs', 'heads', 'main'));
  mkdirSync(join(repository, 'below'));
  expect(sandbox.cratesguard(join(repository, 'below'), ['status']).status).toBe(0);
  sandbox.git(repository, 'config', 'core.hooksPath', 'elsewhere');
  const answer = sandbox.cratesguard(repository, ['status']);
  expect(answer.status).toBe(1);
  expect(answer.stdout).toContain('elsewhere');
});

describe('husky 9', () => {
  const husky = (env: Readonly<Record<string, string>> = {}): Answer =>
    sandbox.run([process.execPath, join(__dirname, '..', '..', '..', 'node_modules', 'husky', 'bin.js')], {
      cwd: repository,
      env,
    });

  test('its own folder is left alone, the tracked hook guards, and a clone without the program stops what is suspicious', () => {
    expect(husky().status).toBe(0);
    writeFileSync(join(repository, '.husky', 'pre-commit'), 'echo tracked-ran\n');
    const runner = snapshot(join(repository, '.husky', '_'));
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
    expect(snapshot(join(repository, '.husky', '_'))).toEqual(runner);
    expect(told().protected).toBe(true);
    expect(told({ HUSKY: '0' }).protected).toBe(false);
    expect(husky().status).toBe(0);
    expect(told().protected).toBe(true);
    sandbox.git(repository, 'add', '.');
    const committed = sandbox.git(repository, 'commit', '-q', '-m', 'hooks');
    expect([committed.status, committed.all.includes('tracked-ran')]).toEqual([0, true]);

    const clone = join(sandbox.folder, `clone ${count}`);
    sandbox.git(sandbox.folder, 'clone', '-q', repository, clone);
    sandbox.git(clone, 'config', 'core.hooksPath', '.husky/_');
    repository = clone;
    expect(told().state('pre-push')).toBe('husky-missing');
    expect(husky().status).toBe(0);
    writeFileSync(join(clone, 'a.txt'), 'fine\n');
    sandbox.git(clone, 'add', '.');
    expect(sandbox.git(clone, 'commit', '-q', '-m', 'fine').status).toBe(0);
    writeFileSync(join(clone, 'b.txt'), apiToken('husky'));
    sandbox.git(clone, 'add', '.');
    const stopped = sandbox.git(clone, 'commit', '-q', '-m', 'leak');
    expect(stopped.status).not.toBe(0);
    expect(stopped.all).toContain('cratesguard install');
    const log = join(sandbox.folder, `fallback-${count}`);
    writeScript(join(clone, 'node_modules', '.bin', 'cratesguard'), `#!/bin/sh\necho "$@" >'${log}'\nexit 1\n`);
    expect(sandbox.git(clone, 'commit', '-q', '-m', 'leak').status).not.toBe(0);
    expect(text(log)).toBe('hook pre-commit\n');
    expect(sandbox.cratesguard(clone, ['install']).stdout).toContain('(unchanged)'.replace('unchanged', 'in place'));
    expect(told().protected).toBe(true);
  });

  test('uninstall leaves its tracked hooks as they were', () => {
    husky();
    writeFileSync(join(repository, '.husky', 'pre-commit'), 'echo tracked-ran\n');
    const before = snapshot(repository);
    sandbox.cratesguard(repository, ['install']);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(snapshot(repository)).toEqual(before);
  });
});

describe('managers that own their files', () => {
  const generated: Readonly<Record<string, string>> = {
    lefthook:
      '#!/bin/sh\n\nif [ "$LEFTHOOK" = "0" ]; then\n  exit 0\nfi\n\ncall_lefthook()\n{\n  lefthook "$@"\n}\n\ncall_lefthook run "pre-commit" "$@"\n',
    'pre-commit':
      '#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n# ID: 138fd403232d2ddd5efb44317e38bf03\n',
    prek: '#!/bin/sh\n# File generated by prek: https://github.com/j178/prek\n# ID: 182c10f181da4464a3eec51b83331688\n',
  };

  test.each(Object.keys(generated))(
    '%s: nothing is changed, the lines are printed, and status tells when they are in',
    (name) => {
      for (const hookName of ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'])
        writeScript(hook(hookName), generated[name] ?? '');
      const before = snapshot(repository);
      const answer = sandbox.cratesguard(repository, ['install']);
      expect(answer.status).toBe(1);
      expect(answer.stdout).toContain(name);
      expect(snapshot(repository)).toEqual(before);
      expect(told().state('pre-commit')).toBe('managed-without-us');
      const file = name === 'lefthook' ? 'lefthook.yml' : '.pre-commit-config.yaml';
      expect(answer.stdout).toContain(file);
      const lines = answer.stdout.split('\n\n')[1] ?? '';
      writeFileSync(join(repository, file), lines);
      // pre-commit and prek keep the lines of a push to themselves: what they call can't judge it.
      if (name === 'lefthook') expect(lines).toContain('use_stdin: true');
      else {
        expect(lines).not.toContain('pre-push');
        writeFileSync(join(repository, file), `${lines}      - entry: cratesguard hook pre-push\n`);
        expect(told().state('pre-push')).toBe('managed-without-us');
        expect(sandbox.cratesguard(repository, ['install']).status).toBe(1);
        rmSync(hook('pre-push'));
        expect(sandbox.cratesguard(repository, ['install', '--hooks=pre-push']).status).toBe(0);
      }
      expect(told()).toMatchObject({ protected: true });
      expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
      writeFileSync(join(repository, file), lines.replaceAll('cratesguard hook commit-msg', '# cratesguard hook'));
      expect(told().state('commit-msg')).toBe('managed-without-us');
    },
  );

  test('a configuration alone is no manager, and a hook that the manager does not own can be ours', () => {
    writeFileSync(join(repository, 'lefthook.yml'), 'pre-commit:\n');
    writeScript(hook('pre-commit'), generated['lefthook'] ?? '');
    expect(sandbox.cratesguard(repository, ['install', '--hooks=pre-push']).status).toBe(0);
    rmSync(hook('pre-commit'));
    expect(sandbox.cratesguard(repository, ['install']).status).toBe(0);
  });

  test('pre-commit, installed over ours, runs it still', () => {
    sandbox.cratesguard(repository, ['install']);
    for (const name of ['pre-commit', 'pre-push']) {
      writeScript(hook(`${name}.legacy`), text(hook(name)));
      writeScript(hook(name), generated['pre-commit'] ?? '');
    }
    expect(told().protected).toBe(true);
    sandbox.cratesguard(repository, ['uninstall']);
    expect(existsSync(hook('pre-push.legacy'))).toBe(false);
    expect(text(hook('pre-push'))).toBe(generated['pre-commit']);
  });
});
