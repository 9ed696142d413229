import type { SourceContext, SourceItem } from './content';
import type { FileAnswer, FileChecks, FileToCheck } from './file-checks';
import type { Entry } from './walk';

/** So many entries have their files checked together. */
const GROUP = 64;

interface Group {
  readonly entries: readonly Entry[];
  /** One for each file that is checked, in order. */
  readonly answers: Promise<readonly FileAnswer[]>;
}

/**
 * The items of the entries, in order, as `look` gives them, which is asked only where a check cannot tell that there is
 * none. The walk runs ahead of the items by a few groups of files, whose bytes others read.
 */
export async function* checkedAhead(
  entries: Iterator<Entry, undefined>,
  checks: FileChecks,
  look: (entry: Entry, checked: FileAnswer) => Iterable<SourceItem>,
  { signal }: SourceContext,
): AsyncGenerator<SourceItem, void, void> {
  const groups: Group[] = [];
  const refill = (): void => {
    while (groups.length < checks.width) {
      const group = nextGroup(entries, checks);
      if (group === null) return;
      groups.push(group);
    }
  };
  // A thread may be stuck in a read; what waits for it then fails.
  const stop = (): void => void checks.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    refill();
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      refill();
      const answers = (await group.answers).values();
      for (const entry of group.entries) {
        signal?.throwIfAborted();
        yield* look(entry, entry.kind === 'file' ? (answers.next().value ?? null) : null);
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await checks.close();
  }
}

function nextGroup(walk: Iterator<Entry, undefined>, checks: FileChecks): Group | null {
  const entries: Entry[] = [];
  const files: FileToCheck[] = [];
  while (entries.length < GROUP) {
    const { value } = walk.next();
    if (value === undefined) break;
    entries.push(value);
    if (value.kind === 'file') files.push({ path: value.path.toString('latin1'), name: value.name });
  }
  if (entries.length === 0) return null;
  const answers = checks.check(files);
  // Nobody waits for it while an earlier group is looked at.
  answers.catch(() => undefined);
  return { entries, answers };
}
