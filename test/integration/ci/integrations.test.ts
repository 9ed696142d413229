import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import packageJson from '../../../package.json';
import { ciUpstream, type CiUpstream } from '../../support/ci-upstream';
import { projectFiles, projectRoot, readProjectFile } from '../../support/project';
import { hasPrograms, testWhere } from '../../support/tools';

/** What people copy: each file against its platform's schema, and its own shell lines in a clone as it asks for one. */

const FOLDERS = 'integrations/';

/** The schemas inside check-jsonschema. Jenkins has none. */
const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  'action.yml': ['vendor.github-actions'],
  [`${FOLDERS}github/cratesguard.yml`]: ['vendor.github-workflows'],
  [`${FOLDERS}gitlab/.gitlab-ci.yml`]: ['vendor.gitlab-ci'],
  [`${FOLDERS}bitbucket/bitbucket-pipelines.yml`]: ['vendor.bitbucket-pipelines'],
  [`${FOLDERS}circleci/config.yml`]: ['vendor.circle-ci'],
  [`${FOLDERS}circleci/orb.yml`]: ['vendor.circle-ci'],
  [`${FOLDERS}travis/.travis.yml`]: ['vendor.travis'],
  [`${FOLDERS}azure/azure-pipelines.yml`]: ['vendor.azure-pipelines', '--regex-variant', 'python'],
  [`${FOLDERS}buildkite/pipeline.yml`]: ['vendor.buildkite'],
  [`${FOLDERS}woodpecker/.woodpecker.yaml`]: ['vendor.woodpecker-ci'],
  [`${FOLDERS}drone/.drone.yml`]: ['vendor.drone-ci'],
};

const schemaTest = testWhere(hasPrograms('check-jsonschema'));

describe.each(Object.entries(SCHEMAS))('%s', (path, [schema = '', ...options]) => {
  const check = (file: string): number | null =>
    spawnSync('check-jsonschema', ['--builtin-schema', schema, ...options, file], { encoding: 'utf8' }).status;

  schemaTest('is valid', () => {
    expect(check(join(projectRoot, path))).toBe(0);
  });
});

schemaTest('the GitLab component is valid below its inputs', () => {
  const [, job] = parseAllDocuments(readProjectFile('templates/scan.yml'));
  const folder = mkdtempSync(join(tmpdir(), 'cratesguard-template-'));
  writeFileSync(join(folder, 'job.yml'), String(job).replace("'$[[ inputs.job-name ]]'", 'cratesguard'));
  const { status } = spawnSync('check-jsonschema', ['--builtin-schema', 'vendor.gitlab-ci', join(folder, 'job.yml')]);
  rmSync(folder, { recursive: true });
  expect(status).toBe(0);
});

testWhere(hasPrograms('actionlint', 'zizmor'))('the workflow has nothing for actionlint and zizmor to say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratesguard-workflow-'));
  const file = join(folder, '.github', 'workflows', 'cratesguard.yml');
  mkdirSync(join(file, '..'), { recursive: true });
  // No release is there yet whose commit could stand here.
  writeFileSync(file, readProjectFile(`${FOLDERS}github/cratesguard.yml`).replace('@v1', `@${'a'.repeat(40)}`));
  const said = [
    spawnSync('actionlint', [file], { encoding: 'utf8' }),
    spawnSync('zizmor', ['--offline', '--quiet', '--no-exit-codes', '--format=json', file], { encoding: 'utf8' }),
  ].map(({ stdout }) => stdout.trim());
  rmSync(folder, { recursive: true });
  expect(said).toEqual(['', '[]']);
});

