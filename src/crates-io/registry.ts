import { errorDetail, quoted } from './answers';
import { isRecord, parseJson } from '../base/json';
import type { Client } from './client';

/** Where a version came from when a CI job published it with Trusted Publishing; null for what the API does not say. */
export interface TrustedPublishing {
  /** `github`, `gitlab`. */
  readonly provider: string | null;
  /** `owner/name`; groups of GitLab are part of it. */
  readonly repository: string | null;
  readonly commit: string | null;
  readonly run: string | null;
}

interface VersionAction {
  readonly action: 'publish' | 'yank' | 'unyank';
  readonly by: string | null;
  /** RFC 3339, as the server wrote it. */
  readonly at: string;
}

export interface PublishedVersion {
  readonly crate: string;
  readonly version: string;
  readonly createdAt: string;
  readonly publishedBy: string | null;
  readonly actions: readonly VersionAction[];
  /** Hex SHA-256 of the `.crate` file. */
  readonly checksum: string | null;
  readonly yanked: boolean;
  readonly trustedPublishing: TrustedPublishing | null;
}

export interface Owner {
  readonly login: string;
  readonly kind: 'user' | 'team';
  readonly id: number;
}

export interface ReadFailure {
  /** What could not be read. */
  readonly what: string;
  readonly reason: string;
  /** The server says that there is no such thing. */
  readonly absent: boolean;
  /** The server cannot be asked at all at the moment: asking on makes no sense. */
  readonly final: boolean;
}

/** What was read, and what stopped it from being all. */
export interface Reading<T> {
  readonly value: T;
  readonly failure: ReadFailure | null;
}

const PAGE = 'per_page=100';

/** `GET /api/v1/users/{login}`: the id that crates are listed by; null with a failure. */
export async function readUserId(client: Client, login: string): Promise<Reading<number | null>> {
  const { value, failure } = await get(client, `/api/v1/users/${encodeURIComponent(login)}`, `user ${login}`);
  const id = isRecord(value) && isRecord(value['user']) ? value['user']['id'] : undefined;
  if (failure === null && typeof id !== 'number') return { value: null, failure: shapeless(`user ${login}`) };
  return { value: typeof id === 'number' ? id : null, failure };
}

/** `GET /api/v1/crates?user_id=` or `?team_id=`: the names of the crates that the owner has today, every page. */
export async function readCratesOf(client: Client, { id, kind, login }: Owner): Promise<Reading<readonly string[]>> {
  const { value, failure } = await pages(
    client,
    '/api/v1/crates',
    `${kind}_id=${id}&sort=recent-updates&${PAGE}`,
    'crates',
    `crates of ${login}`,
  );
  return collect(
    value,
    failure,
    (row) => (isRecord(row) && typeof row['name'] === 'string' ? row['name'] : null),
    `crates of ${login}`,
  );
}

/** `GET /api/v1/crates/{name}/versions`: every version, every page. */
export async function readVersions(client: Client, crate: string): Promise<Reading<readonly PublishedVersion[]>> {
  const { value, failure } = await pages(
    client,
    `/api/v1/crates/${encodeURIComponent(crate)}/versions`,
    `sort=date&${PAGE}`,
    'versions',
    `versions of ${crate}`,
  );
  return collect(value, failure, (row) => versionOf(crate, row), `versions of ${crate}`);
}

/** `GET /api/v1/crates/{name}`: whether the crate accepts no publish with a key. */
export async function readTrustedPublishingOnly(client: Client, crate: string): Promise<Reading<boolean>> {
  const what = `settings of ${crate}`;
  // Without "include" the answer lists every version.
  const { value, failure } = await get(client, `/api/v1/crates/${encodeURIComponent(crate)}?include=keywords`, what);
  const data = isRecord(value) ? value['crate'] : undefined;
  if (failure === null && !isRecord(data)) return { value: false, failure: shapeless(what) };
  return { value: isRecord(data) && data['trustpub_only'] === true, failure };
}

/** `GET /api/v1/crates/{name}/owners`: users and teams. */
export async function readOwners(client: Client, crate: string): Promise<Reading<readonly Owner[]>> {
  const what = `owners of ${crate}`;
  const { value, failure } = await get(client, `/api/v1/crates/${encodeURIComponent(crate)}/owners`, what);
  if (failure !== null) return { value: [], failure };
  const users = isRecord(value) ? value['users'] : undefined;
  if (!Array.isArray(users)) return { value: [], failure: shapeless(what) };
  return collect(users, null, ownerOf, what);
}

