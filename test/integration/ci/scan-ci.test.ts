import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScan } from '../../../src/cli/scan/scan';
import type { OptionValue } from '../../../src/cli/command';
import { exitCodeOf, type Outcome } from '../../../src/outcome';
import { outcomeOfError } from '../../../src/base/error';
import { madeIo } from '../../support/made-io';
import { repositoryAt, temporaryRepository, type Repository } from '../../support/repository';
import { apiToken } from '../../support/tokens';

/** `scan --ci` in clones as the platforms make them: what it reads, by whose configuration, and when it is status 3. */

const ZERO = '0'.repeat(40);
const GONE = '1234567890'.repeat(4);

/** `main` has gone on since `topic` left it; `topic` adds a key in its second commit and removes it in its third. */
let up: Repository;
let [first, main, topic] = ['', '', ''];
let work: string;

beforeAll(() => {
  up = temporaryRepository();
  up.stage('main.rs', 'fn main() {}\n');
  first = up.commit('first');
  up.git('checkout', '-q', '-b', 'topic');
  up.stage('1.txt', '1\n');
  up.commit('one');
  up.stage('k.txt', `k=${apiToken('ci')}\n`);
  up.commit('two');
  up.git('rm', '-q', 'k.txt');
  topic = up.commit('three');
  up.git('update-ref', 'refs/pull/7/head', topic);
  up.git('checkout', '-q', 'main');
  up.stage('m.txt', 'm\n');
  main = up.commit('main goes on');
  up.git('tag', '-a', 'v1', '-m', `made with ${apiToken('tag')}`);
  up.git('tag', `v-${apiToken('name')}`);
  up.git('config', 'uploadpack.hideRefs', 'refs/pull');
});
afterAll(() => {
  up.remove();
});

let count = 0;
const git = (...args: readonly string[]): string => up.git('-C', work, ...args);
const address = (): string => `file://${up.path}`;

/** A platform's clone, detached at `revision`. */
function clone(revision: string, ...options: readonly string[]): void {
  count += 1;
  work = join(up.path, '..', `work-${count}`);
  up.git('clone', '-q', '--no-checkout', ...options, address(), work);
  settle();
  git('checkout', '-q', '--detach', revision);
}

/** As actions/checkout does it: nothing but one commit. */
function shallow(revision: string, depth = 1): void {
  count += 1;
  work = join(up.path, '..', `work-${count}`);
  mkdirSync(work);
  git('init', '-q');
  settle();
  git('remote', 'add', 'origin', address());
  git('fetch', '-q', '--no-tags', `--depth=${depth}`, 'origin', revision);
  git('checkout', '-q', '--detach', 'FETCH_HEAD');
}

function settle(): void {
  git('config', 'user.name', 'ci');
  git('config', 'user.email', 'ci@example.com');
}

interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly said: string;
  readonly ci: Record<string, string | null>;
  readonly places: readonly string[];
  /** How many commits. */
  readonly scanned: number;
}

async function scan(env: Readonly<Record<string, string>>, options: Record<string, OptionValue> = {}): Promise<Run> {
  const own = Object.fromEntries(Object.entries(up.env).filter(([name]) => /^(?:PATH|HOME|XDG|GIT)/.test(name)));
  const io = madeIo({ cwd: work, env: { ...(own as Record<string, string>), ...env } });
  let outcome: Outcome;
  let said = '';
  try {
    outcome = await runScan({ options: { ci: true, format: 'json', ...options }, args: [] }, io);
  } catch (error) {
    outcome = outcomeOfError(error);
    said = String(error);
  }
  const { stdout, stderr } = io.printed;
  const report = options['format'] === undefined && stdout !== '' ? stdout : '{}';
  const {
    ci = {},
    findings = [],
    errors = [],
    scanned = { commits: 0 },
  } = JSON.parse(report) as {
    scanned?: { commits: number };
    ci?: Run['ci'];
    findings?: { path: string | null; where: string; status: string }[];
    errors?: { reason: string }[];
  };
  return {
    status: exitCodeOf(outcome),
    stdout,
    said: [said, stderr, ...errors.map(({ reason }) => reason)].filter((text) => text !== '').join('\n'),
    ci,
    scanned: scanned.commits,
    places: findings.filter(({ status }) => status === 'blocked').map(({ path, where }) => path ?? where),
  };
}

