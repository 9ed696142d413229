import Ajv from 'ajv';
import AjvDraft4 from 'ajv-draft-04';
import reportSchema from '../../../schema/report.schema.json';
import { gitlab } from '../../../src/report/gitlab';
import { json } from '../../../src/report/json';
import { sarif } from '../../../src/report/sarif';
import type { Reporter } from '../../../src/report/reporter';
import { RULE_IDS } from '../../../src/rules/rule';
import type { Finding, Report } from '../../../src/scan/report';
import gitlabSchema from '../../schemas/gitlab-secret-detection.schema.json';
import sarifSchema from '../../schemas/sarif-2.1.0.schema.json';
import {
  commitId,
  finding,
  fingerprint,
  HOSTILE,
  hostileReport,
  manyFindings,
  options,
  report,
  SOURCES,
} from '../../support/reports';

const ajv = new Ajv({ strict: false, allErrors: true });
// the schema has a pattern that is none with the flag `u`
const draft4 = new AjvDraft4({ strict: false, allErrors: true, unicodeRegExp: false });
draft4.addFormat('uri', (text) => URL.canParse(text));
draft4.addFormat('uri-reference', /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-F]{2})*$/);
draft4.addFormat('date-time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);

const validators = {
  json: { reporter: json, valid: ajv.compile(reportSchema) },
  gitlab: { reporter: gitlab, valid: ajv.compile(gitlabSchema) },
  sarif: { reporter: sarif, valid: draft4.compile(sarifSchema) },
};

function parsed(reporter: Reporter, of: Report): unknown {
  return JSON.parse([...reporter(of, options)].join(''));
}

const reports: readonly (readonly [string, Report])[] = [
  ['clean', report([])],
  ['one finding', report([finding()])],
  ['no fingerprint', report([finding({ fingerprint: null, rule: 'cargo-registry-token', secret: '*'.repeat(8) })])],
  ['every rule', report(RULE_IDS.map((rule) => finding({ rule })))],
  ['many findings', manyFindings(500)],
  ['an error', report([], { errors: [{ path: null, reason: 'git failed' }] })],
  ...SOURCES.map((source) => [`source ${source}`, report([finding()], { source })] as const),
  ...HOSTILE.map((text, index) => [`hostile text ${index}`, hostileReport(text)] as const),
];

describe.each(['json', 'gitlab', 'sarif'] as const)('%s', (format) => {
  const { reporter, valid } = validators[format];
  test.each(reports)('%s keeps to the schema', (_, of) => {
    valid(parsed(reporter, of));
    expect(valid.errors ?? []).toEqual([]);
  });

  test('the schema refuses what is no report', () => {
    expect(valid({ version: '2.1.0' })).toBe(false);
  });

  test('no control character, and none that turns text around, is left in it', () => {
    for (const text of HOSTILE)
      expect(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(
          [...reporter(hostileReport(text), options)].join(''),
        ),
      ).toBe(false);
  });
});

test('the schema of our own report refuses what is none', () => {
  const { valid } = validators.json;
  const good = parsed(json, report([finding()])) as { findings: Finding[] };
  expect(valid(good)).toBe(true);
  expect(valid({ ...good, version: 2 })).toBe(false);
  expect(valid({ ...good, more: 1 })).toBe(false);
  expect(valid({ ...good, findings: [{ ...good.findings[0], line: 0 }] })).toBe(false);
});

test('json has the keys of the contract in their order, and notes and new only where there is something to say', () => {
  const provenance = { kind: 'commit', commit: commitId(1), ref: 'refs/heads/x' } as const;
  const [plain, noted, allowed] = (
    parsed(
      json,
      report([
        finding({ provenance }),
        finding({ notes: [{ code: 'entry-expired', on: '2026-01-01', reason: 'old' }] }),
        finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: 'known', new: true } }),
      ]),
    ) as { findings: Record<string, unknown>[] }
  ).findings;
  expect(Object.keys(plain ?? {})).toEqual([
    'rule',
    'status',
    'fingerprint',
    'secret',
    'path',
    'line',
    'column',
    'endColumn',
    'excerpt',
    'encoding',
    'where',
    'commit',
    'ref',
    'author',
    'allowedBy',
  ]);
  expect(plain).toMatchObject({ commit: commitId(1), ref: 'refs/heads/x', allowedBy: null });
  expect(noted).toMatchObject({ notes: [{ code: 'entry-expired', on: '2026-01-01', reason: 'old' }] });
  expect(allowed).toMatchObject({ allowedBy: { kind: 'entry', reason: 'known', new: true } });
});

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly helpUri: string }[] } };
  readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  readonly results: readonly {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly level: string;
    readonly locations: readonly {
      readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string } };
    }[];
    readonly partialFingerprints: { readonly primaryLocationLineHash: string };
    readonly suppressions: readonly { readonly kind: string }[];
  }[];
}

