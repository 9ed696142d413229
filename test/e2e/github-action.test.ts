import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { ciUpstream, type CiUpstream } from '../support/ci-upstream';
import { projectRoot } from '../support/project';
import { hasPrograms, testWhere } from '../support/tools';

/** The built Action, in a real runner: act, with GitHub's events, and a checkout as GitHub's makes it. */

const testHere = testWhere(hasPrograms('act'));
const ZERO = '0'.repeat(40);

/** What actions/checkout does: one commit, or all branches and tags. */
const CHECKOUT = `name: checkout
description: As actions/checkout
inputs:
  fetch-depth: { description: 0 for all, default: '1' }
runs:
  using: composite
  steps:
    - shell: bash
      env:
        DEPTH: \${{ inputs.fetch-depth }}
      run: |
        git init -q
        git remote add origin "$UPSTREAM"
        if [ "$DEPTH" = 0 ]; then
          git fetch -q origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*' '+refs/pull/*:refs/remotes/pull/*'
        fi
        git fetch -q --no-tags "$([ "$DEPTH" = 0 ] || echo "--depth=$DEPTH")" origin "$GITHUB_SHA" 2>/dev/null ||
          git fetch -q --no-tags origin "$GITHUB_SHA"
        git checkout -q --detach "$GITHUB_SHA"
`;

let up: CiUpstream;
let count = 0;

beforeAll(() => {
  up = ciUpstream(join(projectRoot, 'dist', 'cratesguard.cjs'), packageJson.version);
  up.repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  for (const name of ['action.yml', 'dist'])
    cpSync(join(projectRoot, name), join(up.folder, 'action', name), { recursive: true });
  mkdirSync(join(up.folder, 'checkout'));
  writeFileSync(
    join(up.folder, 'checkout', 'action.yml'),
    CHECKOUT.replace('"$([ "$DEPTH" = 0 ] || echo "--depth=$DEPTH")"', '--depth="${DEPTH/#0/2147483647}"'),
  );
});
afterAll(() => {
  up.repository.remove();
});

interface Run {
  readonly status: number;
  readonly findings: string;
  readonly text: string;
  readonly passed: boolean;
}

/** Runs a workflow with the Action; `head` is what the runner's clone stands at. */
function act(event: string, payload: object, head: string, depth: number, inputs: Record<string, string> = {}): Run {
  count += 1;
  const at = join(up.folder, `run-${count}`);
  up.repository.git('clone', '-q', '--no-checkout', up.repository.path, at);
  up.repository.git('-C', at, 'fetch', '-q', 'origin', head);
  up.repository.git('-C', at, 'checkout', '-q', '--detach', head);
  const withInputs = Object.entries(inputs).map(([name, value]) => `          ${name}: ${JSON.stringify(value)}\n`);
  writeFileSync(`${at}.json`, JSON.stringify({ repository: { default_branch: 'main' }, ...payload }));
  writeFileSync(
    `${at}.yml`,
    `on: ${event}
permissions:
  contents: read
jobs:
  guard:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with:
          fetch-depth: ${depth}
      - id: guard
        uses: cratesguard/cratesguard@v1
${withInputs.length === 0 ? '' : `        with:\n${withInputs.join('')}`}      - if: always()
        env:
          STATUS: \${{ steps.guard.outputs.status }}
          FINDINGS: \${{ steps.guard.outputs.findings }}
          REPORT: \${{ steps.guard.outputs.report }}
        run: |
          echo "outputs $STATUS,$FINDINGS"
          [ -z "$REPORT" ] || grep -o '"version": "2.1.0"' "$REPORT"
`,
  );
  const { status, stdout, stderr } = spawnSync(
    'act',
    [
      ...[event, '--workflows', `${at}.yml`, '--eventpath', `${at}.json`],
      ...[
        '--platform',
        'ubuntu-latest=-self-hosted',
        '--no-skip-checkout',
        '--env',
        `UPSTREAM=file://${up.repository.path}`,
      ],
      ...['--local-repository', `actions/checkout@v7=${join(up.folder, 'checkout')}`],
      ...['--local-repository', `cratesguard/cratesguard@v1=${join(up.folder, 'action')}`],
    ],
    { cwd: at, encoding: 'utf8', env: { ...up.repository.env, XDG_CACHE_HOME: join(up.folder, 'cache') } },
  );
  const text = stdout + stderr;
  const [, got = '-1', findings = ''] = /outputs (\d*),(\d*)/.exec(text.replace(/^.*echo "outputs.*$/gm, '')) ?? [];
  // Never the key, in no log.
  expect(text.includes(up.key)).toBe(false);
  return { status: Number(got), findings, text, passed: status === 0 };
}

const push = (before: string, after: string, ref = 'refs/heads/topic') => ({ ref, before, after });
const pull = () => ({
  number: 7,
  pull_request: { base: { sha: up.main, ref: 'main' }, head: { sha: up.topic, ref: 'topic' } },
});
const queue = (head: string) => ({ merge_group: { base_sha: up.main, head_sha: head, base_ref: 'refs/heads/main' } });

type Case = readonly [what: string, event: string, payload: () => object, head: () => string, expected: number];

const CASES: readonly Case[] = [
  ['a push', 'push', () => push(up.first, up.topic), () => up.topic, 1],
  ['a clean push', 'push', () => push(up.first, up.main, 'refs/heads/main'), () => up.main, 0],
  ['a first push', 'push', () => push(ZERO, up.topic), () => up.topic, 1],
  ['a forced push, its old tip gone', 'push', () => push('1'.repeat(40), up.topic), () => up.topic, 1],
  ['a pull request', 'pull_request', pull, () => up.merge, 1],
  ['a merge queue', 'merge_group', () => queue(up.merge), () => up.merge, 1],
  ['by hand', 'workflow_dispatch', () => ({}), () => up.main, 1],
];

describe.each(CASES)('%s', (_what, event, payload, head, expected) => {
  testHere('in a whole clone', () => {
    const run = act(event, payload(), head(), 0);
    expect([run.status, run.findings, run.passed]).toEqual([expected, String(expected), expected === 0]);
    if (expected === 1) expect(run.text).toMatch(/::error .*k\.txt|❗.*k\.txt|file=k\.txt/);
  });

  testHere('in a clone of one commit: not clean, and whole with fetch', () => {
    const run = act(event, payload(), head(), 1);
    expect([run.status, run.passed]).toEqual([3, false]);
    expect(run.text).toContain('fetch-depth: 0');
    expect(act(event, payload(), head(), 1, { fetch: 'true' }).status).toBe(expected);
  });
});

testHere('a deletion is nothing to scan', () => {
  const run = act('push', { ...push(up.topic, ZERO), deleted: true }, up.main, 0);
  expect([run.status, run.passed]).toEqual([0, true]);
});

testHere('fail, format, config-from and args do what they say', () => {
  const lenient = act('push', push(up.first, up.topic), up.topic, 0, { fail: 'false', format: 'html' });
  expect([lenient.status, lenient.passed]).toEqual([1, false]); // the step after it finds no SARIF
  expect(lenient.text).not.toContain('Failure - Main cratesguard');
  const excluded = act('push', push(up.first, up.topic), up.topic, 0, {
    args: `--exclude 'k.*'`,
    'config-from': 'HEAD',
  });
  expect([excluded.status, excluded.passed]).toEqual([0, true]);
});