function github(name: string, payload: object, sha = topic): Record<string, string> {
  const file = join(work, '.git', 'event.json');
  writeFileSync(file, JSON.stringify({ repository: { default_branch: 'main' }, ...payload }));
  return { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: name, GITHUB_SHA: sha, GITHUB_EVENT_PATH: file };
}

const push = (before: string, after = topic, ref = 'refs/heads/topic') => github('push', { ref, before, after });
const pull = (more: object = {}, sha = topic, name = 'pull_request') =>
  github(
    name,
    { number: 7, pull_request: { base: { sha: main, ref: 'main' }, head: { sha: topic, ref: 'topic' }, ...more } },
    sha,
  );

describe('what is scanned, in a whole clone', () => {
  beforeEach(() => {
    clone(topic);
  });

  test('a push: what the new tip has and the old one has not', async () => {
    expect((await scan(push(first))).places).toEqual(['k.txt']);
    const last = await scan(push(git('rev-parse', `${topic}~1`)));
    expect([last.status, last.places]).toEqual([0, []]);
  });

  test('a first and a forced push whose old tip is gone: what the default branch has not, other branches or not', async () => {
    git('update-ref', 'refs/remotes/origin/other', topic);
    for (const before of [ZERO, GONE]) {
      const run = await scan(push(before));
      expect([run.places, run.ci['base'], run.ci['configuredBy']]).toEqual([['k.txt'], main, main]);
    }
  });

  test('an unknown old tip of the default branch: everything that leads to it', async () => {
    const run = await scan(push(GONE, topic, 'refs/heads/main'));
    expect([run.places, run.ci['base']]).toEqual([['k.txt'], null]);
  });

  test('a tag: its object, its name, and what the default branch has not', async () => {
    const object = git('rev-parse', 'v1');
    expect((await scan(push(ZERO, object, 'refs/tags/v1'))).places).toEqual(['tag-message']);
    expect((await scan(push(ZERO, main, `refs/tags/v-${apiToken('name')}`))).places).toEqual(['ref-name']);
    const gitlab = { GITLAB_CI: 'true', CI_COMMIT_SHA: main, CI_DEFAULT_BRANCH: 'main', CI_COMMIT_TAG: 'v1' };
    expect((await scan(gitlab)).places).toEqual(['tag-message']);
    git('fetch', '-q', 'origin', 'tag', 'v1');
    git('tag', '-d', 'v1');
    const woodpecker = { CI: 'woodpecker', CI_PIPELINE_EVENT: 'tag', CI_COMMIT_SHA: main, CI_COMMIT_TAG: 'v1' };
    expect((await scan(woodpecker)).places).toEqual(['tag-message']);
    writeFileSync(join(work, '.git', 'FETCH_HEAD'), '');
    const lost = await scan(woodpecker);
    expect([lost.status, lost.said]).toEqual([3, expect.stringContaining('the tag object')]);
    expect((await scan(woodpecker, { fetch: true })).places).toEqual(['tag-message']);
  });

  test('a deletion: nothing, and a line says so', async () => {
    const run = await scan(github('push', { ref: 'refs/heads/x', before: topic, after: ZERO, deleted: true }));
    expect([run.status, run.places, run.ci['head']]).toEqual([0, [], null]);
    expect(run.said).toContain('nothing to scan');
  });

  test('a pull request, checked out as its head or as its merge, whatever the target has meanwhile', async () => {
    expect((await scan(pull())).places).toEqual(['k.txt']);
    git('checkout', '-q', '--detach', main);
    writeFileSync(join(work, 'late.txt'), apiToken('late'));
    git('add', '.');
    git('commit', '-q', '--no-verify', '-m', 'the target has a key of its own');
    git('merge', '-q', '--no-ff', '--no-commit', topic);
    writeFileSync(join(work, 'evil.txt'), apiToken('evil'));
    git('add', '.');
    git('commit', '-q', '--no-verify', '-m', 'merge');
    const run = await scan(pull({}, git('rev-parse', 'HEAD')));
    expect(run.places).toEqual(['evil.txt', 'k.txt']);
    expect(run.ci).toMatchObject({ platform: 'github', event: 'pull-request', base: main, head: topic });
  });

  test('a merge queue, and everything for a schedule', async () => {
    const group = { merge_group: { base_sha: main, head_sha: topic, base_ref: 'refs/heads/main' } };
    expect((await scan(github('merge_group', group))).places).toEqual(['k.txt']);
    const whole = await scan(github('schedule', { schedule: '0 0 * * *' }));
    expect([...whole.places].sort()).toEqual(['k.txt', 'ref-name', 'tag-message']);
  });

  test('names are data, and masked', async () => {
    const names = ['--upload-pack=touch x', '$(touch x)', 'a\nb', '@{-1}', 'x'.repeat(10_000), `b-${apiToken('head')}`];
    for (const ref of names) {
      const run = await scan(pull({ base: { sha: main, ref }, head: { sha: topic, ref } }));
      expect([run.status, run.places.includes('k.txt')]).toEqual([1, true]);
      expect(run.stdout.includes(apiToken('head'))).toBe(false);
      const fetched = await scan(pull({ base: { sha: GONE, ref }, head: { sha: topic, ref } }), { fetch: true });
      expect(fetched.status).toBe(3);
    }
  });
});

