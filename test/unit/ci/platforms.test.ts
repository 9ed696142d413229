import { eventOf, Variables, type CiEvent } from '../../../src/ci/event';
import { platformOf, PLATFORMS } from '../../../src/ci/platforms';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const M = 'c'.repeat(40);
const ZERO = '0'.repeat(40);

type Env = Readonly<Record<string, string>>;
type Row = readonly [what: string, env: Env, expected: Partial<CiEvent>, payload?: unknown];

function read(env: Env, payload: unknown = null): CiEvent {
  return platformOf(env).read(new Variables(env), payload);
}

/** Names that mean something to a shell, to git, or to nobody. */
const HOSTILE = [
  '--upload-pack=x',
  '$(touch x)',
  'a\nb',
  '../../x',
  '@{-1}',
  ':/x',
  'x'.repeat(10_000),
  '\ufffd\u202e',
];

const on = (base: Env) => (more: Env) => ({ CI: 'true', ...base, ...more });

const github = on({ GITHUB_ACTIONS: 'true', GITHUB_SHA: M, GITHUB_REF: 'refs/heads/x' });
const push = { ref: 'refs/heads/x', before: A, after: B, deleted: false, repository: { default_branch: 'main' } };
const pull = { number: 7, pull_request: { base: { sha: A, ref: 'main' }, head: { sha: B, ref: 'topic' } } };
const asPull = { kind: 'pull-request', head: B, base: A, ref: 'refs/heads/topic', target: 'main' } as const;
const GITHUB: readonly Row[] = [
  [
    'push',
    github({ GITHUB_EVENT_NAME: 'push' }),
    { kind: 'push', head: B, base: A, ref: 'refs/heads/x', defaultBranch: 'main' },
    push,
  ],
  [
    'first push',
    github({ GITHUB_EVENT_NAME: 'push' }),
    { kind: 'push', head: B, base: null },
    { ...push, before: ZERO },
  ],
  ['deletion', github({ GITHUB_EVENT_NAME: 'push' }), { kind: 'delete' }, { ...push, after: ZERO, deleted: true }],
  ['delete event', github({ GITHUB_EVENT_NAME: 'delete' }), { kind: 'delete', ref: 'x' }, { ref: 'x' }],
  [
    'tag',
    github({ GITHUB_EVENT_NAME: 'push' }),
    { kind: 'tag', head: B, base: null, ref: 'refs/tags/v1' },
    { ...push, ref: 'refs/tags/v1', before: ZERO },
  ],
  [
    'pull request',
    github({ GITHUB_EVENT_NAME: 'pull_request' }),
    { ...asPull, merge: M, headRef: 'refs/pull/7/head' },
    pull,
  ],
  ['pull request, by its target', github({ GITHUB_EVENT_NAME: 'pull_request_target' }), asPull, pull],
  [
    'merge queue',
    github({ GITHUB_EVENT_NAME: 'merge_group' }),
    { kind: 'merge-queue', head: B, base: A, target: 'main' },
    { merge_group: { base_sha: A, head_sha: B, base_ref: 'refs/heads/main' } },
  ],
  [
    'schedule',
    github({ GITHUB_EVENT_NAME: 'schedule' }),
    { kind: 'other', head: M, base: null },
    { schedule: '0 0 * * *' },
  ],
  ['by hand', github({ GITHUB_EVENT_NAME: 'workflow_dispatch' }), { kind: 'other', head: M }, {}],
  [
    'Forgejo',
    { FORGEJO_ACTIONS: 'true', GITHUB_SHA: M, GITHUB_EVENT_NAME: 'push' },
    { kind: 'push', head: B, base: A },
    push,
  ],
];

