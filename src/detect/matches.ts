/** All that the rules match in one text, and which of it wins where matches overlap. */
import { firstIndex } from '../base/search';
import { RULE_IDS, type RuleId } from '../rules/rule';
import { findInBase64, findInHex } from './encoded-bytes';
import type { Match } from './match';
import { findCommandTokens } from './registry/commands';
import { findNamedTokens } from './registry/names';
import { findTableTokens, findTopLevelTokens } from './registry/tables';
import { findSessions } from './session';
import { findTokens } from './token-shapes';

export interface TextOptions {
  /** The text begins a credentials file of Cargo's, where a token may stand above all tables. */
  readonly isCredentialsFile: boolean;
}

/** Everything with a secret's shape, in no order, overlapping where several rules match. */
export function findShapes(text: string, { isCredentialsFile }: TextOptions): readonly Match[] {
  return [
    ...findTokens(text),
    ...findInBase64(text),
    ...findInHex(text),
    ...findSessions(text),
    ...findNamedTokens(text),
    ...findTableTokens(text),
    ...findCommandTokens(text),
    ...(isCredentialsFile ? findTopLevelTokens(text) : []),
  ];
}

function precedence(match: Match): number {
  return RULE_IDS.indexOf(match.rule);
}

/** The shapes that count, of the rules that are on: one for each place, the most specific rule's, in order of place. */
export function findSecrets(shapes: readonly Match[], rules: ReadonlySet<RuleId>): readonly Match[] {
  const candidates = shapes
    .filter((match) => match.counts && rules.has(match.rule))
    .sort((a, b) => precedence(a) - precedence(b) || a.start - b.start || b.end - a.end || a.anchor - b.anchor);
  const taken = new Intervals();
  const kept: Match[] = [];
  for (const match of candidates) if (taken.add(match.start, match.end)) kept.push(match);
  return kept.sort((a, b) => a.start - b.start);
}

/** Half-open intervals that do not overlap, in order, by binary search. */
class Intervals {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** Adds an interval unless it overlaps one that is there; says whether it did. */
  add(start: number, end: number): boolean {
    const low = firstIndex(this.starts.length, (at) => (this.starts[at] ?? 0) >= start);
    if (low > 0 && (this.ends[low - 1] ?? 0) > start) return false;
    if (low < this.starts.length && (this.starts[low] ?? 0) < end) return false;
    this.starts.splice(low, 0, start);
    this.ends.splice(low, 0, end);
    return true;
  }
}