test('every file names the version of this package', () => {
  const files = [...projectFiles(/^(?:integrations|templates)\//), 'docs/ci.md'];
  const named = files.flatMap((path) =>
    [...readProjectFile(path).matchAll(/cratesguard@(\d[\w.-]*)/g)].map(([, one]) => one),
  );
  expect(new Set(named)).toEqual(new Set([packageJson.version]));
  expect(named.length).toBeGreaterThan(8);
});

let up: CiUpstream;
beforeAll(() => {
  up = ciUpstream(join(projectRoot, 'dist', 'cratesguard.cjs'), packageJson.version);
});
afterAll(() => {
  up.repository.remove();
});

let count = 0;

/** A clone as the platform's file asks for it: with every branch, or with the pushed one only. */
function clone(branches: 'all' | 'one'): string {
  count += 1;
  const at = join(up.folder, `work-${count}`);
  const only = branches === 'one' ? ['--single-branch', '--branch=topic'] : [];
  up.repository.git('clone', '-q', '--no-checkout', ...only, `file://${up.repository.path}`, at);
  up.repository.git('-C', at, 'checkout', '-q', '--detach', 'origin/topic');
  return at;
}

/** The shell lines of a file that call the program. */
function linesOf(path: string): string {
  const lines = readProjectFile(path).match(/npx --yes cratesguard@[^'\n]*/g) ?? [];
  return lines[0]?.replace(' << parameters.args >>', '') ?? 'false';
}

const head = () => up.topic;
const PLATFORMS: readonly (readonly [
  file: string,
  branches: 'all' | 'one',
  push: () => Record<string, string>,
  pull: () => Record<string, string>,
])[] = [
  [
    'bitbucket/bitbucket-pipelines.yml',
    'all',
    () => ({ BITBUCKET_BUILD_NUMBER: '1', BITBUCKET_COMMIT: head(), BITBUCKET_BRANCH: 'topic' }),
    () => ({ BITBUCKET_PR_ID: '7', BITBUCKET_PR_DESTINATION_BRANCH: 'main' }),
  ],
  [
    'circleci/config.yml',
    'all',
    () => ({ CIRCLECI: 'true', CIRCLE_SHA1: head(), CIRCLE_BRANCH: 'topic', CIRCLE_BASE_REVISION: '' }),
    () => ({ CIRCLE_PULL_REQUEST: 'https://example.com/pull/7' }),
  ],
  [
    'circleci/orb.yml',
    'all',
    () => ({ CIRCLECI: 'true', CIRCLE_SHA1: head(), CIRCLE_BRANCH: 'topic', CIRCLE_BASE_REVISION: up.first }),
    () => ({ CIRCLE_PR_NUMBER: '7', CIRCLE_TARGET_BRANCH: 'main' }),
  ],
  [
    'travis/.travis.yml',
    'all',
    () => ({ TRAVIS: 'true', TRAVIS_COMMIT: head(), TRAVIS_BRANCH: 'topic', TRAVIS_PULL_REQUEST: 'false' }),
    () => ({ TRAVIS_PULL_REQUEST: '7', TRAVIS_PULL_REQUEST_SHA: head(), TRAVIS_BRANCH: 'main' }),
  ],
  [
    'jenkins/Jenkinsfile',
    'all',
    () => ({ JENKINS_URL: 'https://ci.example.com/', GIT_COMMIT: head(), BRANCH_NAME: 'topic' }),
    () => ({ CHANGE_ID: '7', CHANGE_TARGET: 'main', CHANGE_BRANCH: 'topic' }),
  ],
  [
    'azure/azure-pipelines.yml',
    'all',
    () => ({
      TF_BUILD: 'True',
      BUILD_SOURCEVERSION: head(),
      BUILD_SOURCEBRANCH: 'refs/heads/topic',
      BUILD_REASON: 'IndividualCI',
    }),
    () => ({
      BUILD_REASON: 'PullRequest',
      SYSTEM_PULLREQUEST_SOURCECOMMITID: head(),
      SYSTEM_PULLREQUEST_TARGETBRANCH: 'main',
    }),
  ],
  [
    'buildkite/pipeline.yml',
    'all',
    () => ({
      BUILDKITE: 'true',
      BUILDKITE_COMMIT: head(),
      BUILDKITE_BRANCH: 'topic',
      BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main',
    }),
    () => ({ BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main' }),
  ],
  [
    'woodpecker/.woodpecker.yaml',
    'one',
    () => ({ CI: 'woodpecker', CI_PIPELINE_EVENT: 'push', CI_COMMIT_SHA: head(), CI_COMMIT_BRANCH: 'topic' }),
    () => ({ CI_PIPELINE_EVENT: 'pull_request', CI_COMMIT_TARGET_BRANCH: 'main', CI_COMMIT_SOURCE_BRANCH: 'topic' }),
  ],
  [
    'drone/.drone.yml',
    'one',
    () => ({ DRONE: 'true', DRONE_BUILD_EVENT: 'push', DRONE_COMMIT_SHA: head(), DRONE_BRANCH: 'topic' }),
    () => ({ DRONE_BUILD_EVENT: 'pull_request', DRONE_TARGET_BRANCH: 'main', DRONE_SOURCE_BRANCH: 'topic' }),
  ],
];

test('every platform of the folder is tried', () => {
  const tried = [
    ...PLATFORMS.map(([file]) => `${FOLDERS}${file}`),
    `${FOLDERS}github/cratesguard.yml`,
    `${FOLDERS}gitlab/.gitlab-ci.yml`,
  ];
  expect([...projectFiles(/^integrations\//)].sort()).toEqual(tried.sort());
});

test.each(PLATFORMS)(
  '%s: a leak is found in a push and in a pull request, and what is clean passes',
  (file, branches, push, pull) => {
    const run = (variables: Record<string, string>) => {
      const { status, stdout, stderr } = spawnSync('sh', ['-ec', linesOf(`${FOLDERS}${file}`)], {
        cwd: clone(branches),
        encoding: 'utf8',
        env: {
          ...up.repository.env,
          ...Object.fromEntries(OUTER.map((name) => [name, ''])),
          ...variables,
          PATH: `${up.path}:${process.env['PATH'] ?? ''}`,
        },
      });
      expect((stdout + stderr).includes(up.key)).toBe(false);
      return { status, text: stdout + stderr };
    };
    expect(run(push())).toMatchObject({ status: 1, text: expect.stringContaining('k.txt') as string });
    expect(run({ ...push(), ...pull() })).toMatchObject({
      status: 1,
      text: expect.stringContaining('k.txt') as string,
    });
    const base = Object.entries(push()).map(([name, value]) => [name, value === up.topic ? up.first : value]);
    expect(run(Object.fromEntries(base) as Record<string, string>).status).toBe(0);
  },
);

/** Of the CI that runs this test. */
const OUTER = ['GITHUB_ACTIONS', 'GITLAB_CI', 'CI'];

test('every shell line of the GitLab component is one that a POSIX shell takes', () => {
  const template = readFileSync(join(projectRoot, 'templates', 'scan.yml'), 'utf8').replace(/\$\[\[[^\]]*\]\]/g, 'x');
  const script = (parseAllDocuments(template)[1]?.toJS() as Record<string, { script: string[] }>)['x']?.script ?? [];
  expect(() => execFileSync('sh', ['-n'], { input: script.join('\n') })).not.toThrow();
  expect(script.length).toBeGreaterThan(3);
});
