import { spawnSync } from 'node:child_process';
import { parseDocument } from 'yaml';
import packageJson from '../../package.json';
import { projectFiles, projectRoot, readProjectFile } from '../support/project';
import { hasPrograms, testWhere } from '../support/tools';

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly if?: string;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const paths = projectFiles(/^\.github\/workflows\/.*\.yml$/);
const workflow = (path: string): Workflow => parseDocument(readProjectFile(path)).toJS() as Workflow;
const release = workflow('.github/workflows/release.yml');

function check(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: projectRoot, encoding: 'utf8' });
  return status === 0 ? '' : `${program} (${String(status)}): ${stdout}${stderr}`;
}

testWhere(hasPrograms('actionlint'))('actionlint finds nothing', () => {
  expect(check('actionlint', ...paths)).toBe('');
});

testWhere(hasPrograms('zizmor'))('zizmor finds nothing, pedantic and without exceptions', () => {
  expect(check('zizmor', '--offline', '--pedantic', '--no-ignores', '--collect=all', '--quiet', '.github')).toBe('');
});

testWhere(hasPrograms('check-jsonschema'))('the GitLab pipeline follows its schema', () => {
  expect(check('check-jsonschema', '--builtin-schema', 'vendor.gitlab-ci', '.gitlab-ci.yml')).toBe('');
});

test.each(paths)('%s pins every action to a commit, with its version beside it', (path) => {
  const uses = readProjectFile(path).match(/\buses:.*/g) ?? [];
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((line) => !/^uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test('an action has the same commit everywhere', () => {
  const commits = new Map<string, Set<string>>();
  for (const [, action = '', commit = ''] of paths.flatMap((path) => [
    ...readProjectFile(path).matchAll(/\buses: ([^@\s]+)@(.*)/g),
  ]))
    commits.set(action, new Set([...(commits.get(action) ?? []), commit]));
  expect([...commits].filter(([, { size }]) => size > 1)).toEqual([]);
});

test.each(paths)('%s gives no permission at the top, and each job its own', (path) => {
  const { permissions, jobs } = workflow(path);
  expect(permissions).toEqual({});
  for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
});

test('a release starts from a version tag; by hand it is a dry run, which no job that publishes is part of', () => {
  expect(Object.keys(release.on).sort()).toEqual(['push', 'workflow_dispatch']);
  const only = "github.event_name == 'push'";
  for (const [name, job] of Object.entries(release.jobs)) {
    const publishes = job.steps.filter(({ run = '', uses = '' }) =>
      /npm publish|gh release|git push|docker push|attest/.test(`${run} ${uses}`),
    );
    const unguarded = publishes.filter((step) => ![job.if, (step as { readonly if?: string }).if].includes(only));
    expect({ name, unguarded }).toEqual({ name, unguarded: [] });
  }
});

test('the release keeps no cache and no credentials of git', () => {
  const steps = Object.values(release.jobs).flatMap((job) => job.steps);
  for (const { uses = '', with: inputs = {} } of steps) {
    if (uses.startsWith('actions/setup-node@')) expect(inputs).toMatchObject({ 'package-manager-cache': false });
    if (uses.startsWith('actions/checkout@')) expect(inputs).toMatchObject({ 'persist-credentials': false });
    expect(inputs).not.toHaveProperty('cache');
  }
});

test('npm is published to by Trusted Publishing, with provenance, from the environment `npm`', () => {
  const { npm } = release.jobs;
  expect(npm?.environment).toBe('npm');
  expect(npm?.permissions).toEqual({ 'id-token': 'write' });
  expect(npm?.steps.map(({ run }) => run).join('\n')).toContain('--provenance');
  expect(readProjectFile('.github/workflows/release.yml')).not.toContain('secrets.');
});

test('the changelog is kept as Keep a Changelog has it', () => {
  const changelog = readProjectFile('CHANGELOG.md');
  const sections = [...changelog.matchAll(/^## (.*)$/gm)].map(([, title]) => title ?? '');
  expect(sections[0]).toBe('[Unreleased]');
  expect(sections[1]?.startsWith(`[${packageJson.version}] - `)).toBe(true);
  for (const title of sections.slice(1))
    expect(title).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}(?: \[YANKED\])?$/);
  const kinds = [...changelog.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind);
  expect(kinds.filter((kind) => !/^(?:Added|Changed|Deprecated|Removed|Fixed|Security)$/.test(kind ?? ''))).toEqual([]);
  for (const title of sections) expect(changelog).toContain(`\n${/^\[[^\]]+\]/.exec(title)?.[0] ?? ''}: https://`);
});
