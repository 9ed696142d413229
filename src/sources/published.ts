import { visitObjects } from '../git/objects';
import type { ListedCommit } from '../git/commit-walk';
import type { RefUpdate } from '../git/ref-updates';
import { listCommits, objectTypes, reachableObjects, type Revisions } from '../git/revisions';
import type { Git } from '../git/run';
import type { SourceContext, SourceItem } from './content';
import { handOn } from './hand-on';
import { locatedItems, refNameItems, type Tip } from './located';
import { Problems, untilFailure } from './problems';
import { isAnything, suspectCollector } from './suspects';

/**
 * What these updates publish: everything reachable from the new tips that is not reachable from what the receiver has
 * (`known` and the old tips, as far as they are stored here; an unknown one means that more is judged).
 */
export async function* publishedItems(
  git: Git,
  context: SourceContext,
  updates: readonly RefUpdate[],
  known: readonly string[],
): AsyncGenerator<SourceItem, void, void> {
  const wanted = updates.flatMap(({ newOid }) => newOid ?? []);
  if (wanted.length === 0) return;
  const old = [...new Set([...known, ...updates.flatMap(({ oldOid }) => oldOid ?? [])])];
  const types = await objectTypes(git, [...wanted, ...old]);
  const problems = new Problems();
  const tips: Tip[] = [];
  for (const { newOid, ref } of updates) {
    if (newOid !== null) yield* refNameItems(context, ref);
    const type = newOid === null ? undefined : types.get(newOid);
    if (newOid !== null && type === undefined)
      problems.add(`object ${newOid}`, `, which is to be pushed to ${ref}, is not here`);
    else if (newOid !== null && type !== undefined) tips.push({ oid: newOid, type, ref });
  }
  const revisions: Revisions = {
    include: [...new Set(tips.map(({ oid }) => oid))],
    exclude: old.filter((oid) => types.has(oid)),
  };
  yield* newItems(git, context, { revisions, tips, problems });
}

async function* newItems(
  git: Git,
  context: SourceContext,
  {
    revisions,
    tips,
    problems,
  }: { readonly revisions: Revisions; readonly tips: readonly Tip[]; readonly problems: Problems },
): AsyncGenerator<SourceItem, void, void> {
  const { suspects, visitor } = suspectCollector(context, problems);
  const requests = untilFailure(
    reachableObjects(git, revisions, (oid) => {
      problems.add(`object ${oid}`, 'is missing from this repository');
    }),
    problems,
  );
  yield* handOn(
    visitObjects(git, requests, visitor),
    () => problems.take(),
    (done) => context.progress?.(done, null),
  );
  if (isAnything(suspects)) {
    const commits = await listCommits(git, revisions, ({ message }) => {
      problems.add('the list of commits', `is not whole: ${message}`);
    });
    const refs = refsOf(commits, tips);
    yield* locatedItems({
      git,
      context,
      problems,
      suspects,
      commits: commits.map(({ oid }) => oid).reverse(),
      refOf: (commit) => refs.get(commit) ?? null,
      tips,
    });
  }
  yield* problems.end();
}

/** The ref that each commit is reached from, the first where there are several. `commits`: children before parents. */
function refsOf(commits: readonly ListedCommit[], tips: readonly Tip[]): Map<string, string> {
  const refs = new Map<string, string>();
  for (const { oid, ref } of tips) if (ref !== null && !refs.has(oid)) refs.set(oid, ref);
  for (const { oid, parents } of commits) {
    const ref = refs.get(oid);
    if (ref !== undefined) for (const parent of parents) if (!refs.has(parent)) refs.set(parent, ref);
  }
  return refs;
}
