import type { RuleId } from '../rules/rule';
import type { Secret } from './secret';

export type Encoding = 'plain' | 'base64' | 'hex' | 'percent' | 'escape' | 'utf-16';

/** A secret found at one place in one content, before anyone has judged it. */
export interface Candidate {
  readonly rule: RuleId;
  readonly secret: Secret;
  readonly encoding: Encoding;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units of the decoded line; a byte order mark has none, an invalid byte counts one. */
  readonly column: number;
  /** One past the end, same units. */
  readonly endColumn: number;
  /** The line around the secret, at most 200 characters, with every secret on it masked. */
  readonly excerpt: string;
  /** `cratesguard:allow REASON` after the secret on its line: the reason (masked), or null where it gives none. */
  readonly inlineAllow: { readonly reason: string | null } | null;
  /** Set where the secret is a published example: why it is known. */
  readonly knownExample: string | null;
}
