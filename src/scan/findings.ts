import type { Candidate } from '../detect/candidate';
import { maskText } from '../detect/mask';
import { fingerprintOf } from '../policy/fingerprint';
import type { Judgement, Policy } from '../policy/policy';
import type { Content, Provenance, Source } from '../sources/content';
import type { Finding, FindingStatus } from './report';

/** The finding that a candidate becomes under a policy. Everything in it that quotes foreign text is masked. */
export async function findingOf(candidate: Candidate, content: Content, policy: Policy): Promise<Finding> {
  const judgement = await policy.judge(candidate, { path: content.path, inFile: content.where === 'file' });
  return {
    rule: candidate.rule,
    status: statusOf(candidate, content, policy, judgement),
    fingerprint: fingerprintOf(candidate.secret),
    secret: candidate.secret.mask,
    provenance: maskedProvenance(content.provenance),
    path: content.path === null ? null : maskText(content.path),
    where: content.where,
    // These are one line each, also where a name or a value holds line feeds.
    line: ONE_LINE.has(content.where) ? 1 : candidate.line,
    column: candidate.column,
    endColumn: candidate.endColumn,
    excerpt: candidate.excerpt,
    encoding: candidate.encoding,
    allowedBy: judgement.allowedBy,
    notes: judgement.notes,
  };
}

const ONE_LINE: ReadonlySet<Content['where']> = new Set(['path-name', 'symlink', 'ref-name', 'image-config']);

function statusOf(candidate: Candidate, content: Content, policy: Policy, judgement: Judgement): FindingStatus {
  if (judgement.allowedBy !== null) return 'allowed';
  if (content.incoming === true) return 'warned';
  return policy.modes[candidate.rule] === 'warn' ? 'warned' : 'blocked';
}

export function maskedProvenance(provenance: Provenance): Provenance {
  if (!('ref' in provenance) || provenance.ref === null) return provenance;
  return { ...provenance, ref: maskText(provenance.ref) };
}

/**
 * Findings of one report: one secret at one place is one finding, however often a source comes by it (the stages of an
 * unmerged path, the parents of a merge). Where the same place is judged twice, the stricter judgement stays.
 */
export function createFindings(once?: Source['once']): { add(finding: Finding): void; sorted(): readonly Finding[] } {
  const byPlace = new Map<string, Finding>();
  return {
    add(finding) {
      const place = once === 'per-path' ? pathOf(finding) : placeOf(finding);
      const known = byPlace.get(place);
      if (known === undefined || SEVERITY[finding.status] > SEVERITY[known.status]) byPlace.set(place, finding);
    },
    sorted: () => [...byPlace.values()].sort(byPathLineColumn),
  };
}

const SEVERITY: Readonly<Record<FindingStatus, number>> = { allowed: 0, warned: 1, blocked: 2 };

/** In a history a secret counts once for each path, at the commit that brought it in, which comes first. */
function pathOf(finding: Finding): string {
  if (finding.path === null || finding.fingerprint === null) return placeOf(finding);
  return JSON.stringify([finding.path, finding.where, finding.rule, finding.fingerprint]);
}

function placeOf(finding: Finding): string {
  return JSON.stringify([
    finding.provenance,
    finding.path,
    finding.where,
    finding.line,
    finding.column,
    finding.endColumn,
    finding.rule,
    finding.fingerprint,
  ]);
}

/** By path in code units, findings without one last; then line, column. The sort is stable. */
function byPathLineColumn(a: Finding, b: Finding): number {
  if (a.path !== b.path) {
    if (a.path === null) return 1;
    if (b.path === null) return -1;
    return a.path < b.path ? -1 : 1;
  }
  return a.line - b.line || a.column - b.column;
}
