import { text } from '../../../src/report/text';
import type { ReporterOptions } from '../../../src/report/reporter';
import type { Report } from '../../../src/scan/report';
import {
  AUTHOR,
  commitId,
  finding,
  fingerprint,
  HOSTILE,
  hostileReport,
  manyFindings,
  MASK,
  options,
  report,
  SOURCES,
} from '../../support/reports';

const written = (of: Report, changes: Partial<ReporterOptions> = {}): string =>
  [...text(of, { ...options, ...changes })].join('');

const commit = (seed: number) => ({ kind: 'commit', commit: commitId(seed), ref: 'refs/heads/feature' }) as const;

test('a blocked commit says where, which rule, the masked line, and the ways on', () => {
  const page = written(report([finding()]), { occasion: 'hook' });
  expect(page).toContain('commit blocked');
  expect(page).toContain('src/lib.rs:2:8');
  expect(page).toContain('crates-io-api-token');
  expect(page).toContain(`k = "${MASK}"`);
  expect(page).toContain('https://crates.io/settings/tokens');
  expect(page).toContain('CARGO_REGISTRY_TOKEN');
  expect(page).toContain('credential provider');
  expect(page.replace(/\s+/g, ' ')).toContain('cratesguard:allow <reason>');
  expect(page).toContain(`cratesguard allow --reason "why it is not a secret" \\\n      ${fingerprint('a')}\n`);
});

test('the marker stands under the secret, also behind wide characters and for the second of two equal masks', () => {
  const line = `日本 "${MASK}" "${MASK}"`;
  const findings = [
    finding({ excerpt: line, column: 5, endColumn: 40 }),
    finding({ excerpt: line, column: 43, endColumn: 78, fingerprint: fingerprint('b') }),
  ];
  const markers = written(report(findings), { width: 100 })
    .split('\n')
    .filter((each) => each.includes('^^^'));
  // two wide characters take two columns each
  expect(markers.map((each) => each.indexOf('^') - '    | '.length)).toEqual([6, 44]);
  expect(markers.map((each) => each.length - each.indexOf('^'))).toEqual([35, 35]);
});

test('commands to copy name the program as it is called here, and fit into 80 columns with several fingerprints', () => {
  const findings = ['a', 'b', 'c'].map((seed) => finding({ fingerprint: fingerprint(seed) }));
  const page = written(report(findings), { program: 'npx cratesguard' });
  expect(page).toContain('npx cratesguard allow --reason');
  const commands = page.split('\n').filter((line) => line.includes('sha256:'));
  expect(commands).toHaveLength(3);
  for (const line of commands) expect(line.length).toBeLessThanOrEqual(80);
  const history = written(report(findings, { source: 'history' }), { program: 'npx cratesguard' });
  expect(history.replace(/\s+/g, ' ')).toContain("'npx cratesguard leak plan'");
});

test('a hook that lets git go on says who speaks; the other side of a merge is told to revoke', () => {
  const warned = written(report([finding({ status: 'warned' })], { source: 'merge' }), { occasion: 'hook' });
  expect(warned).toMatch(/^cratesguard: warning\n1 finding not blocked: /);
  expect(warned).toContain('https://crates.io/settings/tokens');
  const added = finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: 'mine', new: true } });
  expect(written(report([added]), { occasion: 'hook' })).toMatch(/^cratesguard: 1 finding allowed:\n/);
  expect(written(report([finding({ status: 'warned' })]))).toContain('\nWarning\n');
});

test('a message is not told to be in a commit, and what is in a commit itself is told in one line', () => {
  const place = { path: null, where: 'commit-message' } as const;
  const message = written(report([finding({ ...place, provenance: { kind: 'message' } })], { source: 'message' }));
  expect(message).toContain('commit message:2:8');
  expect(message).not.toContain('in the commit itself');
  const pushed = written(report([finding({ ...place, provenance: commit(1) })], { source: 'push' }), { width: 100 });
  expect(pushed).toContain('\n    in the commit itself (message, author or other header) (refs/heads/feature)\n');
  expect(pushed.match(/in the commit itself/g)).toHaveLength(1);
});

test('a secret without a fingerprint is not told to be allowed by one', () => {
  const page = written(report([finding({ fingerprint: null, rule: 'cargo-registry-token', secret: '*'.repeat(8) })]));
  expect(page).not.toContain('cratesguard allow');
  expect(page.replace(/\s+/g, ' ')).toContain('cratesguard:allow <reason>');
});

test('where no line of a file holds it, a comment on the line is not on offer', () => {
  const page = written(
    report([finding({ path: null, where: 'commit-message', provenance: { kind: 'message' } })], { source: 'message' }),
  );
  expect(page).not.toContain('cratesguard:allow');
  expect(page).toContain(`cratesguard allow`);
  expect(page).toContain('COMMIT_EDITMSG');
});

test('each source has words of its own', () => {
  const headlines = SOURCES.map(
    (source) => written(report([finding()], { source }), { occasion: 'hook' }).split('\n')[0],
  );
  expect(new Set(headlines).size).toBe(SOURCES.length);
  const cleans = SOURCES.map((source) => written(report([], { source })));
  for (const clean of cleans) expect(clean.trimEnd().split('\n')).toHaveLength(1);
});

test('a clean hook run is silent, and so is one with nothing but known allowances', () => {
  expect(written(report([]), { occasion: 'hook' })).toBe('');
  const allowed = finding({ status: 'allowed', allowedBy: { kind: 'inline', reason: 'an example' } });
  expect(written(report([allowed]), { occasion: 'hook' })).toBe('');
  expect(written(report([allowed]))).toContain('an example');
});

