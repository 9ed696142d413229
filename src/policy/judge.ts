import type { Candidate } from '../detect/candidate';
import type { Config } from './config';
import { identityOf, type AllowlistEntry } from './entry';
import { fingerprintOf } from './fingerprint';
import type { AllowedBy, FindingNote, Judgement, Place } from './policy';

export interface JudgeOptions {
  readonly config: Config;
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string;
  /** False where inline comments do not count: the server, and `allowInline: false`. */
  readonly inlineCounts: boolean;
  /** The identities of the entries that were there before the change; null where nobody can tell. Asked once. */
  readonly committed: () => Promise<ReadonlySet<string> | null>;
}

/**
 * Judges candidates. What the repository's owner wrote down comes before what a line says of itself, and both before
 * what everybody knows: the reason that a report shows is then the one that somebody is answerable for.
 */
export function createJudge(options: JudgeOptions): (candidate: Candidate, place: Place) => Promise<Judgement> {
  const { config, today } = options;
  let committed: Promise<ReadonlySet<string> | null> | undefined;

  async function allowedByOne(entries: readonly AllowlistEntry[]): Promise<AllowedBy | null> {
    const [first] = entries;
    if (first === undefined) return null;
    const before = await (committed ??= options.committed());
    const known = before === null ? first : entries.find((entry) => before.has(identityOf(entry)));
    return known === undefined
      ? { kind: 'entry', reason: first.reason, new: true }
      : { kind: 'entry', reason: known.reason };
  }

  return async (candidate, place) => {
    const matching = matchingEntries(config.allowlist, candidate, place);
    const byEntry = await allowedByOne(matching.filter((entry) => !isExpired(entry, today)));
    if (byEntry !== null) return { allowedBy: byEntry, notes: [] };
    const inline = inlineJudgement(candidate, place, options.inlineCounts);
    if (inline.allowedBy !== null) return inline;
    if (candidate.knownExample !== null)
      return { allowedBy: { kind: 'known-example', reason: candidate.knownExample }, notes: [] };
    return { allowedBy: null, notes: [...matching.map(expiryNote), ...inline.notes] };
  };
}

/** The entries whose every condition holds, whether or not they have expired. */
export function matchingEntries(
  entries: readonly AllowlistEntry[],
  candidate: Candidate,
  place: Place,
): readonly AllowlistEntry[] {
  let known: string | null | undefined;
  const fingerprint = (): string | null => (known === undefined ? (known = fingerprintOf(candidate.secret)) : known);
  return entries.filter(
    (entry) =>
      (entry.fingerprint === null || entry.fingerprint === fingerprint()) &&
      (entry.rules === null || entry.rules.includes(candidate.rule)) &&
      entry.takesPath(place.path) &&
      // The one place that needs the secret itself: a pattern is about its text.
      (entry.pattern === null || entry.takesText(candidate.secret.reveal())),
  );
}

/** From its day on, an entry no longer allows. */
export function isExpired(entry: AllowlistEntry, today: string): boolean {
  return entry.expires !== null && entry.expires <= today;
}

function expiryNote(entry: AllowlistEntry): FindingNote {
  return { code: 'entry-expired', on: entry.expires ?? '', reason: entry.reason };
}

function inlineJudgement(candidate: Candidate, place: Place, counts: boolean): Judgement {
  const inline = candidate.inlineAllow;
  if (inline === null) return { allowedBy: null, notes: [] };
  if (!counts || !place.inFile) return { allowedBy: null, notes: [{ code: 'inline-not-honoured' }] };
  if (inline.reason === null) return { allowedBy: null, notes: [{ code: 'inline-without-reason' }] };
  return { allowedBy: { kind: 'inline', reason: inline.reason }, notes: [] };
}
