import type { Encoding } from '../detect/candidate';
import type { CiEvent } from '../ci/event';
import type { Provenance, SourceName, Where } from '../sources/content';
import type { AllowedBy, FindingNote } from '../policy/policy';
import type { RuleId } from '../rules/rule';

export type FindingStatus = 'blocked' | 'allowed' | 'warned';

/** A candidate that was judged. All its text is masked already. */
export interface Finding {
  readonly rule: RuleId;
  readonly status: FindingStatus;
  /** `sha256:` and 64 hex digits of the secret's bytes; null for a secret of fewer than 20 characters. */
  readonly fingerprint: string | null;
  /** The mask. */
  readonly secret: string;
  readonly provenance: Provenance;
  readonly path: string | null;
  readonly where: Where;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly excerpt: string;
  readonly encoding: Encoding;
  readonly allowedBy: AllowedBy | null;
  readonly notes: readonly FindingNote[];
}

/** As the commit has it, masked; the date is when it was written, as ISO 8601 in UTC. */
export interface CommitAuthor {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** A commit that findings name. */
export interface CommitSummary {
  /** When it was committed, as ISO 8601 in UTC. */
  readonly at: string;
  /** The first line of its message, masked. */
  readonly subject: string;
  readonly author: CommitAuthor;
}

/** What the repository tells of one secret beyond the places where it was found. */
export interface SecretExposure {
  /** Of the commits that were scanned and add it, the first and the last by date: ids, which `commits` describes. */
  readonly first: string;
  readonly last: string;
  /** Branches (`main`, `origin/main`) whose tip still has it where it was found; null where that is not known. */
  readonly tips: readonly string[] | null;
  /** Remotes' branches that reach a commit that adds it. */
  readonly publishedOn: readonly string[];
}

/** What a CI run brought in. Object ids whole; `ref` is masked. */
export interface CiFacts {
  readonly platform: string;
  readonly event: CiEvent['kind'];
  readonly base: string | null;
  readonly head: string | null;
  readonly ref: string | null;
  /** The commit whose configuration is meant to judge. */
  readonly configuredBy: string | null;
}

/** Sorted by path (findings without one last), line, column. */
export interface Report {
  readonly source: SourceName;
  readonly scanned: { readonly files: number; readonly bytes: number; readonly commits: number };
  readonly findings: readonly Finding[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly errors: readonly { readonly path: string | null; readonly reason: string }[];
  readonly summary: { readonly blocked: number; readonly allowed: number; readonly warned: number };
  /** Where a CI run was scanned. */
  readonly ci?: CiFacts;
  /** By commit id, where the scan looked them up: the commits that the findings and `secrets` name. */
  readonly commits?: Readonly<Record<string, CommitSummary>>;
  /** By fingerprint, where the scan looked it up (range, history), of secrets that are not allowed. */
  readonly secrets?: Readonly<Record<string, SecretExposure>>;
}
