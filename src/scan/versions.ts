import type { Candidate } from '../detect/candidate';
import { identityOf } from '../policy/fingerprint';
import type { Content } from '../sources/content';

/** Tells which candidates of a file's version are new there; parents' versions come before their children's. */
export interface Versions {
  /** Null where it takes a diff to tell. */
  added(content: Content, candidates: readonly Candidate[]): readonly Candidate[] | null;
}

/** Remembers, for each path, which blob holds which secrets: of versions with candidates only, which are few. */
export function createVersions(): Versions {
  const byPath = new Map<string | null, Map<string, ReadonlySet<string>>>();
  return {
    added({ path, version }, candidates) {
      if (version === undefined) return null;
      const keys = candidates.map(keyOf);
      const held = byPath.get(path) ?? new Map<string, ReadonlySet<string>>();
      byPath.set(path, held.set(version.oid, new Set(keys)));
      const before = version.old.flatMap((oid) => held.get(oid) ?? []);
      return candidates.filter((_, at) => !before.some((secrets) => secrets.has(keys[at] ?? '')));
    },
  };
}

/** With the masked line: a comment in it may allow the secret. */
function keyOf({ rule, secret, excerpt }: Candidate): string {
  return `${rule} ${identityOf(secret)} ${excerpt}`;
}
