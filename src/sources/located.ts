import type { ObjectType } from '../git/batch';
import { isAdded, brings, comparable, LINK, SUBMODULE, type Change } from '../git/changes';
import { visitChanges } from '../git/commit-changes';
import { objectText } from '../git/object-text';
import { blobStream, ObjectReader } from '../git/objects';
import { addedLines } from '../git/patch';
import { pathText } from '../base/path-text';
import type { Git } from '../git/run';
import { treeFiles } from '../git/tree-files';
import { WHOLE_LIMIT } from '../git/windows';
import type { Content, Provenance, SourceContext, SourceItem, Where } from './content';
import { handOn } from './hand-on';
import { untilFailure, type Problems } from './problems';
import { SUBMODULE_REASON } from './staged';
import type { SuspectBlob, Suspects } from './suspects';

/** The commits that count, and what of them is worth a closer look. */
export interface Walk {
  readonly git: Git;
  readonly context: SourceContext;
  readonly problems: Problems;
  readonly suspects: Suspects;
  /** Parents before their children. */
  readonly commits: readonly string[];
  readonly refOf: (commit: string) => string | null;
  /** All ancestors are among them. */
  readonly whole?: true;
  /** What refs name: commits, tags, and now and then a blob or a tree. */
  readonly tips: readonly Tip[];
}

export interface Tip {
  readonly oid: string;
  readonly type: ObjectType;
  readonly ref: string | null;
}

/** The name of a ref, where it may hold something. */
export function refNameItems(context: SourceContext, ref: string): Content[] {
  const bytes = Buffer.from(ref);
  if (!context.mayHold(bytes, null)) return [];
  return [{ kind: 'content', provenance: { kind: 'ref', ref }, path: null, where: 'ref-name', bytes }];
}

/** Finds the commits, paths and lines that bring the suspects in, oldest first, and gives them as contents. */
export async function* locatedItems(walk: Walk): AsyncGenerator<SourceItem, void, void> {
  const reader = new ObjectReader(walk.git);
  const passedOver = new Set<string>();
  try {
    yield* commitObjects(walk, reader);
    yield* changedPaths(walk, reader, passedOver);
    yield* tagsAndWhatTheyName(walk, reader, passedOver);
  } finally {
    reader.close();
  }
}

async function* commitObjects(walk: Walk, reader: ObjectReader): AsyncGenerator<SourceItem, void, void> {
  if (walk.suspects.commits.size === 0) return;
  for (const commit of walk.commits) {
    if (!walk.suspects.commits.has(commit)) continue;
    const provenance: Provenance = { kind: 'commit', commit, ref: walk.refOf(commit) };
    yield* textContents(walk.context, await reader.read(commit), provenance, 'commit-message');
  }
}

/** The message, whose first line is line 1, and the headers, likewise. */
function textContents(context: SourceContext, bytes: Buffer, provenance: Provenance, where: Where): Content[] {
  const { headers, message, encoding } = objectText(bytes);
  return [message, headers]
    .filter((part) => context.mayHold(part, null))
    .map((part) => ({
      kind: 'content',
      provenance,
      path: null,
      where,
      bytes: part,
      ...(encoding !== null && { encoding }),
    }));
}

async function* changedPaths(
  walk: Walk,
  reader: ObjectReader,
  passedOver: Set<string>,
): AsyncGenerator<SourceItem, void, void> {
  const { suspects, context, problems } = walk;
  if (suspects.blobs.size === 0 && !suspects.names && !suspects.submodules) return;
  const found: { commit: string; change: Change }[] = [];
  const uncompared: string[] = [];
  const visitor = {
    change: (commit: string, change: Change) => {
      if (!brings(change)) return;
      const wanted = suspects.blobs.has(change.oid) || change.mode === SUBMODULE || (suspects.names && isAdded(change));
      if (wanted) found.push({ commit, change });
    },
    unreadable: (commit: string, reason: string) => {
      problems.add(`commit ${commit}`, reason);
      uncompared.push(commit);
    },
  };
  const changes = handOn(
    visitChanges(walk.git, walk.commits, visitor),
    () => found.splice(0),
    (done) => context.progress?.(done, walk.commits.length),
  );
  for await (const { commit, change } of changes) {
    const provenance: Provenance = { kind: 'commit', commit, ref: walk.refOf(commit) };
    yield* changedPath(walk, reader, passedOver, { change, provenance });
  }
  for (const commit of uncompared) {
    const provenance: Provenance = { kind: 'commit', commit, ref: walk.refOf(commit) };
    const files = untilFailure(treeFiles(walk.git, commit), problems, `commit ${commit}`);
    for await (const change of files) yield* changedPath(walk, reader, passedOver, { change, provenance });
  }
}

