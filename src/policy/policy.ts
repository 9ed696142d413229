import type { Candidate } from '../detect/candidate';
import type { RuleId, RuleMode } from '../rules/rule';

export interface AllowedBy {
  readonly kind: 'entry' | 'inline' | 'known-example';
  readonly reason: string;
  /** The entry is added by the very change that it allows. */
  readonly new?: true;
}

/** Why something that looks like an allowance did not count. */
export type FindingNote =
  | { readonly code: 'inline-without-reason' }
  | { readonly code: 'inline-not-honoured' }
  | { readonly code: 'entry-expired'; readonly on: string; readonly reason: string };

/** Where a candidate was found, as far as the policy cares. */
export interface Place {
  /** Unmasked, `/` between folders; null for a message. */
  readonly path: string | null;
  /** An inline comment counts only in the file whose line it is on. */
  readonly inFile: boolean;
}

export interface Judgement {
  readonly allowedBy: AllowedBy | null;
  readonly notes: readonly FindingNote[];
}

/** What is let through, read from one configuration file or none. */
export interface Policy {
  /** The file it came from, for messages; null without one. */
  readonly file: string | null;
  readonly modes: Readonly<Record<RuleId, RuleMode>>;
  readonly excluded: (path: string) => boolean;
  /** Asks for the committed configuration, once, where an entry allows: whether it is `new` shows only there. */
  readonly judge: (candidate: Candidate, place: Place) => Promise<Judgement>;
}
