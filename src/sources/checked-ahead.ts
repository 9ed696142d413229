import { breathing } from './breath';
import type { SourceContext, SourceItem } from './content';
import type { FileAnswer, FileChecks, FileToCheck } from './file-checks';
import type { Entry } from './walk';

/** So many entries have their files checked together. */
const GROUP = 64;
/** So many groups at most wait for the answers to an earlier one. */
const MOST_WAITING = 64;

interface Group {
  readonly entries: readonly Entry[];
  /** Those of the entries that are files. */
  readonly files: readonly FileToCheck[];
  /** One for each file, in order; null until they are there. */
  answers: readonly FileAnswer[] | null;
  /** Rejects where there will be none. */
  answered: Promise<void>;
}

/**
 * The items of the entries, in order, as `look` gives them, which is asked only where a check cannot tell that there is
 * none. The walk runs ahead of the items by groups of files, whose bytes other threads read; while the answers that are
 * next are not there, this one reads a group itself.
 */
export async function* checkedAhead(
  entries: Iterator<Entry, undefined>,
  checks: FileChecks,
  look: (entry: Entry, checked: FileAnswer) => Iterable<SourceItem>,
  { signal }: SourceContext,
): AsyncGenerator<SourceItem, void, void> {
  const groups: Group[] = [];
  const next = (): Group | null => {
    const group = groups.length < MOST_WAITING ? nextGroup(entries) : null;
    if (group !== null) groups.push(group);
    return group;
  };
  const breath = breathing();
  let underWay = 0;
  const keepBusy = (): void => {
    while (underWay < checks.width) {
      const group = next();
      if (group === null) return;
      underWay += 1;
      group.answered = askFor(group, checks).then(() => void (underWay -= 1));
      // Nobody waits for it while an earlier group is looked at.
      group.answered.catch(() => undefined);
    }
  };
  // A thread may be stuck in a read; what waits for it then fails.
  const stop = (): void => void checks.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    keepBusy();
    for (let [group] = groups; group !== undefined; [group] = groups) {
      signal?.throwIfAborted();
      if (group.answers === null) {
        const own = next();
        if (own === null) await group.answered;
        else {
          own.answers = checks.checkHere(own.files);
          await turn();
        }
      } else {
        groups.shift();
        const answers = group.answers.values();
        for (const entry of group.entries) {
          const pause = breath();
          if (pause !== null) await pause;
          signal?.throwIfAborted();
          yield* look(entry, entry.kind === 'file' ? (answers.next().value ?? null) : null);
        }
      }
      keepBusy();
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await checks.close();
  }
}

async function askFor(group: Group, checks: FileChecks): Promise<void> {
  group.answers = await checks.check(group.files);
}

/** In which answers, timers and signals have theirs. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function nextGroup(walk: Iterator<Entry, undefined>): Group | null {
  const entries: Entry[] = [];
  const files: FileToCheck[] = [];
  while (entries.length < GROUP) {
    const { value } = walk.next();
    if (value === undefined) break;
    entries.push(value);
    if (value.kind === 'file') files.push({ path: value.path.toString('latin1'), name: value.name });
  }
  return entries.length === 0 ? null : { entries, files, answers: null, answered: Promise.resolve() };
}