async function* changedPath(
  { git, context, suspects, whole }: Walk,
  reader: ObjectReader,
  passedOver: Set<string>,
  { change, provenance }: { readonly change: Change; readonly provenance: Provenance },
): AsyncGenerator<SourceItem, void, void> {
  const name = Buffer.from(change.name, 'latin1');
  const path = pathText(name);
  const excluded = context.excluded(path);
  if (excluded || change.mode === SUBMODULE) {
    if (!passedOver.has(path)) yield { kind: 'skipped', path, reason: excluded ? 'excluded' : SUBMODULE_REASON };
    passedOver.add(path);
    if (excluded) return;
  }
  if (suspects.names && isAdded(change) && context.mayHold(name, null))
    yield { kind: 'content', provenance, path, where: 'path-name', bytes: name };
  const blob = suspects.blobs.get(change.oid);
  if (blob === undefined || change.mode === SUBMODULE) return;
  const old = comparable(change);
  yield {
    kind: 'content',
    provenance,
    path,
    where: change.mode === LINK ? 'symlink' : 'file',
    bytes: await blobBytes(git, reader, change.oid, blob),
    ...(old.length > 0 && { addedLines: () => addedLines(git, old, change.oid) }),
    ...(whole && change.mode !== LINK && { version: { oid: change.oid, old } }),
  };
}

async function blobBytes(git: Git, reader: ObjectReader, oid: string, blob: SuspectBlob): Promise<Content['bytes']> {
  if (blob.bytes !== null) return blob.bytes;
  return blob.size === null || blob.size > WHOLE_LIMIT ? blobStream(git, oid) : await reader.read(oid);
}

async function* tagsAndWhatTheyName(
  walk: Walk,
  reader: ObjectReader,
  passedOver: Set<string>,
): AsyncGenerator<SourceItem, void, void> {
  const seen = new Set<string>();
  for (const { oid, type, ref } of walk.tips) {
    let target: { readonly oid: string; readonly type: string } | null = { oid, type };
    while (target?.type === 'tag' && !seen.has(target.oid)) {
      const provenance: Provenance = { kind: 'tag', tag: target.oid, ref };
      const tag = walk.suspects.tags.get(target.oid);
      if (tag?.suspect === true)
        yield* textContents(walk.context, await reader.read(target.oid), provenance, 'tag-message');
      seen.add(target.oid);
      target = tag?.target ?? null;
    }
    if (target === null || seen.has(target.oid) || (target.type !== 'blob' && target.type !== 'tree')) continue;
    seen.add(target.oid);
    const provenance: Provenance = { kind: 'tag', tag: oid, ref };
    if (target.type === 'blob') yield* namedBlob(walk, reader, target.oid, provenance);
    else yield* namedTree(walk, reader, passedOver, { oid: target.oid, provenance });
  }
}

/** A tag or a ref can name a blob without any commit. */
async function* namedBlob(
  { git, suspects }: Walk,
  reader: ObjectReader,
  oid: string,
  provenance: Provenance,
): AsyncGenerator<SourceItem, void, void> {
  const blob = suspects.blobs.get(oid);
  if (blob === undefined) return;
  yield { kind: 'content', provenance, path: null, where: 'file', bytes: await blobBytes(git, reader, oid, blob) };
}

/** Or a tree; all that is new in it counts. */
async function* namedTree(
  walk: Walk,
  reader: ObjectReader,
  passedOver: Set<string>,
  { oid, provenance }: { readonly oid: string; readonly provenance: Provenance },
): AsyncGenerator<SourceItem, void, void> {
  for await (const change of treeFiles(walk.git, oid))
    yield* changedPath(walk, reader, passedOver, { change, provenance });
}