function ownerOf(row: unknown): Owner | null {
  if (!isRecord(row) || typeof row['login'] !== 'string' || typeof row['id'] !== 'number') return null;
  return { login: row['login'], kind: row['kind'] === 'team' ? 'team' : 'user', id: row['id'] };
}

async function get(client: Client, path: string, what: string): Promise<Reading<unknown>> {
  const answer = await client.send({ method: 'GET', path });
  if (answer.kind === 'failed') return failed({ what, reason: answer.reason, final: true, absent: false });
  const value = parseJson(answer.body);
  if (answer.status === 200)
    return value === undefined
      ? failed({ what, reason: 'the answer is no whole JSON', final: false, absent: false })
      : { value, failure: null };
  const detail = quoted(errorDetail(answer.body) ?? 'no answer of the crates.io API');
  return failed({
    what,
    reason: `status ${answer.status}: ${detail}`,
    final: answer.status === 429 || answer.status >= 500,
    absent: answer.status === 404,
  });
}

/** Follows `meta.next_page`, a query string, to the end. */
async function pages(
  client: Client,
  path: string,
  query: string,
  key: string,
  what: string,
): Promise<Reading<readonly unknown[]>> {
  const rows: unknown[] = [];
  const asked = new Set<string>();
  let next = `?${query}`;
  for (;;) {
    asked.add(next);
    const { value, failure } = await get(client, path + next, what);
    if (failure !== null) return { value: rows, failure };
    if (!isRecord(value) || !Array.isArray(value[key])) return { value: rows, failure: shapeless(what) };
    rows.push(...(value[key] as unknown[]));
    const following: unknown = isRecord(value['meta']) ? value['meta']['next_page'] : null;
    if (following === null || following === undefined) return { value: rows, failure: null };
    // A query keeps to this path and host; anything else, or a circle, is no next page.
    if (typeof following !== 'string' || !following.startsWith('?') || asked.has(following))
      return { value: rows, failure: shapeless(what) };
    next = following;
  }
}

/** Rows of another shape than the API's are a failure, and the readable ones stay. */
function collect<T>(
  rows: readonly unknown[],
  failure: ReadFailure | null,
  read: (row: unknown) => T | null,
  what: string,
): Reading<readonly T[]> {
  const all = rows.map(read);
  const good = all.filter((row) => row !== null);
  return { value: good, failure: failure ?? (good.length < all.length ? shapeless(what) : null) };
}

function versionOf(crate: string, row: unknown): PublishedVersion | null {
  if (!isRecord(row) || typeof row['num'] !== 'string' || !isInstant(row['created_at'])) return null;
  const recorded: readonly unknown[] = Array.isArray(row['audit_actions']) ? row['audit_actions'] : [];
  const actions = recorded.map(actionOf).filter((action) => action !== null);
  if (actions.length < recorded.length) return null;
  return {
    crate,
    version: row['num'],
    createdAt: row['created_at'],
    publishedBy: loginOf(row['published_by']),
    actions,
    checksum: typeof row['checksum'] === 'string' ? row['checksum'] : null,
    yanked: row['yanked'] === true,
    trustedPublishing: isRecord(row['trustpub_data']) ? trustedPublishingOf(row['trustpub_data']) : null,
  };
}

function actionOf(row: unknown): VersionAction | null {
  if (!isRecord(row) || !isInstant(row['time'])) return null;
  const { action } = row;
  if (action !== 'publish' && action !== 'yank' && action !== 'unyank') return null;
  return { action, by: loginOf(row['user']), at: row['time'] };
}

/** GitHub and GitLab name the same things differently. */
function trustedPublishingOf(data: Readonly<Record<string, unknown>>): TrustedPublishing {
  const text = (...keys: string[]): string | null => {
    const value = keys.map((key) => data[key]).find((found) => typeof found === 'string' || typeof found === 'number');
    return value === undefined ? null : String(value);
  };
  return {
    provider: text('provider'),
    repository: text('repository', 'project_path'),
    commit: text('sha', 'commit_sha'),
    run: text('run_id', 'job_id'),
  };
}

function loginOf(user: unknown): string | null {
  return isRecord(user) && typeof user['login'] === 'string' ? user['login'] : null;
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function failed(failure: ReadFailure): Reading<unknown> & { failure: ReadFailure } {
  return { value: undefined, failure };
}

function shapeless(what: string): ReadFailure {
  return { what, reason: 'the answer is not in the shape of the crates.io API', final: false, absent: false };
}
