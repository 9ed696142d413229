import { isRecord, parseJson } from '../../crates-io/answers';
import { GuardError } from '../../error';
import { RULE_IDS, type RuleId } from '../../rules/rule';

/** What a plan needs of a finding in a JSON report. */
export interface ReportedFinding {
  readonly rule: RuleId;
  readonly fingerprint: string | null;
  /** The mask. */
  readonly secret: string;
  readonly path: string | null;
  readonly line: number;
  readonly where: string;
  readonly encoding: string;
  /** Hex; null where it was not found in a commit. */
  readonly commit: string | null;
  readonly ref: string | null;
}

export interface ReportedScan {
  readonly source: string;
  /** Those that an allowlist entry lets through are somebody's decision already, and left out. */
  readonly findings: readonly ReportedFinding[];
  /** How many places the scan could not read. */
  readonly unread: number;
}

/**
 * Reads a JSON report of this program (CONTRACT.md, section 4, version 1).
 * @throws GuardError `unsupported` for another version, `damaged` for anything that is no report
 */
export function readReport(text: string): ReportedScan {
  const report = parseJson(text.replace(/^\uFEFF/, ''));
  if (!isRecord(report)) throw damaged('it is no whole JSON');
  const { version, source, findings, errors } = report;
  if (typeof version === 'number' && version !== 1)
    throw new GuardError('unsupported', `the report has version ${version}, and this program reads version 1`, {
      hint: 'update cratesguard, or make the report with this one',
    });
  if (version !== 1 || typeof source !== 'string' || !Array.isArray(findings))
    throw damaged('version, source or findings are missing');
  const rows = findings.map(findingOf);
  return {
    source,
    findings: rows.filter((row) => row !== 'allowed'),
    unread: Array.isArray(errors) ? errors.length : 0,
  };
}

function findingOf(row: unknown): ReportedFinding | 'allowed' {
  if (!isRecord(row)) throw damaged('a finding is no object');
  const rule = RULE_IDS.find((id) => id === row['rule']);
  const { line, status, secret } = row;
  if (rule === undefined || typeof line !== 'number' || typeof status !== 'string' || typeof secret !== 'string')
    throw damaged('a finding has no rule, line, status or secret');
  if (status === 'allowed') return 'allowed';
  const commit = textOf(row['commit']);
  if (commit !== null && !/^[0-9a-f]{7,64}$/.test(commit)) throw damaged('a commit is no object name');
  return {
    rule,
    fingerprint: textOf(row['fingerprint']),
    secret,
    path: textOf(row['path']),
    line,
    where: textOf(row['where']) ?? 'file',
    encoding: textOf(row['encoding']) ?? 'plain',
    commit,
    ref: textOf(row['ref']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function damaged(why: string): GuardError {
  return new GuardError('damaged', `--report is no report of cratesguard: ${why}`, {
    hint: 'make one with: cratesguard scan --history --format json --output report.json',
  });
}
