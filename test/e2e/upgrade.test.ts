import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../support/credential';
import { temporaryFolder } from '../support/packed';
import { projectRoot } from '../support/project';
import { privateEnvironment, repositoryAt, type Repository } from '../support/repository';
import { apiToken } from '../support/tokens';
import { hasPrograms, testWhere } from '../support/tools';

/** Hooks that the first version installed, met by this one. .ci/run builds that version from its commit. */

const testHere = testWhere(hasPrograms('cratesguard-first') && process.platform !== 'win32');
const folder = temporaryFolder();
const first = findProgram('cratesguard-first') ?? '';
const current = join(projectRoot, 'dist', 'cratesguard.cjs');

afterAll(() => {
  folder.remove();
});

interface Answer {
  readonly status: number | null;
  readonly text: string;
}

interface Project extends Repository {
  run(program: string, ...args: readonly string[]): Answer;
  /** git, with its hooks. */
  tryCommit(content: string): Answer;
  hooks(): Readonly<Record<string, string>>;
}

function project(name: string): Project {
  const home = join(folder.path, name);
  mkdirSync(home);
  const outside = Object.entries(privateEnvironment(home)).filter(([key]) => !/^(?:CI$|npm_|CRATESGUARD_)/.test(key));
  const env = Object.fromEntries(outside);
  const repository = repositoryAt(join(home, 'repository'), env);
  const start = (program: string, ...args: readonly string[]): Answer => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: repository.path, env, encoding: 'utf8' });
    return { status, text: stdout + stderr };
  };
  const hooksFolder = join(repository.path, '.git', 'hooks');
  return {
    ...repository,
    run: (program, ...args) => start(process.execPath, program, ...args),
    tryCommit: (content) => {
      repository.stage('file.txt', content);
      return start('git', 'commit', '-m', 'a change');
    },
    hooks: () =>
      Object.fromEntries(
        readdirSync(hooksFolder)
          .filter((file) => !file.endsWith('.sample'))
          .map((file) => [file, readFileSync(join(hooksFolder, file), 'latin1')]),
      ),
  };
}

testHere('hooks of the first version are recognised, renewed in place, and taken out without a trace', () => {
  const here = project('own-hook');
  const own = '#!/bin/sh\necho "the hook that was there"\n';
  const hook = join(here.path, '.git', 'hooks', 'pre-commit');
  mkdirSync(join(here.path, '.git', 'hooks'), { recursive: true });
  writeFileSync(hook, own);
  chmodSync(hook, 0o755);
  const before = here.hooks();

  expect(here.run(first, 'install').status).toBe(0);
  const old = here.run(current, 'status');
  expect(old.text).toMatch(/pre-push +it is from an older version of cratesguard than this one/);
  expect(old.text).toContain("To renew the hooks: run 'cratesguard install'.");
  expect(old.status).toBe(1);
  // Until then the old ones go on.
  expect(here.tryCommit(`token = "${apiToken('old')}"\n`).status).not.toBe(0);

  const renewed = here.run(current, 'install');
  expect(renewed.text).toMatch(/pre-commit .*\(updated\)/);
  expect(renewed.status).toBe(0);
  expect(here.run(current, 'status').status).toBe(0);
  const blocked = here.tryCommit(`token = "${apiToken('new')}"\n`);
  expect(blocked.text).toContain('file.txt:1:10');
  expect(blocked.status).not.toBe(0);
  const passed = here.tryCommit('nothing\n');
  expect(passed.text).toContain('the hook that was there');
  expect(passed.status).toBe(0);

  expect(here.run(current, 'uninstall').status).toBe(0);
  expect(here.hooks()).toEqual(before);
  expect(readdirSync(join(here.path, '.git')).filter((file) => file.startsWith('cratesguard'))).toEqual([]);
});

testHere('what the first version installed is taken out by this one alone', () => {
  const here = project('uninstall');
  const before = here.hooks();
  expect(here.run(first, 'install').status).toBe(0);
  expect(here.run(current, 'uninstall').status).toBe(0);
  expect(here.hooks()).toEqual(before);
});

testHere('the first version’s hooks of all repositories are renewed', () => {
  const here = project('global');
  expect(here.run(first, 'install', '--global').status).toBe(0);
  const old = here.run(current, 'status');
  expect(old.text).toContain("To renew the hooks: run 'cratesguard install --global'.");
  expect(here.run(current, 'install', '--global').status).toBe(0);
  expect(here.run(current, 'status').status).toBe(0);
  expect(here.run(current, 'uninstall', '--global').status).toBe(0);
  expect(here.git('config', '--global', '--default', '', '--get', 'core.hooksPath')).toBe('');
});

testHere('a configuration that the first version took still counts', () => {
  const here = project('configuration');
  const secret = apiToken('allowed');
  here.stage('file.txt', `token = "${secret}"\n`);
  const report = JSON.parse(here.run(first, '--staged', '--format', 'json').text) as {
    readonly findings: readonly { readonly fingerprint: string }[];
  };
  const { fingerprint } = report.findings[0] ?? { fingerprint: '' };
  here.write('.cratesguardrc', `allowlist:\n  - fingerprint: ${fingerprint}\n    reason: revoked\n`);
  expect(here.run(first, '--staged').status).toBe(0);
  expect(here.run(current, '--staged').status).toBe(0);
});
