import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { ciUpstream, type CiUpstream } from '../support/ci-upstream';
import { projectRoot } from '../support/project';
import { hasPrograms, testWhere } from '../support/tools';

/** The GitLab CI component, included as a component, in a real runner: gitlab-ci-local with its shell executor. */

const testHere = testWhere(hasPrograms('gitlab-ci-local', 'node26', 'rsync'));
const ZERO = '0'.repeat(40);

let up: CiUpstream;
let count = 0;

beforeAll(() => {
  up = ciUpstream(join(projectRoot, 'dist', 'cratesguard.cjs'), packageJson.version);
  // gitlab-ci-local gets a component by `git archive --remote=ssh://…`.
  const git = (...args: readonly string[]) => up.repository.git('-C', join(up.folder, 'component'), ...args);
  up.repository.git('init', '-q', '-b', 'main', join(up.folder, 'component'));
  execFileSync('cp', ['-R', join(projectRoot, 'templates'), join(up.folder, 'component')]);
  git('add', '.');
  git('-c', 'user.name=c', '-c', 'user.email=c@example.com', 'commit', '-q', '-m', 'templates');
  git('tag', '1.0.0');
  const ssh = `#!/bin/sh\nexec git-upload-archive '${join(up.folder, 'component')}'\n`;
  writeFileSync(join(up.path, 'ssh'), ssh, { mode: 0o755 });
});
afterAll(() => {
  up.repository.remove();
});

interface Run {
  readonly status: number | null;
  readonly text: string;
  readonly report: { vulnerabilities: { location: { file: string } }[]; scan: { status: string } } | null;
}

function pipeline(
  head: string,
  variables: Record<string, string>,
  inputs: Record<string, string> = {},
  depth = 0,
): Run {
  count += 1;
  const at = join(up.folder, `run-${count}`);
  const git = (...args: readonly string[]) => up.repository.git(...args);
  if (depth === 0) git('clone', '-q', '--no-checkout', up.repository.path, at);
  else git('clone', '-q', '--no-checkout', `--depth=${depth}`, '--branch=topic', `file://${up.repository.path}`, at);
  git('-C', at, 'checkout', '-q', '--detach', head);
  const upstream = git('-C', at, 'remote', 'get-url', 'origin');
  git('-C', at, 'remote', 'set-url', 'origin', 'git@gitlab.example.com:o/r.git');
  git('-C', at, 'config', `url.file://${upstream.replace('file://', '')}.insteadOf`, 'git@gitlab.example.com:o/r.git');
  const withInputs = Object.entries(inputs).map(([name, value]) => `      ${name}: ${value}\n`);
  writeFileSync(
    join(at, '.gitlab-ci.yml'),
    `include:\n  - component: $CI_SERVER_FQDN/o/cratesguard/scan@1.0.0\n${withInputs.length === 0 ? '' : `    inputs:\n${withInputs.join('')}`}`,
  );
  git('-C', at, 'add', '.gitlab-ci.yml');
  const told = {
    GITLAB_CI: 'true',
    CI_COMMIT_SHA: head,
    CI_DEFAULT_BRANCH: 'main',
    CI_COMMIT_BEFORE_SHA: ZERO,
    ...variables,
  };
  const runner = join(execFileSync('sh', ['-c', 'command -v gitlab-ci-local'], { encoding: 'utf8' }).trim());
  const { status, stdout, stderr } = spawnSync(
    'node26',
    [
      runner,
      '--force-shell-executor',
      ...Object.entries(told).flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
    ],
    {
      cwd: at,
      encoding: 'utf8',
      env: {
        ...up.repository.env,
        PATH: `${up.path}:${process.env['PATH'] ?? ''}`,
        GIT_SSH_COMMAND: join(up.path, 'ssh'),
        GIT_SSH_VARIANT: 'ssh',
      },
    },
  );
  const text = stdout + stderr;
  expect(text.includes(up.key)).toBe(false);
  let report: Run['report'] = null;
  try {
    const file = join(at, '.gitlab-ci-local', 'artifacts', 'cratesguard', 'gl-secret-detection-report.json');
    report = JSON.parse(readFileSync(file, 'utf8')) as Run['report'];
  } catch {
    // the test looks at what it is
  }
  rmSync(join(at, '.gitlab-ci-local'), { recursive: true, force: true });
  return { status, text, report };
}

const branch = (before = ZERO) => ({
  CI_PIPELINE_SOURCE: 'push',
  CI_COMMIT_BRANCH: 'topic',
  CI_COMMIT_BEFORE_SHA: before,
});
const request = () => ({
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '7',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'topic',
  CI_MERGE_REQUEST_DIFF_BASE_SHA: up.first,
});

describe.each<[string, () => Record<string, string>]>([
  ['a push', () => branch(up.first)],
  ['a first push', () => branch()],
  ['a merge request', request],
])('%s', (_what, variables) => {
  testHere('in a whole clone, with a report', () => {
    const run = pipeline(up.topic, variables());
    expect([run.status, run.report?.vulnerabilities.map(({ location }) => location.file)]).toEqual([1, ['k.txt']]);
  });

  testHere('in a clone of one commit: not clean, and whole with fetch', () => {
    const run = pipeline(up.topic, variables(), {}, 1);
    expect([run.status, run.report?.scan.status]).toEqual([1, 'failure']);
    expect(run.text).toContain('GIT_DEPTH');
    expect(pipeline(up.topic, variables(), { fetch: 'true' }, 1).report?.vulnerabilities).toHaveLength(1);
  });
});

testHere('a clean run passes', () => {
  const clean = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', CI_COMMIT_BEFORE_SHA: up.first };
  const run = pipeline(up.main, clean);
  expect([run.status, run.report?.vulnerabilities]).toEqual([0, []]);
});

testHere('fail, config-from and args do what they say', () => {
  expect(pipeline(up.topic, branch(up.first), { fail: 'false' })).toMatchObject({
    status: 0,
    report: { vulnerabilities: [{}] },
  });
  expect(pipeline(up.topic, branch(up.first), { args: '--exclude=k.txt', 'config-from': 'HEAD' }).status).toBe(0);
});
