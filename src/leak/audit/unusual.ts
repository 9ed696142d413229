import type { PublishedVersion } from '../../crates-io/registry';
import { eventsOf, type AuditEvent } from './events';

/** Why an event deserves a look. None of these proves anything, and none of them missing does either. */
export type Oddity =
  | { readonly code: 'unusual-hour'; readonly hour: number }
  | { readonly code: 'soon'; readonly gap: number; readonly usual: number }
  | { readonly code: 'after-long-silence'; readonly gap: number; readonly usual: number }
  | { readonly code: 'first-by-user' }
  | { readonly code: 'key-instead-of-trusted-publishing' }
  | { readonly code: 'no-tag' }
  | { readonly code: 'checksum-differs' };

/** What the repository at hand can add to the picture. */
export interface AtHand {
  /** Crates whose source is here. */
  readonly crates: ReadonlySet<string>;
  /** Tags, or none where the repository has none to compare with. */
  readonly tags: ReadonlySet<string>;
  /** Checksums that `cargo package` makes here, by `name version`. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** With fewer earlier versions than this, nothing is a habit. */
const HABIT = 5;
/** Hours, on both sides of an earlier publish, that count as the usual time. */
const NEAR = 3;
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** What is unusual about a publish; `versions` are all of the crate's. Yanks have no habits worth comparing. */
export function odditiesOf(
  event: AuditEvent,
  versions: readonly PublishedVersion[],
  atHand: AtHand,
): readonly Oddity[] {
  if (event.action !== 'publish') return [];
  const earlier = versions
    .flatMap(eventsOf)
    .filter(({ action, at }) => action === 'publish' && Date.parse(at) < Date.parse(event.at))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return [...oddTime(event, earlier), ...oddPublisher(event, earlier), ...oddSource(event, atHand)];
}

function oddTime(event: AuditEvent, earlier: readonly AuditEvent[]): readonly Oddity[] {
  if (earlier.length < HABIT) return [];
  const found: Oddity[] = [];
  const hour = new Date(event.at).getUTCHours();
  const hours = earlier.map(({ at }) => new Date(at).getUTCHours());
  if (hours.every((other) => clockDistance(hour, other) > NEAR)) found.push({ code: 'unusual-hour', hour });

  const times = earlier.map(({ at }) => Date.parse(at));
  const usual = median(times.slice(1).map((time, index) => time - (times[index] ?? time)));
  const gap = Date.parse(event.at) - Math.max(...times);
  if (gap < DAY && gap < usual / 10) found.push({ code: 'soon', gap, usual });
  if (gap > 365 * DAY && gap > usual * 10) found.push({ code: 'after-long-silence', gap, usual });
  return found;
}

function oddPublisher(event: AuditEvent, earlier: readonly AuditEvent[]): readonly Oddity[] {
  if (earlier.length === 0 || event.trustedPublishing !== null) return [];
  const found: Oddity[] = [];
  if (event.by !== null && !earlier.some(({ by }) => by === event.by)) found.push({ code: 'first-by-user' });
  if (earlier.at(-1)?.trustedPublishing) found.push({ code: 'key-instead-of-trusted-publishing' });
  return found;
}

function oddSource({ crate, version, checksum }: AuditEvent, { crates, tags, checksums }: AtHand): readonly Oddity[] {
  const found: Oddity[] = [];
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Words for an oddity. */
export function describeOddity(oddity: Oddity): string {
  switch (oddity.code) {
    case 'unusual-hour':
      return `published around ${String(oddity.hour).padStart(2, '0')}:00 UTC, when no earlier version was`;
    case 'soon':
      return `${span(oddity.gap)} after the version before it; usual are ${span(oddity.usual)}`;
    case 'after-long-silence':
      return `after ${span(oddity.gap)} without a version; usual are ${span(oddity.usual)}`;
    case 'first-by-user':
      return 'the first version of this crate by this user';
    case 'key-instead-of-trusted-publishing':
      return 'published with a key, the version before it by Trusted Publishing';
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
