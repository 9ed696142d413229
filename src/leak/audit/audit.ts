import type { Client } from '../../crates-io/client';
import {
  readCratesOf,
  readOwners,
  readUserId,
  readVersions,
  type PublishedVersion,
  type ReadFailure,
} from '../../crates-io/registry';
import { eventsWithin, type AuditEvent } from './events';
import { odditiesOf, type AtHand, type Oddity } from './unusual';
import type { Window } from './window';

export interface AuditRequest {
  readonly subject:
    { readonly kind: 'user'; readonly login: string } | { readonly kind: 'crates'; readonly names: readonly string[] };
  readonly window: Window;
  readonly atHand: AtHand;
  /** Called before each crate is read. */
  readonly progress: (crate: string, index: number, total: number) => void;
}

export interface Audit {
  /** Oldest first. */
  readonly events: readonly (AuditEvent & { readonly oddities: readonly Oddity[] })[];
  /** Today's owners of each crate that was read; crates.io does not tell who was one before. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** What could not be read, in sentences; empty where the audit is whole. */
  readonly errors: readonly string[];
}

/** Reads everything that happened to the crates in the window. What one crate hides does not hide the others. */
export async function audit(client: Client, { subject, window, atHand, progress }: AuditRequest): Promise<Audit> {
  const failures: ReadFailure[] = [];
  const note = (failure: ReadFailure | null): void => {
    if (failure !== null) failures.push(failure);
  };
  const names = subject.kind === 'crates' ? [...new Set(subject.names)] : await cratesOf(client, subject.login, note);
  const versions = new Map<string, readonly PublishedVersion[]>();
  const owners = new Map<string, readonly string[]>();
  for (const [index, name] of names.entries()) {
    if (failures.some(({ final }) => final)) {
      note({ reason: `${names.length - index} more crates: not asked any more`, final: true });
      break;
    }
    progress(name, index, names.length);
    const read = await readVersions(client, name);
    note(read.failure);
    versions.set(name, read.value);
    if (read.failure !== null) continue;
    const owning = await readOwners(client, name);
    note(owning.failure);
    if (owning.failure === null) owners.set(name, owning.value);
  }
  const events = eventsWithin([...versions.values()].flat(), window).map((event) => ({
    ...event,
    oddities: odditiesOf(event, versions.get(event.crate) ?? [], atHand),
  }));
  return { events, owners, errors: failures.map(({ reason }) => reason) };
}

async function cratesOf(
  client: Client,
  login: string,
  note: (failure: ReadFailure | null) => void,
): Promise<readonly string[]> {
  const id = await readUserId(client, login);
  note(id.failure);
  if (id.value === null) return [];
  const crates = await readCratesOf(client, id.value, login);
  note(crates.failure);
  return crates.value;
}
