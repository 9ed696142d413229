import { isRecord, parseJson } from '../../base/json';
import { GuardError } from '../../base/error';
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
  /** No other secret stands on the same line (in the same message): a search of it finds this one. */
  readonly alone: boolean;
}

export interface ReportedScan {
  readonly source: string;
  /** Those that an allowlist entry lets through are somebody's decision already, and left out. */
  readonly findings: readonly ReportedFinding[];
  /** How many places the scan could not read. */
  readonly unread: number;
}

/**
 * Reads a JSON report of this program, version 1.
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
  const alone = (row: Row): boolean =>
    !rows.some((other) => other.fingerprint !== row.fingerprint && placeKey(other) === placeKey(row));
  return {
    source,
    findings: rows
      .filter(({ status }) => status !== 'allowed')
      .map(({ status: _status, ...row }) => ({ ...row, alone: alone({ ...row, status: '' }) })),
    unread: Array.isArray(errors) ? errors.length : 0,
  };
}

type Row = Omit<ReportedFinding, 'alone'> & { readonly status: string };

/** Messages are searched whole, files line by line. */
function placeKey({ commit, path, where, line }: Row): string {
  return JSON.stringify(where === 'file' ? [commit, path, line] : [commit, where]);
}

function findingOf(row: unknown): Row {
  if (!isRecord(row)) throw damaged('a finding is no object');
  const rule = RULE_IDS.find((id) => id === row['rule']);
  const { line, status, secret } = row;
  if (rule === undefined || typeof line !== 'number' || typeof status !== 'string' || typeof secret !== 'string')
    throw damaged('a finding has no rule, line, status or secret');
  const commit = textOf(row['commit']);
  if (commit !== null && !/^[0-9a-f]{7,64}$/.test(commit)) throw damaged('a commit is no object name');
  return {
    status,
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