test('a hook shows an entry that the change itself adds, a warning and an expired entry', () => {
  const page = written(
    report([
      finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: 'mine', new: true } }),
      finding({ status: 'warned' }),
      finding({ notes: [{ code: 'entry-expired', on: '2026-01-01', reason: 'old' }] }),
    ]),
    { occasion: 'hook' },
  );
  expect(page).toContain('new allowlist entry');
  expect(page).toContain('Warning');
  expect(page).toContain('expired on 2026-01-01');
});

test('what could not be read is never called clean, and a hook says how to go on', () => {
  const broken = report([], { errors: [{ path: 'a/b', reason: 'permission denied' }] });
  expect(written(broken)).not.toContain('no leaked keys');
  expect(written(broken)).toContain('a/b: permission denied');
  expect(written(broken, { occasion: 'hook' })).toContain('CRATESGUARD_SKIP=1');
  // the server ignores it
  expect(written({ ...broken, source: 'receive' }, { occasion: 'hook' })).not.toContain('CRATESGUARD_SKIP');
});

test('one secret at many places is one group, with commits and refs', () => {
  const page = written(
    report([finding({ provenance: commit(1) }), finding({ path: 'other.rs', line: 7, provenance: commit(2) })], {
      source: 'push',
      commits: { [commitId(1)]: { at: '2026-01-03T10:00:00Z', subject: 'x', author: AUTHOR } },
    }),
  );
  expect(page).toContain('1 secret in the pushed commits, at 2 places');
  expect(page).toContain(`in commit ${commitId(1).slice(0, 12)} of 2026-01-03 by Ann (refs/heads/feature)`);
  expect(page).toContain('other.rs:7:8');
  expect(page.match(/\^\^\^\s/g)).toHaveLength(1);
});

test('five hundred findings are no wall', () => {
  const page = written(manyFindings(500));
  expect(page.split('\n').length).toBeLessThan(150);
  expect(page).toContain('more secrets');
});

test('no line is wider than the terminal but for paths, commands and addresses', () => {
  for (const width of [40, 80, 100]) {
    const page = written(report([finding({ path: 'a.rs' })]), { width, occasion: 'hook' });
    for (const line of page.split('\n'))
      if (!/sha256:|https:|cratesguard allow/.test(line)) expect(line.length).toBeLessThanOrEqual(width);
  }
});

test.each(HOSTILE.map((each) => [each]))('hostile text %j stays inert', (hostile) => {
  for (const source of ['range', 'staged'] as const) {
    const page = written(hostileReport(hostile, source));
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(page)).toBe(false);
    expect(/^\s*::/m.test(page)).toBe(false);
    expect(page).not.toContain('##[');
  }
});

test('colours are on only where they are asked for', () => {
  expect(written(report([finding()]))).not.toContain('\u001b');
  const page = written(report([finding()]), { color: true });
  expect(page).toContain('\u001b[');
  expect(page.replace(/\u001b\[\d+m/g, '')).toBe(written(report([finding()])));
});

test('of each secret: first and last commit, the tips that have it, the remote branches that have it', () => {
  const [first, last] = [commitId(1), commitId(2)];
  const told = (tips: readonly string[] | null, publishedOn: readonly string[]): string =>
    written(
      report([finding({ provenance: commit(1) })], {
        source: 'history',
        commits: { [first]: { at: '2025-01-02T00:00:00Z', subject: '', author: AUTHOR } },
        secrets: { [fingerprint('a')]: { first, last, tips, publishedOn } },
      }),
      { width: 100 },
    ).replace(/\s+/g, ' ');
  const many = Array.from({ length: 9 }, (_, index) => `b${index}`);
  expect(told(many, ['origin/main'])).toContain(
    `Added first in commit ${first.slice(0, 12)} of 2025-01-02, last in ${last.slice(0, 12)}. Still in the tip of b0, b1, b2, b3, b4, b5 and 3 more. Already on origin/main: it is published, so it must be revoked.`,
  );
  expect(told([], [])).toMatch(/No longer at these places in the tip of any branch.*On no remote's branch/);
  expect(told(null, [])).not.toContain('tip of');
});

test("advice fits the rule: crates.io's settings page is for crates.io's keys alone", () => {
  const other = written(report([finding({ rule: 'cargo-registry-token' }), finding({ rule: 'cargo-secret-key' })]));
  expect(other).not.toContain('crates.io/settings');
  expect(other.replace(/\s+/g, ' ')).toContain('Revoke the token at the registry that issued it.');
  expect(other.replace(/\s+/g, ' ')).toContain('Register a new public key with the registry');
});

test('advice fits the place: a tag is made again, a ref gets another name, and neither is amended', () => {
  const tag = { kind: 'tag', tag: commitId(1), ref: 'refs/tags/v1 $(x)' } as const;
  const inTag = written(report([finding({ path: null, where: 'tag-message', provenance: tag })], { source: 'push' }));
  expect(inTag).toContain("git tag -d 'v1 $(x)'\n    git tag -a 'v1 $(x)'");
  expect(inTag).not.toContain('--amend');
  const named = { kind: 'ref', ref: `refs/heads/${MASK}` } as const;
  const inName = written(report([finding({ path: null, where: 'ref-name', provenance: named })], { source: 'push' }));
  expect(inName.replace(/\s+/g, ' ')).toContain('make it again under another name');
  expect(inName).not.toContain('--amend');
});
