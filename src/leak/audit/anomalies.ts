import { firstIndex } from '../../base/search';
import type { TrustedPublishing } from '../../crates-io/registry';
import type { AuditEvent } from './events';
import type { Window } from './window';

/** Why an event deserves a look. None of these proves anything, and none of them missing does either. */
export type Anomaly =
  | { readonly code: 'unusual-hour'; readonly hour: number }
  | { readonly code: 'soon'; readonly gap: number; readonly usual: number }
  | { readonly code: 'after-long-silence'; readonly gap: number; readonly usual: number }
  | { readonly code: 'first-by-user' }
  | { readonly code: 'key-instead-of-trusted-publishing' }
  | { readonly code: 'other-publisher'; readonly by: string }
  | { readonly code: 'other-repository'; readonly repository: string }
  | { readonly code: 'no-tag' }
  | { readonly code: 'checksum-differs' };

/** What the repository around the working folder can add to the picture. */
export interface LocalRepository {
  /** Crates whose source is here. */
  readonly crates: ReadonlySet<string>;
  /** Tags, or none where the repository has none to compare with. */
  readonly tags: ReadonlySet<string>;
  /** `provider owner/name`, lower case: where its remotes are. */
  readonly repositories: ReadonlySet<string>;
  /** Checksums that `cargo package` makes here, by `name version`. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** What a crate's events are measured by. */
export interface Expected {
  readonly window: Window;
  /** Logins, in lower case, that may act on the crate; null where that is not known. */
  readonly publishers: ReadonlySet<string> | null;
  /** `provider owner/name`; null where only the crate's own past tells. */
  readonly repositories: ReadonlySet<string> | null;
  readonly local: LocalRepository;
}

export interface JudgedEvent extends AuditEvent {
  readonly anomalies: readonly Anomaly[];
  /** Published by Trusted Publishing, with no earlier repository to compare with. */
  readonly uncompared: boolean;
}

/** With fewer earlier versions than this, nothing is a habit. */
const HABIT = 5;
/** Hours, on both sides of an earlier publish, that count as the usual time. */
const NEAR = 3;
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** What was published before a moment, kept up to date in one pass. */
interface Past {
  count: number;
  readonly hours: number[];
  readonly gaps: number[];
  readonly users: Set<string>;
  last: { readonly time: number; readonly trusted: boolean } | null;
}

/** Judges the events of one crate, all of them and oldest first; gives those inside the window. */
export function judged(events: readonly AuditEvent[], expected: Expected): readonly JudgedEvent[] {
  const past: Past = { count: 0, hours: Array.from({ length: 24 }, () => 0), gaps: [], users: new Set(), last: null };
  const repositories = new Set<string>();
  const publishes = events.filter(({ action }) => action === 'publish');
  const found: JudgedEvent[] = [];
  let passed = 0;
  for (const event of events) {
    const time = Date.parse(event.at);
    // Versions of the same instant are not each other's past.
    for (let next = publishes[passed]; next && Date.parse(next.at) < time; next = publishes[passed]) {
      remember(past, next);
      passed += 1;
    }
    const from = event.trustedPublishing;
    const key = from?.repository ? keyOf(from) : null;
    const within = time >= expected.window.since && time <= expected.window.until;
    const known = expected.repositories ?? repositories;
    const isOther = within && key !== null && known.size > 0 && !holds(known, key);
    const uncompared = within && key !== null && known.size === 0;
    // What a thief added must not vouch for the thief's next version.
    if (key !== null && !isOther) repositories.add(key);
    if (!within) continue;
    const publisher = event.by !== null && expected.publishers?.has(event.by.toLowerCase()) === false;
    const anomalies: Anomaly[] = [
      ...(isOther ? [{ code: 'other-repository', repository: from?.repository ?? '' } as const] : []),
      ...(publisher ? [{ code: 'other-publisher', by: event.by } as const] : []),
    ];
    if (event.action === 'publish')
      anomalies.push(...oddTime(event, past), ...oddPublisher(event, past), ...oddSource(event, expected.local));
    found.push({ ...event, anomalies, uncompared });
  }
  return found;
}

function keyOf({ provider, repository }: TrustedPublishing): string {
  return `${provider ?? '*'} ${repository ?? ''}`.toLowerCase();
}

function holds(known: ReadonlySet<string>, key: string): boolean {
  return known.has(key) || known.has(key.replace(/^\S+/, '*'));
}

function remember(past: Past, { at, by, trustedPublishing }: AuditEvent): void {
  const time = Date.parse(at);
  const hour = new Date(time).getUTCHours();
  past.hours[hour] = (past.hours[hour] ?? 0) + 1;
  if (past.last !== null) {
    const gap = time - past.last.time;
    past.gaps.splice(
      firstIndex(past.gaps.length, (index) => (past.gaps[index] ?? 0) >= gap),
      0,
      gap,
    );
  }
  if (by !== null) past.users.add(by);
  past.count += 1;
  past.last = { time, trusted: trustedPublishing !== null };
}

function oddTime(event: AuditEvent, { count, hours, gaps, last }: Past): readonly Anomaly[] {
  if (count < HABIT || last === null) return [];
  const found: Anomaly[] = [];
  const hour = new Date(event.at).getUTCHours();
  if (hours.every((times, other) => times === 0 || clockDistance(hour, other) > NEAR))
    found.push({ code: 'unusual-hour', hour });
  const usual = gaps[Math.floor(gaps.length / 2)] ?? 0;
  const gap = Date.parse(event.at) - last.time;
  if (gap < DAY && gap < usual / 10) found.push({ code: 'soon', gap, usual });
  if (gap > 365 * DAY && gap > usual * 10) found.push({ code: 'after-long-silence', gap, usual });
  return found;
}

function oddPublisher(event: AuditEvent, { last, users }: Past): readonly Anomaly[] {
  if (last === null || event.trustedPublishing !== null) return [];
  const found: Anomaly[] = [];
  if (event.by !== null && !users.has(event.by)) found.push({ code: 'first-by-user' });
  if (last.trusted) found.push({ code: 'key-instead-of-trusted-publishing' });
  return found;
}

function oddSource(
  { crate, version, checksum }: AuditEvent,
  { crates, tags, checksums }: LocalRepository,
): readonly Anomaly[] {
  const found: Anomaly[] = [];
  if (crates.has(crate) && tags.size > 0 && !tagNames(crate, version).some((tag) => tags.has(tag)))
    found.push({ code: 'no-tag' });
  const here = checksums.get(`${crate} ${version}`);
  if (here !== undefined && here !== checksum) found.push({ code: 'checksum-differs' });
  return found;
}

/** The names that release tools give a version's tag. */
function tagNames(crate: string, version: string): readonly string[] {
  const versions = [version, `v${version}`];
  return [
    ...versions,
    ...versions.flatMap((name) => ['-', '/', '@', '_'].map((separator) => `${crate}${separator}${name}`)),
    `release-${version}`,
    `release/${version}`,
  ];
}

function clockDistance(a: number, b: number): number {
  const distance = Math.abs(a - b);
  return Math.min(distance, 24 - distance);
}

/** Words for an anomaly. */
export function describeAnomaly(anomaly: Anomaly): string {
  switch (anomaly.code) {
    case 'unusual-hour':
      return `published around ${String(anomaly.hour).padStart(2, '0')}:00 UTC, when no earlier version was`;
    case 'soon':
      return `${span(anomaly.gap)} after the version before it; usual are ${span(anomaly.usual)}`;
    case 'after-long-silence':
      return `after ${span(anomaly.gap)} without a version; usual are ${span(anomaly.usual)}`;
    case 'first-by-user':
      return 'the first version of this crate by this user';
    case 'key-instead-of-trusted-publishing':
      return 'published with a key, the version before it by Trusted Publishing';
    case 'other-publisher':
      return `by ${anomaly.by}, who is not the owner this audit is about`;
    case 'other-repository':
      return `by Trusted Publishing from ${anomaly.repository}, which is not the crate's repository: a leaked key can add such a configuration, and it outlives the key`;
    case 'no-tag':
      return 'no tag of the repository here has this version';
    case 'checksum-differs':
      return 'its checksum is not the one of the package that cargo makes here (which needs the same commit and the same cargo)';
  }
}

function span(milliseconds: number): string {
  if (milliseconds >= 2 * DAY) return `${Math.round(milliseconds / DAY)} days`;
  if (milliseconds >= 2 * HOUR) return `${Math.round(milliseconds / HOUR)} hours`;
  return `${Math.round(milliseconds / 60_000)} minutes`;
}