describe('whose configuration judges', () => {
  const allowing = (): void => {
    writeFileSync(join(work, '.cratesguardrc'), 'exclude: ["k.txt"]\n');
    git('add', '.');
    git('commit', '-q', '--no-verify', '-m', 'allow');
  };

  test('the target, the old tip, the default branch; and who is told otherwise', async () => {
    clone(topic);
    allowing();
    const sha = git('rev-parse', 'HEAD');
    const head = { head: { sha, ref: 'topic' } };
    expect((await scan(pull(head))).places).toEqual(['k.txt']);
    expect((await scan(pull(head), { 'config-from': 'HEAD' })).places).toEqual([]);
    expect((await scan(push(ZERO, sha))).places).toEqual(['k.txt']);
    git('checkout', '-q', '--detach', main);
    allowing();
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const run = await scan(pull());
    expect([run.places, run.ci['configuredBy']]).toEqual([[], git('rev-parse', 'HEAD')]);
  });
});

describe('a shallow clone', () => {
  const gitlab = () => ({
    GITLAB_CI: 'true',
    CI_COMMIT_SHA: topic,
    CI_DEFAULT_BRANCH: 'main',
    CI_COMMIT_BEFORE_SHA: ZERO,
    CI_PIPELINE_SOURCE: 'push',
    CI_COMMIT_BRANCH: 'topic',
  });

  test.each<[string, () => Record<string, string>, string]>([
    ['GitHub, pull request', () => pull(), '`fetch-depth: 0`'],
    ['GitHub, first push', () => push(ZERO), '`fetch-depth: 0`'],
    ['GitHub, schedule', () => github('schedule', {}), '`fetch-depth: 0`'],
    ['GitLab', gitlab, '`GIT_DEPTH: "0"`'],
    ['Bitbucket', () => ({ BITBUCKET_BUILD_NUMBER: '1', BITBUCKET_COMMIT: topic }), '`clone: depth: full`'],
    ['CircleCI', () => ({ CIRCLECI: 'true', CIRCLE_SHA1: topic, CIRCLE_BRANCH: 'topic' }), 'full'],
    ['Travis', () => ({ TRAVIS: 'true', TRAVIS_COMMIT: topic, TRAVIS_BRANCH: 'topic' }), '`git: depth: false`'],
    ['Jenkins', () => ({ JENKINS_URL: 'x', GIT_COMMIT: topic, BRANCH_NAME: 'topic' }), 'shallow: false'],
    ['Azure', () => ({ TF_BUILD: 'True', BUILD_SOURCEVERSION: topic }), "`fetchDepth: '0'`"],
    ['Buildkite', () => ({ BUILDKITE: 'true', BUILDKITE_COMMIT: topic, BUILDKITE_BRANCH: 'topic' }), '--depth'],
    ['Woodpecker', () => ({ CI: 'woodpecker', CI_PIPELINE_EVENT: 'push', CI_COMMIT_SHA: topic }), 'depth: 0'],
    ['Drone', () => ({ DRONE: 'true', DRONE_BUILD_EVENT: 'push', DRONE_COMMIT_SHA: topic }), '`clone: depth: 0`'],
  ])('%s: not clean without the rest, and whole with --fetch', async (_platform, env, setting) => {
    shallow('topic');
    const run = await scan(env());
    expect([run.status, run.said]).toEqual([3, expect.stringContaining(setting)]);
    expect(run.said).toContain('--fetch');
    const fetched = await scan(env(), { fetch: true });
    expect([fetched.status, fetched.places.includes('k.txt'), fetched.said]).toEqual([1, true, '']);
  });

  test('a boundary inside the range, and one below it', async () => {
    shallow('topic');
    git('fetch', '-q', '--depth=1', 'origin', '+refs/heads/main:refs/remotes/origin/main');
    expect((await scan(pull())).said).toContain('shallow clone');
    expect((await scan(pull(), { 'allow-shallow': true })).status).toBe(0);
    shallow('topic', 4);
    const exact = await scan(push(first));
    expect([exact.status, exact.places]).toEqual([1, ['k.txt']]);
  });

  test('a clone that holds all of the range: an exact answer, also where git marks a commit that has its parents', async () => {
    shallow('topic', 4);
    git('fetch', '-q', '--no-tags', '--depth=1', 'origin', '+refs/heads/main:refs/remotes/origin/main');
    const run = await scan(pull());
    expect([run.status, run.places, run.said]).toEqual([1, ['k.txt'], '']);
    expect(run.scanned).toBe(3);
  });

  test('a clone without contents: not clean, and whole with --fetch', async () => {
    up.git('config', 'uploadpack.allowFilter', 'true');
    clone(main, '--filter=blob:none');
    expect(await scan(pull())).toMatchObject({ status: 3, said: expect.stringContaining('missing') as string });
    expect(await scan(pull(), { fetch: true })).toMatchObject({ status: 1, places: ['k.txt'], said: '' });
  });

  test('the head of a fork is fetched from where the platform keeps it, and only when told', async () => {
    clone(main, '--single-branch', '--branch', 'main');
    const env = pull({}, main, 'pull_request_target');
    expect((await scan(env)).said).toContain('the head commit of this run is not in this clone');
    expect(up.git('-C', work, 'rev-list', '--all', '--count')).toBe('2');
    expect((await scan(env, { fetch: true })).places).toEqual(['k.txt']);
  });

  test('an address that would run a program is not fetched from', async () => {
    shallow('topic');
    git('remote', 'set-url', 'origin', 'ext::touch ran');
    expect((await scan(pull(), { fetch: true })).status).toBe(3);
    expect(git('status', '--porcelain')).toBe('');
  });
});

