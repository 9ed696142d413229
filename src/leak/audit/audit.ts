import type { Client } from '../../crates-io/client';
import {
  readCratesOf,
  readOwners,
  readTrustedPublishingOnly,
  readUserId,
  readVersions,
  type Owner,
  type ReadFailure,
  type Reading,
} from '../../crates-io/registry';
import { judged, type JudgedEvent, type LocalRepository } from './anomalies';
import { byTime, eventsOf } from './events';
import type { Window } from './window';

export interface AuditRequest {
  /** Whose crates; empty where only `crates` are asked about. */
  readonly logins: readonly string[];
  readonly crates: readonly string[];
  readonly window: Window;
  /** `owner/name` that the crates here are published from, beside the remotes. */
  readonly repository: string | null;
  readonly local: LocalRepository;
  /** Called before each crate is read. */
  readonly progress: (crate: string, index: number, total: number) => void;
}

interface AuditedCrate {
  readonly name: string;
  /** Today's; crates.io does not tell who was one before. */
  readonly owners: readonly Pick<Owner, 'login' | 'kind'>[];
  readonly trustedPublishingOnly: boolean;
  readonly unusual: readonly 'no-longer-owned'[];
}

/** What this audit cannot see, and where a person can. */
interface NotChecked {
  readonly what: string;
  readonly why: string;
  readonly where: string;
}

export interface Audit {
  /** Oldest first. */
  readonly events: readonly JudgedEvent[];
  readonly crates: readonly AuditedCrate[];
  readonly notChecked: readonly NotChecked[];
  /** What could not be read; empty where the audit is whole. */
  readonly errors: readonly { readonly what: string; readonly reason: string }[];
}

const LOGGED_IN_ONLY = 'crates.io shows it only to a logged-in owner';

/** Reads everything that happened to the crates in the window. What one crate hides does not hide the others. */
export async function audit(client: Client, request: AuditRequest): Promise<Audit> {
  const failures: ReadFailure[] = [];
  const take = <T>({ value, failure }: Reading<T>): T => {
    if (failure !== null) failures.push(failure);
    return value;
  };
  const queue = await cratesToRead(client, request, take);
  const events: JudgedEvent[] = [];
  const crates: AuditedCrate[] = [];
  const notChecked: NotChecked[] = [];
  const teams = new Set<string>();
  const names = [...queue];
  for (let name = names.shift(), index = 0; name !== undefined; name = names.shift(), index += 1) {
    if (failures.some(({ final }) => final)) {
      const what = `${names.length + 1} more crates`;
      failures.push({ what, reason: 'not asked any more', final: true, absent: false });
      break;
    }
    request.progress(name, index, queue.size);
    const read = await readVersions(client, name);
    if (read.failure?.absent === true && isOnlyLocal(name, request)) {
      const where = `https://crates.io/crates/${name}`;
      notChecked.push({ what: `${name} of this folder`, why: 'crates.io has no crate of this name', where });
      continue;
    }
    const versions = take(read);
    const owners = read.failure === null ? await readOwners(client, name) : null;
    if (owners !== null) take(owners);
    const known = owners !== null && owners.failure === null;
    const found = judged(byTime(versions.flatMap(eventsOf)), {
      window: request.window,
      publishers: publishersOf(name, request, known ? owners.value : null),
      repositories: repositoriesOf(name, request),
      local: request.local,
    });
    events.push(...found);
    if (found.some(({ uncompared }) => uncompared))
      notChecked.push({
        what: `whether the Trusted Publishing of ${name} comes from its own repository`,
        why: 'no earlier version names one to compare with',
        where: `https://crates.io/crates/${name}/versions`,
      });
    if (!known) continue;
    const trustedPublishingOnly = take(await readTrustedPublishingOnly(client, name));
    crates.push({ ...ownership(name, owners.value, request, notChecked), trustedPublishingOnly });
    notChecked.push({
      what: `Trusted Publishing configurations of ${name}, and open invitations to own it`,
      why: LOGGED_IN_ONLY,
      where: `https://crates.io/crates/${name}/settings`,
    });
    if (request.logins.length === 0) continue;
    for (const team of owners.value.filter(({ kind, login }) => kind === 'team' && !teams.has(login))) {
      teams.add(team.login);
      for (const more of take(await readCratesOf(client, team)))
        if (!queue.has(more)) {
          queue.add(more);
          names.push(more);
        }
    }
  }
  notChecked.push({
    what: 'other keys of the account, and when each was last used',
    why: LOGGED_IN_ONLY,
    where: 'https://crates.io/settings/tokens',
  });
  return { events: byTime(events), crates, notChecked, errors: failures.map(({ what, reason }) => ({ what, reason })) };
}

/** Those that were named, those of the logins, and those of the working folder, each once. */
async function cratesToRead(
  client: Client,
  { logins, crates, local }: AuditRequest,
  take: <T>(reading: Reading<T>) => T,
): Promise<Set<string>> {
  const names = new Set(crates);
  for (const login of logins) {
    const id = take(await readUserId(client, login));
    if (id === null) continue;
    for (const name of take(await readCratesOf(client, { id, login, kind: 'user' }))) names.add(name);
  }
  if (logins.length > 0) for (const name of local.crates) names.add(name);
  return names;
}

function isOnlyLocal(name: string, { crates, local }: AuditRequest): boolean {
  return local.crates.has(name) && !crates.includes(name);
}

function lowerCase(words: readonly string[]): Set<string> {
  return new Set(words.map((word) => word.toLowerCase()));
}

function publishersOf(
  name: string,
  { logins, crates }: AuditRequest,
  owners: readonly Owner[] | null,
): ReadonlySet<string> | null {
  if (logins.length > 0 && !crates.includes(name)) return lowerCase(logins);
  // A team's members are nowhere to be read.
  if (owners === null || owners.some(({ kind }) => kind === 'team')) return null;
  return lowerCase([...logins, ...owners.map(({ login }) => login)]);
}

function repositoriesOf(name: string, { crates, repository, local }: AuditRequest): ReadonlySet<string> | null {
  const isLocal = local.crates.has(name);
  const given = repository !== null && (isLocal || crates.includes(name)) ? [`* ${repository.toLowerCase()}`] : [];
  const all = new Set([...given, ...(isLocal ? local.repositories : [])]);
  return all.size > 0 ? all : null;
}

function ownership(
  name: string,
  owners: readonly Owner[],
  { logins, crates, local }: AuditRequest,
  notChecked: NotChecked[],
): Omit<AuditedCrate, 'trustedPublishingOnly'> {
  const ours = lowerCase(logins);
  const claimed = logins.length > 0 && (local.crates.has(name) || crates.includes(name));
  const lost = claimed && !owners.some(({ login }) => ours.has(login.toLowerCase()));
  const byTeam = lost && owners.some(({ kind }) => kind === 'team');
  if (byTeam)
    notChecked.push({
      what: `whether ${logins.join(', ')} still owns ${name} by a team`,
      why: 'crates.io does not tell who is in a team',
      where: `https://crates.io/crates/${name}`,
    });
  return {
    name,
    owners: owners.map(({ login, kind }) => ({ login, kind })),
    unusual: lost && !byTeam ? ['no-longer-owned'] : [],
  };
}
