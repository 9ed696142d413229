import type { PublishedVersion, TrustedPublishing } from '../../crates-io/registry';

/** Something that was done to a version. */
export interface AuditEvent {
  readonly crate: string;
  readonly version: string;
  readonly action: 'publish' | 'yank' | 'unyank';
  /** RFC 3339, as crates.io wrote it. */
  readonly at: string;
  /** A login; null where crates.io names nobody, as for Trusted Publishing. */
  readonly by: string | null;
  readonly checksum: string | null;
  /** Whether the version is yanked now. */
  readonly yanked: boolean;
  /** The CI job behind a publish by Trusted Publishing; null for everything that was done with a key. */
  readonly trustedPublishing: TrustedPublishing | null;
}

/** What happened to a version, all of it. crates.io records no publish action for Trusted Publishing, nor did it in its first years. */
export function eventsOf(version: PublishedVersion): readonly AuditEvent[] {
  const common = { crate: version.crate, version: version.version, checksum: version.checksum, yanked: version.yanked };
  const recorded = version.actions.map(({ action, at, by }): AuditEvent => ({
    ...common,
    action,
    at,
    by,
    trustedPublishing: action === 'publish' ? version.trustedPublishing : null,
  }));
  if (recorded.some(({ action }) => action === 'publish')) return recorded.map(ordered);
  const publish: AuditEvent = {
    ...common,
    action: 'publish',
    at: version.createdAt,
    by: version.publishedBy,
    trustedPublishing: version.trustedPublishing,
  };
  return [publish, ...recorded].map(ordered);
}

/** Oldest first. */
export function byTime<T extends AuditEvent>(events: readonly T[]): readonly T[] {
  const times = new Map(events.map((event) => [event, Date.parse(event.at)]));
  return [...events].sort(
    (a, b) =>
      (times.get(a) ?? 0) - (times.get(b) ?? 0) ||
      compare(a.crate, b.crate) ||
      compare(a.version, b.version) ||
      compare(a.action, b.action),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The keys in the order in which the contract shows them. */
function ordered({ crate, version, action, at, by, checksum, yanked, trustedPublishing }: AuditEvent): AuditEvent {
  return { crate, version, action, at, by, checksum, yanked, trustedPublishing };
}