const gitlab = on({ GITLAB_CI: 'true', CI_COMMIT_SHA: B, CI_DEFAULT_BRANCH: 'main', CI_COMMIT_BEFORE_SHA: ZERO });
const request = gitlab({
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '3',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'topic',
  CI_MERGE_REQUEST_DIFF_BASE_SHA: A,
});
const tips = { CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: M, CI_MERGE_REQUEST_TARGET_BRANCH_SHA: M };
const GITLAB: readonly Row[] = [
  [
    'push',
    gitlab({ CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'x', CI_COMMIT_BEFORE_SHA: A }),
    { kind: 'push', head: B, base: A, ref: 'refs/heads/x', defaultBranch: 'main' },
  ],
  ['first push', gitlab({ CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'x' }), { kind: 'push', base: null }],
  ['tag', gitlab({ CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1' }), { kind: 'tag', ref: 'refs/tags/v1', head: B }],
  ['merge request', request, { ...asPull, headRef: 'refs/merge-requests/3/head' }],
  [
    'merged result',
    { ...request, ...tips, CI_MERGE_REQUEST_EVENT_TYPE: 'merged_result' },
    { kind: 'pull-request', head: M, base: M, merge: B },
  ],
  [
    'merge train',
    { ...request, ...tips, CI_MERGE_REQUEST_EVENT_TYPE: 'merge_train' },
    { kind: 'merge-queue', head: B, base: M },
  ],
  [
    'schedule',
    gitlab({ CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: 'main' }),
    { kind: 'other', head: B, ref: 'refs/heads/main' },
  ],
];

const bitbucket = on({ BITBUCKET_BUILD_NUMBER: '1', BITBUCKET_COMMIT: B, BITBUCKET_BRANCH: 'x' });
const circle = on({ CIRCLECI: 'true', CIRCLE_SHA1: B, CIRCLE_BRANCH: 'x' });
const travis = on({ TRAVIS: 'true', TRAVIS_COMMIT: B, TRAVIS_BRANCH: 'x', TRAVIS_PULL_REQUEST: 'false' });
const jenkins = on({ JENKINS_URL: 'https://ci.example.com/', GIT_COMMIT: B, BRANCH_NAME: 'x' });
const azure = on({
  TF_BUILD: 'True',
  BUILD_SOURCEVERSION: B,
  BUILD_SOURCEBRANCH: 'refs/heads/x',
  BUILD_REASON: 'IndividualCI',
});
const buildkite = on({
  BUILDKITE: 'true',
  BUILDKITE_COMMIT: B,
  BUILDKITE_BRANCH: 'x',
  BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main',
  BUILDKITE_PULL_REQUEST: 'false',
});
const woodpecker = on({ CI: 'woodpecker', CI_COMMIT_SHA: B, CI_COMMIT_BRANCH: 'x', CI_REPO_DEFAULT_BRANCH: 'main' });
const drone = on({ DRONE: 'true', DRONE_COMMIT_SHA: B, DRONE_BRANCH: 'x', DRONE_REPO_BRANCH: 'main' });
const pushed = { kind: 'push', head: B, ref: 'refs/heads/x' } as const;
const tagged = { kind: 'tag', head: B, ref: 'refs/tags/v1' } as const;
const OTHERS: readonly Row[] = [
  ['Bitbucket, push', bitbucket({}), { ...pushed, base: null }],
  ['Bitbucket, tag', bitbucket({ BITBUCKET_TAG: 'v1' }), tagged],
  [
    'Bitbucket, pull request',
    bitbucket({ BITBUCKET_PR_ID: '1', BITBUCKET_PR_DESTINATION_BRANCH: 'main' }),
    { kind: 'pull-request', head: B, target: 'main', ref: 'refs/heads/x' },
  ],
  ['CircleCI, push', circle({}), { ...pushed, base: null }],
  ['CircleCI, push by the orb', circle({ CIRCLE_BASE_REVISION: A }), { ...pushed, base: A }],
  ['CircleCI, tag', circle({ CIRCLE_TAG: 'v1' }), tagged],
  [
    'CircleCI, pull request',
    circle({ CIRCLE_PULL_REQUEST: 'https://example.com/pull/1' }),
    { kind: 'pull-request', head: B, base: null, target: null },
  ],
  [
    'CircleCI, schedule by the orb',
    circle({ CIRCLE_TRIGGER_SOURCE: 'scheduled_pipeline' }),
    { kind: 'other', head: B },
  ],
  ['Travis, push', travis({ TRAVIS_COMMIT_RANGE: 'abcdef123456...bbbbbbb' }), { ...pushed, base: 'abcdef123456' }],
  ['Travis, first push', travis({ TRAVIS_COMMIT_RANGE: '' }), { ...pushed, base: null }],
  ['Travis, tag', travis({ TRAVIS_TAG: 'v1' }), tagged],
  [
    'Travis, pull request',
    travis({
      TRAVIS_PULL_REQUEST: '7',
      TRAVIS_PULL_REQUEST_SHA: A,
      TRAVIS_PULL_REQUEST_BRANCH: 'topic',
      TRAVIS_BRANCH: 'main',
      TRAVIS_EVENT_TYPE: 'pull_request',
    }),
    { kind: 'pull-request', head: A, merge: B, target: 'main', ref: 'refs/heads/topic', headRef: 'refs/pull/7/head' },
  ],
  ['Travis, cron', travis({ TRAVIS_EVENT_TYPE: 'cron' }), { kind: 'other', head: B }],
  ['Jenkins, push', jenkins({ GIT_PREVIOUS_COMMIT: A }), { ...pushed, base: A }],
  [
    'Jenkins, the last good build',
    jenkins({ GIT_PREVIOUS_COMMIT: M, GIT_PREVIOUS_SUCCESSFUL_COMMIT: A }),
    { ...pushed, base: A },
  ],
  [
    'Jenkins, first build of a job',
    { JENKINS_URL: 'x', GIT_COMMIT: B, GIT_BRANCH: 'origin/x' },
    { ...pushed, base: null },
  ],
  ['Jenkins, no variable of the Git plugin', { JENKINS_URL: 'x' }, { kind: 'push', head: 'HEAD', ref: null }],
  ['Jenkins, tag', jenkins({ TAG_NAME: 'v1' }), tagged],
  [
    'Jenkins, pull request',
    jenkins({ CHANGE_ID: '7', CHANGE_TARGET: 'main', CHANGE_BRANCH: 'topic' }),
    { kind: 'pull-request', head: B, target: 'main', ref: 'refs/heads/topic' },
  ],
  ['Azure, push', azure({}), { ...pushed, base: null }],
  ['Azure, tag', azure({ BUILD_SOURCEBRANCH: 'refs/tags/v1' }), tagged],
  ...['main', 'refs/heads/main'].map((target): Row => [
    `Azure, pull request to ${target}`,
    azure({
      BUILD_REASON: 'PullRequest',
      SYSTEM_PULLREQUEST_TARGETBRANCH: target,
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/topic',
      SYSTEM_PULLREQUEST_SOURCECOMMITID: A,
    }),
    { kind: 'pull-request', head: A, merge: B, target: 'main', ref: 'refs/heads/topic' },
  ]),
  ['Azure, schedule', azure({ BUILD_REASON: 'Schedule' }), { kind: 'other', head: B }],
  ['Buildkite, push', buildkite({ BUILDKITE_SOURCE: 'webhook' }), { ...pushed, base: null, defaultBranch: 'main' }],
  ['Buildkite, tag', buildkite({ BUILDKITE_TAG: 'v1' }), tagged],
  [
    'Buildkite, pull request',
    buildkite({ BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main' }),
    { kind: 'pull-request', head: B, target: 'main', headRef: 'refs/pull/7/head' },
  ],
  [
    'Buildkite, merge queue',
    buildkite({ BUILDKITE_MERGE_QUEUE_BASE_COMMIT: A, BUILDKITE_MERGE_QUEUE_BASE_BRANCH: 'main' }),
    { kind: 'merge-queue', head: B, base: A, target: 'main' },
  ],
  [
    'Buildkite, by hand',
    buildkite({ BUILDKITE_SOURCE: 'ui', BUILDKITE_COMMIT: 'HEAD' }),
    { kind: 'other', head: 'HEAD' },
  ],
  [
    'Woodpecker, push',
    woodpecker({ CI_PIPELINE_EVENT: 'push', CI_PREV_COMMIT_SHA: A }),
    { ...pushed, base: A, defaultBranch: 'main' },
  ],
  ['Woodpecker, first push', woodpecker({ CI_PIPELINE_EVENT: 'push' }), { ...pushed, base: null }],
  ['Woodpecker, tag', woodpecker({ CI_PIPELINE_EVENT: 'tag', CI_COMMIT_TAG: 'v1' }), tagged],
  [
    'Woodpecker, pull request',
    woodpecker({
      CI_PIPELINE_EVENT: 'pull_request',
      CI_PREV_COMMIT_SHA: A,
      CI_COMMIT_PULL_REQUEST: '7',
      CI_COMMIT_TARGET_BRANCH: 'main',
      CI_COMMIT_SOURCE_BRANCH: 'topic',
    }),
    { kind: 'pull-request', head: B, base: null, target: 'main', ref: 'refs/heads/topic' },
  ],
  ['Woodpecker, cron', woodpecker({ CI_PIPELINE_EVENT: 'cron' }), { kind: 'other', head: B }],
  [
    'Drone, push',
    drone({ DRONE_BUILD_EVENT: 'push', DRONE_COMMIT_BEFORE: A, DRONE_COMMIT_AFTER: B }),
    { ...pushed, base: A, defaultBranch: 'main' },
  ],
  ['Drone, first push', drone({ DRONE_BUILD_EVENT: 'push', DRONE_COMMIT_BEFORE: ZERO }), { ...pushed, base: null }],
  ['Drone, tag', drone({ DRONE_BUILD_EVENT: 'tag', DRONE_TAG: 'v1' }), tagged],
  [
    'Drone, pull request',
    drone({
      DRONE_BUILD_EVENT: 'pull_request',
      DRONE_TARGET_BRANCH: 'main',
      DRONE_SOURCE_BRANCH: 'topic',
      DRONE_PULL_REQUEST: '7',
    }),
    { kind: 'pull-request', head: B, target: 'main', ref: 'refs/heads/topic', headRef: 'refs/pull/7/head' },
  ],
  ['Drone, cron', drone({ DRONE_BUILD_EVENT: 'cron' }), { kind: 'other', head: B }],
];

/** Of full length: jest takes a missing last argument for its `done`. */
const ROWS = [...GITHUB, ...GITLAB, ...OTHERS].map(
  ([what, env, expected, payload = null]) => [`${platformOf(env).id}: ${what}`, env, expected, payload] as const,
);

test.each(ROWS)('%s', (_what, env, expected, payload) => {
  expect(read(env, payload)).toMatchObject(expected);
});

/** Each platform's variables that hold a name, and the payload's fields. */
const NAMED = ROWS.filter(([, , { kind }]) => kind === 'pull-request');

test.each(NAMED)('a name is data: %s', (_what, env, expected, payload) => {
  for (const name of HOSTILE) {
    const text = JSON.stringify(payload)
      .replaceAll('"topic"', JSON.stringify(name))
      .replaceAll('"main"', JSON.stringify(name));
    const hostile = Object.fromEntries(
      Object.entries(env).map(([key, value]) => [key, /BRANCH(?:_NAME)?$|CHANGE_TARGET$/.test(key) ? name : value]),
    );
    const event = read(hostile, JSON.parse(text));
    expect([event.kind, event.head]).toEqual([expected.kind, expected.head]);
    expect(eventOf(event)).toEqual(event);
    expect([event.target, null]).toContain(event.target === name ? name : event.target);
  }
});

test.each(PLATFORMS.map(({ id }) => id))('%s: an id that is none is status 3, with its name', (id) => {
  const rows = ROWS.filter(([, env]) => platformOf(env).id === id);
  let refused = 0;
  for (const [, env, , payload] of rows)
    for (const [key, value] of Object.entries(env)) {
      if (![A, B, M].includes(value)) continue;
      for (const wrong of ['HEAD~1', '--all', `${A}\n`, A.slice(1), '$(id)']) {
        try {
          read({ ...env, [key]: wrong }, payload);
        } catch (error) {
          expect(error).toMatchObject({ code: 'unreadable', message: expect.stringContaining(key) as string });
          refused += 1;
        }
      }
    }
  expect(refused).toBeGreaterThan(4);
});

test.each<[string, unknown]>([
  ['no fields', {}],
  ['null', null],
  ['a list', []],
  ['numbers', { before: 1, after: 2, pull_request: 3, merge_group: 4 }],
  ['no id', { before: 'HEAD', after: '--all', pull_request: { head: { sha: 'x' }, base: { sha: 'y' } } }],
  ['a prototype', JSON.parse('{"__proto__":{"before":"x"},"constructor":1}')],
])('GitHub: an event with %s is status 3, with the variable', (_what, payload) => {
  for (const name of ['push', 'pull_request', 'merge_group'])
    expect(() => read(github({ GITHUB_EVENT_NAME: name }), payload)).toThrow(
      expect.objectContaining({
        code: 'unreadable',
        message: expect.stringContaining('GITHUB_EVENT_PATH') as string,
      }) as Error,
    );
});

test('none, one inside another, two at once', () => {
  expect(() => platformOf({ CI: 'true' })).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
  expect(() => platformOf({ GITHUB_ACTIONS: 'false', TRAVIS: '' })).toThrow(/none of the CI platforms/);
  expect(platformOf({ GITLAB_CI: 'true', GITHUB_ACTIONS: 'true', ACT: 'true' }).id).toBe('github');
  expect(platformOf({ CI: 'woodpecker', GITHUB_ACTIONS: 'true' }).id).toBe('woodpecker');
  expect(() => platformOf({ GITLAB_CI: 'true', JENKINS_URL: 'x' })).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining('GitLab CI and Jenkins') as string,
    }) as Error,
  );
});
