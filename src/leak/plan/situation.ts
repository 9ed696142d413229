import { lookAround } from '../audit/local-repository';
import { commitTime, refsHolding, remotes, workTree } from '../git-facts';
import { inventoryOf, sortedUses, type UnreadPlace } from '../inventory/files';
import { inventoryOfMachine } from '../inventory/machine';
import type { Use } from '../inventory/use';
import type { ReportedFinding, ReportedScan } from './report';

type Exposure = 'public' | 'private';

/** A finding with what this repository knows of it. */
export interface DatedFinding extends ReportedFinding {
  /** Seconds since 1970; null where no commit is known here. */
  readonly time: number | null;
  /** Full names of the branches and tags that still hold it. */
  readonly refs: readonly string[];
}

/** All that a plan is made from. */
export interface Situation {
  /** Null where nobody said; it is then treated as public. */
  readonly exposure: Exposure | null;
  /** Null without a report: the general run book. */
  readonly findings: readonly DatedFinding[] | null;
  /** Places that the scan of the report could not read. */
  readonly unreadByScan: number;
  readonly uses: readonly Use[];
  readonly unreadByInventory: readonly UnreadPlace[];
  /** Names of the crates here. */
  readonly crates: readonly string[];
  readonly remote: Remote | null;
}

export interface Remote {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  /** The repository's page, for the services whose addresses are known. */
  readonly web: string | null;
  readonly host: 'github' | 'gitlab' | 'bitbucket' | 'other';
  /** `owner/name`. */
  readonly project: string | null;
}

export interface SituationRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exposure: Exposure | null;
  readonly scan: ReportedScan | null;
}

export async function lookAtSituation({ cwd, env, exposure, scan }: SituationRequest): Promise<Situation> {
  const top = (await workTree(cwd)) ?? cwd;
  const here = await inventoryOf(top);
  const machine = await inventoryOfMachine(top, env);
  const { crates } = await lookAround(top);
  const known = await remotes(top);
  return {
    exposure,
    findings: scan === null ? null : await Promise.all(scan.findings.map((finding) => dated(top, finding))),
    unreadByScan: scan?.unread ?? 0,
    uses: [...here.uses, ...sortedUses(machine.uses)],
    unreadByInventory: [...here.unread, ...machine.unread],
    // The manifest is the repository's, and what it calls a crate goes into commands.
    crates: [...crates].filter((name) => /^\w[\w-]*$/.test(name)).sort(),
    remote: remoteOf(known.find(({ name }) => name === 'origin') ?? known[0]),
  };
}

async function dated(top: string, finding: ReportedFinding): Promise<DatedFinding> {
  const { commit } = finding;
  if (commit === null) return { ...finding, time: null, refs: [] };
  return { ...finding, time: await commitTime(top, commit), refs: await refsHolding(top, commit) };
}

/** Reads `https://host/owner/name.git`, `ssh://git@host/…` and `git@host:owner/name.git`. */
function remoteOf(remote: { readonly name: string; readonly url: string } | undefined): Remote | null {
  if (remote === undefined || remote.url === '') return null;
  const [, host = '', project] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([\w.-]+\.[a-z]+)(?::\d+)?[/:](.+?)(?:\.git)?\/?$/i.exec(remote.url) ?? [];
  const kind =
    (['github', 'gitlab', 'bitbucket'] as const).find((each) => host.toLowerCase().split('.').includes(each)) ??
    'other';
  const isKnown = project !== undefined && /^[\w./-]+$/.test(project) && kind !== 'other';
  return { ...remote, host: kind, project: project ?? null, web: isKnown ? `https://${host}/${project}` : null };
}

/** Seconds since 1970 of the earliest commit of a finding; null where none is known. */
export function firstLeak(findings: readonly DatedFinding[]): number | null {
  const times = findings.map(({ time }) => time).filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** A day in UTC, as `leak audit` takes it. */
export function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
