import { GuardError } from '../base/error';
import { brings, isAdded, SUBMODULE, type Change } from '../git/changes';
import { visitChanges } from '../git/commit-changes';
import { inLists } from '../git/converse';
import { visitObjects } from '../git/objects';
import { listCommits, resolveCommits } from '../git/revisions';
import type { Git } from '../git/run';
import { openClone } from '../git/shallow';
import { treeFiles } from '../git/tree-files';
import type { Source, SourceContext, SourceItem } from './content';
import { handOn } from './hand-on';
import { locatedItems, type Tip } from './located';
import { nameReader } from './names';
import { Problems, untilFailure } from './problems';
import { cutOff, type ShallowRule } from './shallow';
import { isAnything, suspectCollector, type Suspects } from './suspects';

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** Reads `A..B`, the only form. Throws GuardError 'usage' at anything else. */
export function parseRange(text: string): Range {
  const usage = (message: string) =>
    new GuardError('usage', message, { hint: 'write two revisions, as in --range origin/main..HEAD' });
  if (text.includes('...')) throw usage('a range with three dots has no direction');
  const [, from, to] = /^(.+?)\.\.(.+)$/s.exec(text) ?? [];
  if (from === undefined || to === undefined) throw usage('a range is two revisions with two dots between them');
  return { from, to };
}

export interface RangeOptions extends ShallowRule {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** `A..B`. */
  readonly range: string;
}

/**
 * What each commit of the range adds, and the commit objects. Throws GuardError 'usage' at once where the range is no
 * `A..B`, and when it is read 'unreadable' where one of the two is no commit here.
 */
export function rangeSource(options: RangeOptions): Source {
  const { from, to } = parseRange(options.range);
  return {
    name: 'range',
    items: async function* (context) {
      const clone = await openClone({ cwd: options.cwd, env: options.env, signal: context.signal });
      try {
        const { git, boundary } = clone;
        const [exclude, include] = await resolveCommits(git, [from, to]);
        if (exclude == null || include == null)
          throw new GuardError('unreadable', `'${exclude == null ? from : to}' is no revision of this repository`, {
            hint: 'fetch it first, or check how it is written',
          });
        const problems = new Problems();
        const commits = await listCommits(git, { include: [include], exclude: [exclude] }, ({ message }) => {
          problems.add('the list of commits', `is not whole: ${message}`);
        });
        const oldestFirst = commits.map(({ oid }) => oid).reverse();
        if (oldestFirst.some((oid) => boundary.has(oid))) yield cutOff(options);
        yield* commitItems(git, context, problems, { commits: oldestFirst, others: inLists([]), tips: [] });
      } finally {
        clone.close();
      }
    },
  };
}

export interface CommitList {
  /** Parents before their children. */
  readonly commits: readonly string[];
  /** Tags, blobs and trees to be read besides, in lists of object ids. */
  readonly others: AsyncIterable<readonly string[]>;
  /** What names these. */
  readonly tips: readonly Tip[];
}

/** What these commits add: also where a file is moved or copied and its blob is an old one. */
export async function* commitItems(
  git: Git,
  context: SourceContext,
  problems: Problems,
  list: CommitList,
): AsyncGenerator<SourceItem, void, void> {
  const { suspects, visitor } = suspectCollector(context, problems);
  const requests = async function* () {
    yield* objectsOf(git, context, { commits: list.commits, suspects, problems });
    yield* list.others;
  };
  yield* handOn(visitObjects(git, requests(), visitor), () => problems.take());
  if (isAnything(suspects)) yield* locatedItems({ git, context, problems, suspects, ...list, refOf: () => null });
  yield* problems.end();
}

/** The commits themselves, and every blob that they bring to some path, each once. */
async function* objectsOf(
  git: Git,
  context: SourceContext,
  {
    commits,
    suspects,
    problems,
  }: { readonly commits: readonly string[]; readonly suspects: Suspects; readonly problems: Problems },
): AsyncGenerator<readonly string[], void, void> {
  yield* inLists(commits);
  const about = nameReader(context);
  const seen = new Set<string>();
  const blobs: string[] = [];
  const uncompared: string[] = [];
  const visitor = {
    change: (_commit: string, change: Change) => {
      if (!brings(change)) return;
      const { isSuspect, makesSuspect } = about(change.name);
      suspects.names ||= isSuspect && isAdded(change);
      if (change.mode === SUBMODULE) {
        suspects.submodules = true;
        return;
      }
      if (makesSuspect && !suspects.blobs.has(change.oid)) suspects.blobs.set(change.oid, { size: null, bytes: null });
      // Twenty bytes instead of a slice of git's output, which would keep all of that.
      const key = Buffer.from(change.oid, 'hex').toString('latin1');
      if (seen.has(key)) return;
      seen.add(key);
      blobs.push(change.oid);
    },
    unreadable: (commit: string, reason: string) => {
      problems.add(`commit ${commit}`, reason);
      uncompared.push(commit);
    },
  };
  const reading = visitChanges(git, commits, visitor);
  const take = () => (blobs.length === 0 ? [] : [blobs.splice(0)]);
  yield* handOn(reading, take, (done) => context.progress?.(done, commits.length));
  for (const commit of uncompared) {
    for await (const file of untilFailure(treeFiles(git, commit), problems, `commit ${commit}`))
      visitor.change(commit, file);
    yield* take();
  }
}
