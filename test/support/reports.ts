import { createHash } from 'node:crypto';
import type { RuleDescription, ReporterOptions } from '../../src/report/reporter';
import { RULE_IDS } from '../../src/rules/rule';
import type { CommitSummary, Finding, Report } from '../../src/scan/report';
import type { SourceName } from '../../src/sources/content';

/** Reports made by hand, with masks only: what the scan would hand to a reporter. */

export const MASK = `cio${'*'.repeat(32)}`;

export const AUTHOR: CommitSummary['author'] = {
  name: 'Ann',
  email: 'ann@example.com',
  date: '2026-01-01T00:00:00Z',
};

export const rules: readonly RuleDescription[] = RULE_IDS.map((id) => ({
  id,
  summary: id === 'crates-io-api-token' ? 'crates.io API token' : `what ${id} finds`,
  help: `What ${id} means.\n\nAnd what to do about it.`,
}));

export const options: ReporterOptions = {
  color: false,
  width: undefined,
  version: '1.2.3',
  rules,
  time: '2026-01-05T10:20:30Z',
};

export function fingerprint(seed: string | number): string {
  return `sha256:${createHash('sha256').update(`secret ${seed}`).digest('hex')}`;
}

export function commitId(seed: string | number): string {
  return createHash('sha1').update(`commit ${seed}`).digest('hex');
}

/** A blocked API token in a staged file. */
export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    rule: 'crates-io-api-token',
    status: 'blocked',
    fingerprint: fingerprint('a'),
    secret: MASK,
    provenance: { kind: 'index' },
    path: 'src/lib.rs',
    where: 'file',
    line: 2,
    column: 8,
    endColumn: 43,
    excerpt: `  k = "${MASK}"; b = "${MASK}"`,
    encoding: 'plain',
    allowedBy: null,
    notes: [],
    ...changes,
  };
}

export function report(findings: readonly Finding[], changes: Partial<Report> = {}): Report {
  const counted = (status: Finding['status']): number => findings.filter((each) => each.status === status).length;
  return {
    source: 'staged',
    scanned: { files: 3, bytes: 1234, commits: 0 },
    findings,
    skipped: [],
    errors: [],
    summary: { blocked: counted('blocked'), allowed: counted('allowed'), warned: counted('warned') },
    ...changes,
  };
}

export const SOURCES: readonly SourceName[] = [
  'staged',
  'merge',
  'message',
  'range',
  'history',
  'push',
  'receive',
  'ci',
  'paths',
  'stdin',
  'image',
  'crate',
  'package',
];

/** Names and texts that try to be something else in one format or another. */
export const HOSTILE: readonly string[] = [
  'a\nb/::error file=x::pwned',
  '::error file=x::pwned',
  '::stop-commands::x',
  '##[error]pwned',
  '\u001b[31mred\u001b[0m\u0007',
  'carriage\rreturn',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; alert(1); '",
  '%0A::error::pwned',
  'a%b,c:d=e',
  ']]>',
  '<!--',
  '</script>',
  '&amp;&lt;',
  '\u202egnp.exe',
  '\u0000\u0001\u009b31m',
  '| cell | `code` *bold* [link](http://x) @user #1',
  'https://example.com/?q=a b#c',
  'C:\\windows\\path',
  'dir with space/ümlaut/日本語/😀.rs',
  '\ufffe\uffff',
];

/** A report in which every text is hostile. */
export function hostileReport(text: string, source: SourceName = 'range'): Report {
  const commit = commitId(text);
  return report(
    [
      finding({ path: text, excerpt: `${text} ${MASK} ${text}`, provenance: { kind: 'commit', commit, ref: text } }),
      finding({ path: text, status: 'allowed', allowedBy: { kind: 'entry', reason: text, new: true } }),
      finding({
        path: text,
        status: 'warned',
        notes: [{ code: 'entry-expired', on: '2026-01-01', reason: text }],
      }),
      finding({ path: null, where: 'commit-message', provenance: { kind: 'commit', commit, ref: text } }),
    ],
    {
      source,
      skipped: [{ path: text, reason: text }],
      errors: [
        { path: text, reason: text },
        { path: null, reason: text },
      ],
      ci: { platform: 'github', event: 'pull-request', base: commit, head: commit, ref: text, configuredBy: null },
      commits: { [commit]: { at: '2025-12-31T23:59:59Z', subject: text, author: { ...AUTHOR, name: text } } },
      secrets: { [fingerprint('a')]: { first: commit, last: commit, tips: [text], publishedOn: [text] } },
    },
  );
}

/** `count` secrets, two or three places each, over a history. */
export function manyFindings(count: number): Report {
  const findings: Finding[] = [];
  const commits: Record<string, CommitSummary> = {};
  for (let index = 0; index < count; index += 1) {
    const secret = Math.floor(index / 2.5);
    const commit = commitId(index % 37);
    commits[commit] = {
      at: new Date(Date.UTC(2023, index % 37, 1 + (index % 28), 12)).toISOString(),
      subject: `change number ${index % 37}`,
      author: AUTHOR,
    };
    const state = index % 11;
    findings.push(
      finding({
        fingerprint: fingerprint(secret),
        path: `crates/part-${index % 23}/src/file_${index}.rs`,
        line: 1 + ((index * 7) % 400),
        column: 8,
        provenance: { kind: 'commit', commit, ref: index % 3 === 0 ? 'refs/heads/main' : 'refs/tags/v1.0' },
        status: state === 0 ? 'allowed' : state === 1 ? 'warned' : 'blocked',
        allowedBy: state === 0 ? { kind: 'entry', reason: 'revoked on 2026-01-05, kept for the changelog' } : null,
      }),
    );
  }
  return report(findings, { source: 'history', scanned: { files: 48210, bytes: 1.9e9, commits: 20317 }, commits });
}
