import { BATCH_CHECK_ARGS } from './args';
import { blobStream, ObjectReader } from './objects';
import { pathText } from '../path-text';
import { askGit, readGit, type Git } from './run';
import { WHOLE_LIMIT } from './windows';

/** Of all commits that bring one secret in. */
export interface SecretCommits {
  readonly first: DatedCommit;
  readonly last: DatedCommit;
  /** `refs/remotes/…` that reach one of them: there the secret is published, and must be revoked. */
  readonly remoteBranches: readonly string[];
}

interface DatedCommit {
  readonly oid: string;
  /** In seconds since 1970. */
  readonly time: number;
}

/** git takes this many of them as arguments at once, on every system. */
const ARGUMENTS = 100;

/**
 * What a report says of a secret that several commits bring in: the first and the last by date, and the remotes' branches
 * that hold any of them. `commits`: object ids, at least one. Throws a GuardError where git cannot read them.
 */
export async function describeSecretCommits(git: Git, commits: readonly string[]): Promise<SecretCommits> {
  const input = commits.map((oid) => `${oid}\n`).join('');
  const listed = await readGit(git, ['rev-list', '--no-walk=unsorted', '--timestamp', '--stdin'], input);
  const dated = linesOf(listed).map((line): DatedCommit => {
    const [time, oid = ''] = line.split(' ');
    return { oid, time: Number(time) };
  });
  const [start, ...others] = dated;
  if (start === undefined) throw new RangeError('describeSecretCommits needs a commit');
  let [first, last] = [start, start];
  for (const commit of others) {
    if (commit.time < first.time) first = commit;
    if (commit.time > last.time) last = commit;
  }
  return { first, last, remoteBranches: await remoteBranchesWith(git, commits) };
}

async function remoteBranchesWith(git: Git, commits: readonly string[]): Promise<string[]> {
  const branches = new Set<string>();
  for (let from = 0; from < commits.length; from += ARGUMENTS) {
    const containing = commits.slice(from, from + ARGUMENTS).map((oid) => `--contains=${oid}`);
    const output = await readGit(git, ['for-each-ref', '--format=%(refname)', ...containing, 'refs/remotes/']);
    for (const ref of linesOf(output)) branches.add(ref);
  }
  return [...branches].sort();
}

/** One version of a file, and the branches, local and remote ones, whose tip has it. */
export interface TipVersion {
  readonly refs: readonly string[];
  /** Streamed where it is large. */
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * The versions of `path` in the tips of all branches, each once, so that a caller can look whether a secret is still in
 * them. `path` as in a Content; a name that is not UTF-8, or that holds a line break, is in no tip for this purpose.
 */
export async function tipVersions(git: Git, path: string): Promise<TipVersion[]> {
  if (/[\n\r]|\\x[0-9A-F]{2}/.test(path)) return [];
  const refs = linesOf(await readGit(git, ['for-each-ref', '--format=%(refname)', 'refs/heads/', 'refs/remotes/']));
  const { stdout } = await askGit(git, BATCH_CHECK_ARGS, refs.map((ref) => `${ref}:${path}\n`).join(''));
  const byBlob = new Map<string, { size: number; refs: string[] }>();
  linesOf(stdout).forEach((line, index) => {
    const [, oid, size] = /^([0-9a-f]+) blob (\d+)$/.exec(line) ?? [];
    if (oid === undefined) return;
    const blob = byBlob.get(oid) ?? { size: Number(size), refs: [] };
    blob.refs.push(refs[index] ?? '');
    byBlob.set(oid, blob);
  });
  const reader = new ObjectReader(git);
  try {
    const versions: TipVersion[] = [];
    for (const [oid, { size, refs: named }] of byBlob)
      versions.push({ refs: named, bytes: size > WHOLE_LIMIT ? blobStream(git, oid) : await reader.read(oid) });
    return versions;
  } finally {
    reader.close();
  }
}

function linesOf(output: Buffer): string[] {
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => pathText(Buffer.from(line, 'latin1')));
}
