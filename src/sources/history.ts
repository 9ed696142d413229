import { GuardError } from '../base/error';
import type { ObjectVisitor } from '../git/batch';
import { listStoredObjects, visitAllObjects, visitObjects } from '../git/objects';
import { findMissing, listCommits, reachableObjects, type Revisions } from '../git/revisions';
import type { Git } from '../git/run';
import { shallowBoundary } from '../git/shallow';
import { allTips, storedObjects, type RefTip } from '../git/tips';
import type { Source, SourceContext, SourceItem } from './content';
import { handOn } from './hand-on';
import { locatedItems, refNameItems } from './located';
import { merged, shared } from './parallel';
import { Problems, untilFailure } from './problems';
import { commitItems } from './range';
import { cutOff, type ShallowRule } from './shallow';
import { parseDateOption } from '../base/dates';
import { isAnything, suspectCollector, type Suspects } from './suspects';

export interface HistoryOptions extends ShallowRule {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Only commits from that day or instant on (`--since`); tags count in any case. */
  readonly since?: string;
  /** How many git processes read objects side by side; one without it. */
  readonly jobs?: number;
}

/**
 * Everything reachable from any ref or any work tree's HEAD, with what brings a suspect in first: a content comes once
 * for each commit and path that adds to it, oldest first. Throws GuardError 'usage' at once for a `since` that is no
 * date; 'no-repository' and 'git-failed' when it is read.
 */
export function historySource(options: HistoryOptions): Source {
  const since = options.since === undefined ? null : Math.floor(parseDateOption(options.since, '--since').first / 1000);
  return {
    name: 'history',
    once: 'per-path',
    items: async function* (context) {
      const git: Git = { cwd: options.cwd, env: options.env, signal: context.signal };
      const problems = new Problems();
      const { tips, broken } = await allTips(git);
      for (const ref of broken) problems.add(`ref ${ref}`, 'points at nothing that is here');
      for (const ref of [...tips.flatMap(({ ref }) => ref ?? []), ...broken]) yield* refNameItems(context, ref);
      if ((await shallowBoundary(git)).size > 0) yield cutOff(options);
      const revisions: Revisions = { include: [...new Set(tips.map(({ oid }) => oid))], exclude: [] };
      if (tips.length === 0) yield* problems.end();
      else if (since !== null) yield* recentItems(git, context, { revisions, tips, problems, since });
      else yield* allItems(git, context, { revisions, tips, problems, jobs: options.jobs ?? 1 });
    },
  };
}

interface History {
  readonly revisions: Revisions;
  readonly tips: readonly RefTip[];
  readonly problems: Problems;
}

function notWhole(problems: Problems): (reason: GuardError) => void {
  return ({ message }) => {
    problems.add('the list of commits', `is not whole: ${message}`);
  };
}

async function* recentItems(
  git: Git,
  context: SourceContext,
  { revisions, tips, problems, since }: History & { readonly since: number },
): AsyncGenerator<SourceItem, void, void> {
  const commits = await listCommits(git, revisions, notWhole(problems));
  const recent = commits.filter(({ time }) => time >= since).map(({ oid }) => oid);
  const named = tips.filter(({ type }) => type !== 'commit').map(({ oid }) => oid);
  const branches = tips.filter(({ type }) => type === 'commit').map(({ oid }) => oid);
  const others = reachableObjects(git, { include: named, exclude: branches }, (oid) => {
    problems.add(`object ${oid}`, 'is missing from this repository');
  });
  yield* commitItems(git, context, problems, {
    commits: recent.reverse(),
    others: untilFailure(others, problems),
    tips,
  });
}

async function* allItems(
  git: Git,
  context: SourceContext,
  { revisions, tips, problems, jobs }: History & { readonly jobs: number },
): AsyncGenerator<SourceItem, void, void> {
  // cat-file never notices what is missing, and the first of these walks does; they cost a fraction of the reading.
  const walks = Promise.all([
    missingObjects(git, revisions, problems),
    listCommits(git, revisions, notWhole(problems)).then((commits) => commits.map(({ oid }) => oid).reverse()),
  ]);
  walks.catch(() => undefined); // awaited below
  const reading = readEverything(git, context, problems, jobs);
  let step = await reading.next();
  for (; step.done !== true; step = await reading.next()) yield step.value;
  const suspects = step.value;
  const [, commits] = await walks;
  context.counts.commits = commits.length; // without those that nothing leads to any more
  yield* problems.take();
  if (isAnything(suspects))
    yield* locatedItems({ git, context, problems, suspects, commits, whole: true, tips, refOf: () => null });
  yield* problems.end();
}

async function missingObjects(git: Git, revisions: Revisions, problems: Problems): Promise<void> {
  try {
    await findMissing(git, revisions, (oid) => {
      problems.add(`object ${oid}`, 'is missing from this repository');
    });
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'git-failed') throw error;
    problems.add('the history', `could not be walked whole: ${error.message}`);
  }
}

/**
 * Reads every stored object, in the order in which they are stored, because that is quickest. Where git ends at a damaged
 * one, they are read again one by one.
 */
async function* readEverything(
  git: Git,
  context: SourceContext,
  problems: Problems,
  jobs: number,
): AsyncGenerator<SourceItem, Suspects, void> {
  const total = context.progress === undefined ? null : await storedObjects(git);
  const counts = { ...context.counts };
  const step = (done: number) => context.progress?.(done, total);
  const one = suspectCollector(context, problems);
  try {
    const reading = jobs > 1 ? readSideBySide(git, one.visitor, jobs) : visitAllObjects(git, one.visitor);
    yield* handOn(reading, () => problems.take(), step);
    return one.suspects;
  } catch (error) {
    if (jobs > 1 || !(error instanceof GuardError) || error.code !== 'git-failed') throw error;
  }
  Object.assign(context.counts, counts);
  const again = suspectCollector(context, problems);
  yield* handOn(visitObjects(git, listStoredObjects(git), again.visitor), () => problems.take(), step);
  return again.suspects;
}

/** The list is dealt out block by block, so that each process keeps to neighbours in a pack. */
function readSideBySide(git: Git, visitor: ObjectVisitor, jobs: number): AsyncGenerator<number, void, void> {
  const blocks = shared(listStoredObjects(git));
  return merged(Array.from({ length: jobs }, () => visitObjects(git, blocks(), visitor)));
}