test('--report writes as many reports as are asked for, beside the one on standard output', async () => {
  clone(topic);
  const [sarif, html] = [join(work, 'r.sarif'), join(work, 'r.html')];
  const run = await scan(push(first), { report: [`sarif=${sarif}`, `html=${html}`] });
  expect([run.status, run.places]).toEqual([1, ['k.txt']]);
  expect(JSON.parse(readFileSync(sarif, 'utf8'))).toMatchObject({ version: '2.1.0' });
  expect(readFileSync(html, 'utf8')).toContain('scan --ci --format json --report');
  for (const wrong of ['sarif', 'sarif=', 'odd=x', '=x'])
    expect((await scan(push(first), { report: [wrong] })).status).toBe(2);
});

test('--dry-run says what would be scanned, and scans nothing', async () => {
  clone(topic);
  const run = await scan(pull(), { 'dry-run': true, format: 'text' });
  expect([run.status, run.stdout]).toEqual([
    0,
    `GitHub Actions, pull or merge request (refs/heads/topic)\n  scans          what ${topic} has and ${main} does not have\n  configuration  of ${main}\n`,
  ]);
  shallow('topic');
  expect((await scan(pull(), { 'dry-run': true, format: 'text' })).status).toBe(3);
});

test('an event that cannot be read is status 3, and names the variable', async () => {
  clone(topic);
  const env = push(first);
  const file = env['GITHUB_EVENT_PATH'] ?? '';
  for (const broken of [
    { ...env, GITHUB_EVENT_PATH: '' },
    { ...env, GITHUB_EVENT_PATH: `${file}.none` },
    { ...env, GITHUB_EVENT_PATH: work },
  ])
    expect(await scan(broken)).toMatchObject({
      status: 3,
      said: expect.stringContaining('GITHUB_EVENT_PATH') as string,
    });
  for (const text of ['', 'x', '[]', '{"before":', `{"before":"${first}"}`]) {
    writeFileSync(file, text);
    expect(await scan(env)).toMatchObject({ status: 3, said: expect.stringContaining('GITHUB_EVENT_PATH') as string });
  }
});

test('no platform, two sources', async () => {
  clone(topic);
  expect((await scan({})).status).toBe(2);
  expect((await scan(push(first), { history: true })).status).toBe(2);
});

test('a repository without a commit of its own', async () => {
  const empty = repositoryAt(join(up.path, '..', 'empty'), up.env);
  work = empty.path;
  expect((await scan(push(ZERO))).status).toBe(3);
});
