/** Where in a repository the commits and files are that a secret was found in, for a report that tells how far it got. */
import { BATCH_CHECK_ARGS } from './args';
import { blobStream, ObjectReader } from './objects';
import { pathText } from '../base/path-text';
import { listCommits } from './revisions';
import { askGit, readGit, type Git } from './run';
import { WHOLE_LIMIT } from './windows';

export interface CommitFacts {
  /** When it was committed, in seconds since 1970. */
  readonly time: number;
  /** The first paragraph of the message, in one line, unmasked. */
  readonly subject: string;
  /** Unmasked; the time in seconds since 1970. */
  readonly author: { readonly name: string; readonly email: string; readonly time: number };
}

/** By object id. Throws a GuardError where git cannot read one of the commits. */
export async function describeCommits(git: Git, commits: readonly string[]): Promise<Map<string, CommitFacts>> {
  if (commits.length === 0) return new Map();
  const args = [
    'rev-list',
    '--no-walk=unsorted',
    '--encoding=UTF-8',
    '--format=%H %ct %at %an%x00%ae%x00%s',
    '--stdin',
  ];
  const output = await readGit(git, args, commits.map((oid) => `${oid}\n`).join(''));
  const facts = new Map<string, CommitFacts>();
  for (const line of output.toString('utf8').split('\n')) {
    // each is preceded by a line `commit ID`
    const [, oid, time, authored, name = '', email = '', subject = ''] =
      /^([0-9a-f]{40,}) (\d+) (\d+) ([^\0]*)\0([^\0]*)\0(.*)$/s.exec(line) ?? [];
    if (oid !== undefined)
      facts.set(oid, { time: Number(time), subject, author: { name, email, time: Number(authored) } });
  }
  return facts;
}

interface Branch {
  readonly ref: string;
  readonly tip: string;
}

/** Symbolic ones (`origin/HEAD`) left out: they name another branch of the list. */
async function branchesIn(git: Git, ...places: readonly string[]): Promise<Branch[]> {
  const output = await readGit(git, ['for-each-ref', '--format=%(objectname) %(symref) %(refname)', ...places]);
  return linesOf(output).flatMap((line) => {
    const [tip = '', symref, ref = ''] = line.split(' ');
    return symref === '' ? [{ ref, tip }] : [];
  });
}

/**
 * For each commit the remotes' branches (`refs/remotes/…`) that reach it: what is in it is published there. One walk for
 * all of them. Throws a GuardError where git cannot walk all of a branch.
 */
export async function remoteBranchesWith(git: Git, commits: readonly string[]): Promise<Map<string, string[]>> {
  const branches = await branchesIn(git, 'refs/remotes/');
  const wanted = new Set(commits);
  const include = [...new Set(branches.map(({ tip }) => tip))];
  const listed = await listCommits(git, { include, exclude: [] }, (reason) => {
    throw reason;
  });
  const reached = new Map<string, ReadonlySet<string>>();
  for (const { oid, parents } of listed.reverse()) {
    const set = union(parents.map((parent) => reached.get(parent) ?? NONE));
    reached.set(oid, wanted.has(oid) ? new Set([...set, oid]) : set);
  }
  const found = new Map<string, string[]>(commits.map((oid) => [oid, []]));
  for (const { ref, tip } of branches) for (const oid of reached.get(tip) ?? NONE) found.get(oid)?.push(ref);
  return found;
}

const NONE: ReadonlySet<string> = new Set();

/** One of the sets itself where it has all the others have, so that a long history shares a few. */
function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [largest = NONE, ...others] = [...sets].sort((one, other) => other.size - one.size);
  const more = others.flatMap((set) => [...set].filter((oid) => !largest.has(oid)));
  return more.length === 0 ? largest : new Set([...largest, ...more]);
}

/** One version of a file, and the branches, local and remote ones, whose tip has it. */
interface TipVersion {
  readonly path: string;
  readonly refs: readonly string[];
  /** Streamed where it is large. */
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/** So many names are asked about at once. */
const QUESTIONS = 20_000;

/** Whether `tipVersions` can ask for a path: not where it holds bytes that are no UTF-8, or a line break. */
export function isAskable(path: string): boolean {
  return !/[\n\r]|\\x[0-9A-F]{2}/.test(path);
}

/**
 * The versions of these paths (as in a Content, askable ones) in the tips of all branches, each once, so that a caller
 * can look whether a secret is still in them. Throws a GuardError where git cannot read one.
 */
export async function* tipVersions(git: Git, paths: readonly string[]): AsyncGenerator<TipVersion, void, void> {
  const tips = new Map<string, string[]>();
  for (const { ref, tip } of await branchesIn(git, 'refs/heads/', 'refs/remotes/'))
    tips.set(tip, [...(tips.get(tip) ?? []), ref]);
  const atOnce = Math.max(1, Math.floor(QUESTIONS / Math.max(1, tips.size)));
  const reader = new ObjectReader(git);
  try {
    for (let from = 0; from < paths.length; from += atOnce)
      for (const { oid, size, path, refs } of await blobsAt(git, tips, paths.slice(from, from + atOnce))) {
        const bytes = size > WHOLE_LIMIT ? blobStream(git, oid) : await reader.read(oid);
        yield { path, refs, bytes };
      }
  } finally {
    reader.close();
  }
}

interface BlobAt {
  readonly oid: string;
  readonly size: number;
  readonly path: string;
  readonly refs: string[];
}

async function blobsAt(
  git: Git,
  tips: ReadonlyMap<string, readonly string[]>,
  paths: readonly string[],
): Promise<Iterable<BlobAt>> {
  const questions = paths.flatMap((path) => [...tips].map(([tip, refs]) => ({ path, tip, refs })));
  const input = questions.map(({ tip, path }) => `${tip}:${path}\n`).join('');
  const { stdout } = await askGit(git, BATCH_CHECK_ARGS, input);
  const blobs = new Map<string, BlobAt>();
  const answers = stdout.toString('latin1').split('\n');
  questions.forEach(({ path, refs }, index) => {
    const [, oid, size] = /^([0-9a-f]+) blob (\d+)$/.exec(answers[index] ?? '') ?? [];
    if (oid === undefined) return;
    const key = `${oid} ${path}`;
    const blob = blobs.get(key) ?? { oid, size: Number(size), path, refs: [] };
    blob.refs.push(...refs);
    blobs.set(key, blob);
  });
  return blobs.values();
}

function linesOf(output: Buffer): string[] {
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => pathText(Buffer.from(line, 'latin1')));
}
