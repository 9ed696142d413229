import type { Candidate } from '../detect/candidate';
import type { AllowlistEntry } from './entry';
import { isExpired, matchingEntries } from './judge';
import type { Place, Policy } from './policy';

/** A candidate, and where it was seen. */
export interface Sighting {
  readonly candidate: Candidate;
  readonly place: Place;
}

/**
 * Every candidate of the work tree (what git tracks or does not ignore), the index and the history, as far as the
 * policy's rules and excludes let it be found.
 *
 * @throws GuardError where not everything could be read: what was not seen is not stale
 */
export type CollectCandidates = (policy: Policy) => AsyncIterable<Sighting>;

export interface EntryCheck {
  readonly expired: readonly AllowlistEntry[];
  /** Not expired, and nothing seen needs them. */
  readonly stale: readonly AllowlistEntry[];
}

/**
 * Sorts out the entries that can go. Looks at sightings only as long as there is an entry that none has needed yet.
 *
 * @param today `YYYY-MM-DD`, in UTC
 */
export async function checkEntries(
  entries: readonly AllowlistEntry[],
  seen: AsyncIterable<Sighting>,
  today: string,
): Promise<EntryCheck> {
  const expired = entries.filter((entry) => isExpired(entry, today));
  const unseen = new Set(entries.filter((entry) => !isExpired(entry, today)));
  if (unseen.size > 0)
    for await (const { candidate, place } of seen) {
      for (const entry of matchingEntries([...unseen], candidate, place)) unseen.delete(entry);
      if (unseen.size === 0) break;
    }
  return { expired, stale: [...unseen] };
}
