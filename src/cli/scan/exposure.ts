/** What the repository knows of the secrets that a scan of commits found: since when, where still, how far they got. */
import { maskText } from '../../detect/mask';
import { GuardError } from '../../base/error';
import { describeCommits, isAskable, remoteBranchesWith, tipVersions } from '../../git/exposure';
import type { Git } from '../../git/run';
import { fingerprintOf } from '../../policy/fingerprint';
import { ALL_RULES } from '../../rules/all';
import { candidatesIn, reasonOf } from '../../scan/detection';
import type { Finding, Report, SecretExposure } from '../../scan/report';
import type { Content } from '../../sources/content';

/** All that a scan came by of one secret, which is more than what a history's report names. */
interface Sighting {
  /** Oldest first, as the sources give them. */
  readonly commits: Set<string>;
  /** Unmasked: git is asked for them. `name` is true where the name itself is the finding. */
  readonly paths: Map<string, { readonly name: boolean }>;
  isAllowed: boolean;
}

export interface Sightings {
  /** To be called with every finding of the scan, in the source's order. */
  readonly witness: (finding: Finding, content: Content) => void;
  /**
   * The report with `commits` and `secrets` filled in for what is not allowed; asks git only where there is any.
   * Throws a GuardError where git cannot tell.
   */
  readonly describe: (report: Report, git: Git) => Promise<Report>;
}

export function watchSecrets(): Sightings {
  const seen = new Map<string, Sighting>();
  return {
    witness: ({ fingerprint, status }, { provenance, path, where }) => {
      if (fingerprint === null || provenance.kind !== 'commit') return;
      const sighting: Sighting = seen.get(fingerprint) ?? { commits: new Set(), paths: new Map(), isAllowed: true };
      seen.set(fingerprint, sighting);
      sighting.commits.add(provenance.commit);
      const name = where === 'path-name';
      if (path !== null) sighting.paths.set(path, { name: name || sighting.paths.get(path)?.name === true });
      if (status !== 'allowed') sighting.isAllowed = false;
    },
    describe: (report, git) => described(report, git, new Map([...seen].filter(([, { isAllowed }]) => !isAllowed))),
  };
}

async function described(report: Report, git: Git, seen: ReadonlyMap<string, Sighting>): Promise<Report> {
  if (seen.size === 0) return report;
  const all = [...new Set([...seen.values()].flatMap(({ commits }) => [...commits]))];
  const named = new Set<string>(report.findings.flatMap((finding) => commitOf(finding) ?? []));
  const facts = await describeCommits(git, [...new Set([...all, ...named])]);
  const remote = await remoteBranchesWith(git, all);
  const tips = await tipsWith(git, seen);
  const secrets: Record<string, SecretExposure> = {};
  for (const [fingerprint, sighting] of seen) {
    const byDate = [...sighting.commits].sort(
      (one, other) => (facts.get(one)?.time ?? 0) - (facts.get(other)?.time ?? 0),
    );
    const [first = ''] = byDate;
    const last = byDate.at(-1) ?? first;
    named.add(first).add(last);
    const found = branchNames(tips.get(fingerprint) ?? []);
    secrets[fingerprint] = {
      first,
      last,
      tips: found.length > 0 || isWhole(report, sighting) ? found : null,
      publishedOn: branchNames(byDate.flatMap((oid) => remote.get(oid) ?? [])),
    };
  }
  return { ...report, secrets, commits: summaries(named, facts) };
}

/** Only then does finding it in no tip mean that it is in none. */
function isWhole({ errors }: Report, { paths }: Sighting): boolean {
  return errors.length === 0 && paths.size > 0 && [...paths.keys()].every(isAskable);
}

function summaries(
  named: ReadonlySet<string>,
  facts: Awaited<ReturnType<typeof describeCommits>>,
): NonNullable<Report['commits']> {
  return Object.fromEntries(
    [...named].flatMap((oid) => {
      const commit = facts.get(oid);
      if (commit === undefined) return [];
      const { name, email, time } = commit.author;
      const author = { name: maskText(name), email: maskText(email), date: instant(time) };
      return [[oid, { at: instant(commit.time), subject: maskText(commit.subject), author }]];
    }),
  );
}

const instant = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** The report with who wrote the commits that its findings name, and when. Throws a GuardError where git cannot tell. */
export async function withCommits(report: Report, git: Git): Promise<Report> {
  const named = new Set(report.findings.flatMap((finding) => commitOf(finding) ?? []));
  return named.size === 0 ? report : { ...report, commits: summaries(named, await describeCommits(git, [...named])) };
}

const commitOf = ({ provenance }: Finding): string | null => (provenance.kind === 'commit' ? provenance.commit : null);

/** By fingerprint, the branches whose tip has the secret at one of the paths where it was found. */
async function tipsWith(git: Git, seen: ReadonlyMap<string, Sighting>): Promise<Map<string, string[]>> {
  const tips = new Map<string, string[]>();
  const add = (fingerprint: string, refs: readonly string[]): void => {
    tips.set(fingerprint, [...(tips.get(fingerprint) ?? []), ...refs]);
  };
  const byPath = new Map<string, string[]>();
  for (const [fingerprint, { paths }] of seen)
    for (const path of paths.keys()) if (isAskable(path)) byPath.set(path, [...(byPath.get(path) ?? []), fingerprint]);
  for await (const { path, refs, bytes } of tipVersions(git, [...byPath.keys()])) {
    const held = await secretsIn(path, bytes);
    for (const fingerprint of byPath.get(path) ?? [])
      if (held.has(fingerprint) || seen.get(fingerprint)?.paths.get(path)?.name === true) add(fingerprint, refs);
  }
  return tips;
}

async function secretsIn(path: string, bytes: Content['bytes']): Promise<ReadonlySet<string | null>> {
  const content: Content = { kind: 'content', provenance: { kind: 'worktree' }, path, where: 'file', bytes };
  const { candidates, failure } = await candidatesIn(content, ALL_RULES);
  if (failure !== null) throw new GuardError('unreadable', failure);
  return new Set(candidates.map(({ secret }) => fingerprintOf(secret)));
}

/** `main`, `origin/main`; masked, each once, in order. */
function branchNames(refs: readonly string[]): string[] {
  return [...new Set(refs.map((ref) => maskText(ref.replace(/^refs\/(heads|remotes)\//, ''))))].sort();
}

/** Why the report says nothing of it, for standard error. Anything but an expected failure is thrown on. */
export function withoutExposure(error: unknown): string {
  return `cratesguard: who committed these secrets, since when and on which branches could not all be told: ${reasonOf(error)}\n`;
}
