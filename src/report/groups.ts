/** Findings put together by the secret they are of. */
import type { Finding } from '../scan/report';
import { commitOf, pathOf } from './place';

/** One secret and every place it was found at, in the report's order. */
export interface SecretGroup {
  readonly key: string;
  readonly first: Finding;
  readonly findings: readonly Finding[];
}

/**
 * What two findings of one secret share. Without a fingerprint (a short secret, which could be guessed) nothing tells
 * whether two are the same, so each place stands for itself.
 */
function keyOf(finding: Finding): string {
  return (
    finding.fingerprint ??
    `${finding.rule} ${commitOf(finding) ?? ''} ${pathOf(finding)}:${finding.line}:${finding.column}`
  );
}

/** In order of each secret's first finding. */
export function groupBySecret(findings: readonly Finding[]): SecretGroup[] {
  const groups = new Map<string, { key: string; first: Finding; findings: Finding[] }>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, first: finding, findings: [finding] });
    else group.findings.push(finding);
  }
  return [...groups.values()];
}

/** For each finding, how many of the same mask come before it on its line. */
export function ordinals(findings: readonly Finding[]): Map<Finding, number> {
  const seen = new Map<string, number>();
  const result = new Map<Finding, number>();
  for (const finding of findings) {
    const key = JSON.stringify([pathOf(finding), commitOf(finding), finding.where, finding.line, finding.secret]);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    result.set(finding, before);
  }
  return result;
}
