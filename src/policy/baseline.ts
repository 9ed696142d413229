import { GuardError } from '../base/error';
import { asFingerprint } from './entry';

/** What a JSON report of this program has to allow, each once. */
export interface Baseline {
  readonly fingerprints: readonly string[];
  /** The places of blocked findings that are too short for a fingerprint, for a message. */
  readonly unnamed: readonly string[];
  /** How many places the scan could not read. */
  readonly unread: number;
}

/** @throws GuardError('usage') for anything but a whole report, version 1 */
export function baselineOf(text: string): Baseline {
  const { version, findings, errors, truncated } = asReport(text);
  if (version !== 1 || !Array.isArray(findings) || !Array.isArray(errors)) throw noReport('it has another shape');
  if (truncated === true)
    throw new GuardError('usage', '--from: this report does not list all findings', {
      hint: 'scan parts of it, for instance one folder at a time',
    });
  const fingerprints = new Set<string>();
  const unnamed = new Set<string>();
  for (const finding of findings as readonly unknown[]) {
    if (typeof finding !== 'object' || finding === null) throw noReport('a finding is no object');
    const { status, fingerprint, path, line, column, rule } = finding as Readonly<Record<string, unknown>>;
    if (status !== 'blocked') continue;
    const known = typeof fingerprint === 'string' ? asFingerprint(fingerprint) : null;
    if (known !== null) fingerprints.add(known);
    else if (fingerprint === null) unnamed.add(`${shown(path)}:${shown(line)}:${shown(column)}  ${shown(rule)}`);
    else throw noReport('a finding has no fingerprint');
  }
  return { fingerprints: [...fingerprints], unnamed: [...unnamed], unread: errors.length };
}

const shown = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '-';

function asReport(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // said below
  }
  throw noReport('it is no JSON object');
}

function noReport(why: string): GuardError {
  return new GuardError('usage', `--from wants a JSON report of cratesguard: ${why}`, {
    hint: 'make one with: cratesguard scan --history --format json --output report.json',
  });
}
