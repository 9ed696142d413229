import type { RuleId } from '../rules/rule';
import { faultAt, type ConfigNode, type ConfigText, type Member } from './document';
import { compileGlob } from './glob';
import type { MatchBudget } from './match-budget';
import { compilePattern } from './pattern';
import { isDay } from '../base/dates';
import { fullListOf, membersOf, ruleOf, textOf } from './shape';

/** One entry of an allowlist. A condition that it does not give is null, and holds for everything. */
export interface AllowlistEntry {
  /** `sha256:` and 64 lower-case hex digits. */
  readonly fingerprint: string | null;
  readonly paths: readonly string[] | null;
  readonly rules: readonly RuleId[] | null;
  readonly pattern: string | null;
  /** On one line. */
  readonly reason: string;
  /** `YYYY-MM-DD`, in UTC: from that day on the entry no longer allows. */
  readonly expires: string | null;
  /** Where it is written: an offset into the configuration's text. */
  readonly at: number;
  readonly takesPath: (path: string | null) => boolean;
  readonly takesText: (text: string) => boolean;
}

const KEYS = ['fingerprint', 'paths', 'rules', 'pattern', 'reason', 'expires'] as const;
type Members = ReadonlyMap<(typeof KEYS)[number], Member>;

/** @throws GuardError('config') for the first fault, with file, line and column */
export async function entryOf(source: ConfigText, node: ConfigNode, budget: MatchBudget): Promise<AllowlistEntry> {
  const members = membersOf(source, node, 'an entry of the allowlist', KEYS);
  const reason = reasonOf(source, node, members);
  const fingerprint = fingerprintIn(source, members);
  const { paths, takesPath } = pathsOf(source, members, budget);
  const rules = rulesOf(source, members);
  const { pattern, takesText } = await patternOf(source, members, budget);
  if (fingerprint === null && paths === null && rules === null && pattern === null)
    throw faultAt(
      source,
      node.at,
      'an entry without a condition would allow everything',
      'Give it a fingerprint, paths, rules or a pattern.',
    );
  return {
    fingerprint,
    paths,
    rules,
    pattern,
    reason,
    expires: expiryOf(source, members),
    at: node.at,
    takesPath,
    takesText,
  };
}

/** Says the same of two entries whose conditions and expiry agree; the reason may be worded anew. */
export function identityOf(
  entry: Pick<AllowlistEntry, 'fingerprint' | 'paths' | 'rules' | 'pattern' | 'expires'>,
): string {
  const { fingerprint, paths, rules, pattern, expires } = entry;
  return JSON.stringify([fingerprint, paths && [...paths].sort(), rules && [...rules].sort(), pattern, expires]);
}

function reasonOf(source: ConfigText, node: ConfigNode, members: Members): string {
  const member = members.get('reason');
  if (member === undefined) throw faultAt(source, node.at, 'an entry without a reason', WHY);
  const reason = textOf(source, member.value, 'reason').replace(/\s+/gu, ' ').trim();
  if (reason === '') throw faultAt(source, member.value.at, 'an empty reason', WHY);
  return reason;
}

const WHY = 'Say why this may stay: `reason: revoked on 2026-01-05, kept for the changelog`.';

function fingerprintIn(source: ConfigText, members: Members): string | null {
  const member = members.get('fingerprint');
  if (member === undefined) return null;
  const fingerprint = asFingerprint(textOf(source, member.value, 'fingerprint'));
  if (fingerprint === null)
    throw faultAt(
      source,
      member.value.at,
      'not a fingerprint: that is `sha256:` and 64 hex digits',
      'A finding shows its fingerprint; a key itself does not belong here.',
    );
  return fingerprint;
}

/** The fingerprint in its one spelling; null for what is none. */
export function asFingerprint(text: string): string | null {
  return /^sha256:[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : null;
}

function pathsOf(
  source: ConfigText,
  members: Members,
  budget: MatchBudget,
): Pick<AllowlistEntry, 'paths' | 'takesPath'> {
  const member = members.get('paths');
  if (member === undefined) return { paths: null, takesPath: () => true };
  const globs = fullListOf(source, member.value, 'paths').items.map((item) => {
    const glob = textOf(source, item, 'paths');
    const matches = compileGlob(glob, (wildcards) => {
      budget.glob(item.at, wildcards);
    });
    if (typeof matches !== 'function') throw faultAt(source, item.at, `paths: ${matches.fault}`, matches.hint);
    return { glob, matches };
  });
  return {
    paths: globs.map(({ glob }) => glob),
    takesPath: (path) => path !== null && globs.some(({ matches }) => matches(path)),
  };
}

function rulesOf(source: ConfigText, members: Members): readonly RuleId[] | null {
  const member = members.get('rules');
  if (member === undefined) return null;
  return fullListOf(source, member.value, 'rules').items.map((item) => ruleOf(source, item, 'rules'));
}

async function patternOf(
  source: ConfigText,
  members: Members,
  budget: MatchBudget,
): Promise<Pick<AllowlistEntry, 'pattern' | 'takesText'>> {
  const member = members.get('pattern');
  if (member === undefined) return { pattern: null, takesText: () => true };
  const pattern = textOf(source, member.value, 'pattern');
  budget.pattern(member.value.at, pattern);
  const takesText = await compilePattern(pattern);
  if (typeof takesText !== 'function')
    throw faultAt(source, member.value.at, `pattern: ${takesText.fault}`, takesText.hint);
  return { pattern, takesText };
}

function expiryOf(source: ConfigText, members: Members): string | null {
  const member = members.get('expires');
  if (member === undefined) return null;
  const day = textOf(source, member.value, 'expires');
  if (!isDay(day)) throw faultAt(source, member.value.at, 'expires must be a day, as 2027-01-31');
  return day;
}