function sarifRun(of: Report): SarifRun {
  const [run] = (parsed(sarif, of) as { runs: SarifRun[] }).runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

describe('sarif', () => {
  test('every result points at its rule', () => {
    const run = sarifRun(report(RULE_IDS.map((rule) => finding({ rule }))));
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    for (const { helpUri } of run.tool.driver.rules) expect(new URL(helpUri).protocol).toBe('https:');
  });

  test.each([
    ['src/lib.rs', 'src/lib.rs'],
    ['dir with space/ü#?.rs', 'dir%20with%20space/%C3%BC%23%3F.rs'],
    ['a:b/c', 'a%3Ab/c'],
    ['100%.txt', '100%25.txt'],
    ['\ud800.txt', '%EF%BF%BD.txt'],
  ])('%j is a relative reference', (path, uri) => {
    const [result] = sarifRun(report([finding({ path })])).results;
    expect(result?.locations[0]?.physicalLocation.artifactLocation).toEqual({ uri, uriBaseId: '%SRCROOT%' });
  });

  test('an absolute path is a file address', () => {
    const uris = ['/srv/x y', 'C:/x'].map(
      (path) => sarifRun(report([finding({ path })])).results[0]?.locations[0]?.physicalLocation.artifactLocation,
    );
    expect(uris).toEqual([{ uri: 'file:///srv/x%20y' }, { uri: 'file:///C:/x' }]);
  });

  test('a commit stands for the path that a message does not have', () => {
    const provenance = { kind: 'commit', commit: commitId(1), ref: null } as const;
    const [result] = sarifRun(report([finding({ path: null, where: 'commit-message', provenance })])).results;
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(`commit%20${commitId(1).slice(0, 12)}`);
  });

  test('an identity survives a move within the file and tells equal secrets of one file apart', () => {
    const identities = (of: Report): string[] =>
      sarifRun(of).results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash);
    const before = identities(report([finding(), finding({ line: 9 }), finding({ fingerprint: fingerprint('b') })]));
    const after = identities(
      report([finding({ line: 5 }), finding({ line: 12 }), finding({ line: 1, fingerprint: fingerprint('b') })]),
    );
    expect(after).toEqual(before);
    expect(new Set(before).size).toBe(3);
    expect(identities(report([finding({ fingerprint: null })]))[0]).toMatch(/^[0-9a-f]{16}:1$/);
  });

  test('allowed findings are suppressed in the source or outside it, and errors make the run unsuccessful', () => {
    const run = sarifRun(
      report(
        [
          finding({ status: 'allowed', allowedBy: { kind: 'inline', reason: 'a' } }),
          finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: 'b' } }),
          finding({ status: 'warned' }),
          finding(),
        ],
        { errors: [{ path: 'x', reason: 'permission denied' }] },
      ),
    );
    expect(run.results.map(({ suppressions }) => suppressions.map(({ kind }) => kind))).toEqual([
      ['inSource'],
      ['external'],
      [],
      [],
    ]);
    expect(run.results.map(({ level }) => level)).toEqual(['note', 'note', 'warning', 'error']);
    expect(run.invocations[0]?.executionSuccessful).toBe(false);
  });
});

describe('gitlab', () => {
  interface Gitlab {
    readonly scan: { readonly status: string };
    readonly vulnerabilities: readonly {
      readonly id: string;
      readonly location: { readonly file: string; readonly commit: { readonly sha: string } };
    }[];
  }
  const gitlabReport = (of: Report): Gitlab => parsed(gitlab, of) as Gitlab;

  test('ids are the same in the next run and differ within one', () => {
    const ids = gitlabReport(manyFindings(300)).vulnerabilities.map(({ id }) => id);
    expect(gitlabReport(manyFindings(300)).vulnerabilities.map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('an allowed finding is no vulnerability; an unreadable file is a failed scan', () => {
    const allowed = finding({ status: 'allowed', allowedBy: { kind: 'inline', reason: 'a' } });
    const { scan, vulnerabilities } = gitlabReport(report([allowed], { errors: [{ path: null, reason: 'no' }] }));
    expect(vulnerabilities).toEqual([]);
    expect(scan.status).toBe('failure');
  });

  test('a commit is named where there is one', () => {
    const provenance = { kind: 'commit', commit: commitId(7), ref: null } as const;
    const [message, staged] = gitlabReport(report([finding({ path: null, provenance }), finding()])).vulnerabilities;
    expect(message?.location).toMatchObject({
      file: `commit ${commitId(7).slice(0, 12)}`,
      commit: { sha: commitId(7) },
    });
    expect(staged?.location).toMatchObject({ file: 'src/lib.rs', commit: { sha: '0000000' } });
  });
});
