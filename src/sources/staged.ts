import { GuardError } from '../base/error';
import { STAGED_ARGS } from '../git/args';
import type { ObjectHeader, ObjectVisitor } from '../git/batch';
import { brings, comparable, isAdded, LINK, RawReader, SUBMODULE, type Change } from '../git/changes';
import { locate } from '../git/locate';
import { inLists } from '../git/converse';
import { blobStream, visitObjects } from '../git/objects';
import { addedLines } from '../git/patch';
import { pathText } from '../base/path-text';
import { streamGit, type Git } from '../git/run';
import { unmergedChanges } from '../git/unmerged';
import { handOn } from './hand-on';
import type { Content, LineRange, Source, SourceContext, SourceItem } from './content';

export interface StagedOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What the index adds over `HEAD`. Throws GuardError 'no-repository', and 'unsupported' in a bare repository. */
export function stagedSource(options: StagedOptions): Source {
  return {
    name: 'staged',
    items: async function* (context) {
      const git: Git = { ...options, signal: context.signal };
      await refuseBare(git);
      yield* indexItems(git, context, async () =>
        (await stagedChanges(git, [])).map((change) => judgedWhole(git, change)),
      );
    },
  };
}

/** A bare repository has no index, and `git diff --cached` calls everything deleted there, which would look clean. */
export async function refuseBare(git: Git): Promise<void> {
  const { kind } = await locate(git);
  if (kind === 'bare')
    throw new GuardError('unsupported', 'a bare repository has no staged changes', {
      hint: 'scan it with --history or --range',
    });
}

/** What the index adds over `revision`, or over HEAD. Unmerged paths come once for each of their stages. */
export async function stagedChanges(git: Git, revision: readonly string[]): Promise<Change[]> {
  const reader = new RawReader();
  const changes: Change[] = [];
  for await (const chunk of streamGit(git, [...STAGED_ARGS, ...revision]))
    for (const item of reader.push(chunk)) if (!('commit' in item)) changes.push(item);
  reader.end();
  const merged = changes.filter(({ status }) => status !== 'U');
  const unmerged = merged.length < changes.length ? await unmergedChanges(git, revision[0] ?? 'HEAD') : [];
  return [...merged, ...unmerged].filter(brings);
}

/** One way in which an index entry counts: which of its lines, and whether a merge's other side brings them in. */
export interface Judged {
  readonly lines: (() => Promise<readonly LineRange[]>) | null;
  readonly incoming: boolean;
}

export interface IndexEntry {
  readonly change: Change;
  readonly content: readonly Judged[];
  /** How the name counts, where it is new. */
  readonly name: Judged | null;
}

function judgedWhole(git: Git, change: Change): IndexEntry {
  const old = comparable(change);
  const lines = old.length === 0 ? null : () => addedLines(git, old, change.oid);
  return {
    change,
    content: [{ lines, incoming: false }],
    name: isAdded(change) ? { lines: null, incoming: false } : null,
  };
}

export const SUBMODULE_REASON = 'a submodule: its commits are in a repository of its own';

/**
 * Reads the blobs of these entries in one pass of git and gives the suspect ones. `list` is run while git starts: each
 * process costs a commit that waits for the hook.
 */
export async function* indexItems(
  git: Git,
  context: SourceContext,
  list: () => Promise<readonly IndexEntry[]>,
): AsyncGenerator<SourceItem, void, void> {
  const byOid = new Map<string, PlacedEntry[]>();
  const found: SourceItem[] = [];
  const requests = async function* () {
    for (const entry of await list()) place(entry, context, byOid, found);
    yield* inLists(byOid.keys());
  };
  yield* handOn(
    visitObjects(git, requests(), indexVisitor(git, context, byOid, found)),
    () => found.splice(0),
    (done) => context.progress?.(done, byOid.size),
  );
}

interface PlacedEntry {
  readonly entry: IndexEntry;
  readonly path: string;
}

/** Puts an entry among those whose blob is to be read, and what its name alone gives to `found`. */
function place(
  entry: IndexEntry,
  context: SourceContext,
  byOid: Map<string, PlacedEntry[]>,
  found: SourceItem[],
): void {
  const name = Buffer.from(entry.change.name, 'latin1');
  const path = pathText(name);
  if (context.excluded(path)) {
    found.push({ kind: 'skipped', path, reason: 'excluded' });
    return;
  }
  if (entry.name !== null && context.mayHold(name, null)) found.push(nameContent(name, path, entry.name));
  if (entry.change.mode === SUBMODULE) {
    found.push({ kind: 'skipped', path, reason: SUBMODULE_REASON });
    return;
  }
  const same = byOid.get(entry.change.oid);
  if (same === undefined) byOid.set(entry.change.oid, [{ entry, path }]);
  else same.push({ entry, path });
}

function nameContent(name: Buffer, path: string, judged: Judged): Content {
  return {
    kind: 'content',
    provenance: { kind: 'index' },
    path,
    where: 'path-name',
    bytes: name,
    ...(judged.incoming && { incoming: true }),
  };
}

/** What it finds suspect goes to `found`. */
function indexVisitor(
  git: Git,
  context: SourceContext,
  byOid: ReadonlyMap<string, readonly PlacedEntry[]>,
  found: SourceItem[],
): ObjectVisitor {
  const large = new Set<string>();
  const entriesOf = ({ oid }: { readonly oid: string }) => byOid.get(oid) ?? [];
  const count = (header: ObjectHeader) => {
    context.counts.files += entriesOf(header).length;
    context.counts.bytes += header.size;
  };
  return {
    object: (header, bytes) => {
      count(header);
      const suspect = entriesOf(header).filter(({ path }) => context.mayHold(bytes, path));
      if (suspect.length === 0) return;
      const kept = Buffer.from(bytes);
      for (const { entry, path } of suspect) found.push(...fileContents(entry, path, kept));
    },
    window: (header, bytes) => {
      if (!entriesOf(header).some(({ path }) => context.mayHold(bytes, path))) return 'more';
      large.add(header.oid);
      return 'enough';
    },
    windowsEnd: (header) => {
      count(header);
      if (!large.has(header.oid)) return;
      for (const { entry, path } of entriesOf(header))
        found.push(...fileContents(entry, path, blobStream(git, header.oid)));
    },
    unreadable: (oid, reason) => {
      for (const { path } of byOid.get(oid) ?? [])
        found.push({ kind: 'unreadable', path, reason: `its staged content (${oid.slice(0, 12)}) ${reason}` });
    },
  };
}

function fileContents(entry: IndexEntry, path: string, bytes: Content['bytes']): Content[] {
  return entry.content.map(({ lines, incoming }) => ({
    kind: 'content',
    provenance: { kind: 'index' },
    path,
    where: entry.change.mode === LINK ? 'symlink' : 'file',
    bytes,
    ...(lines !== null && { addedLines: lines }),
    ...(incoming && { incoming: true }),
  }));
}
