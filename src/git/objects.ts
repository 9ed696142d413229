import { GuardError } from '../error';
import { BATCH_ALL_ARGS, BATCH_ARGS, BATCH_BUFFERED_ARGS } from './args';
import { BatchParser, type ObjectVisitor } from './batch';
import { gitFailure, type GitExit } from './failure';
import { startGit, streamGit, type Git, type GitProcess } from './run';

/** So many ends of git in a row, with no object between them, are no damaged objects any more. */
const FRUITLESS_STARTS = 64;

function reasonOf(exit: GitExit): string {
  if (/promisor|lazy fetching/.test(exit.stderr))
    return 'is not in this partial clone: fetch it (`git fetch --refetch` gets everything) and try again';
  const said = exit.stderr.split('\n').find((line) => /^(fatal|error):/.test(line));
  return `could not be read${said === undefined ? '' : ` (${said.replace(/^(fatal|error): /, '').slice(0, 200)})`}`;
}

/** First in, first out; `shift` of a long array moves all of it. */
class Queue {
  #items: string[] = [];
  #head = 0;

  push(items: readonly string[]): void {
    for (const item of items) this.#items.push(item);
  }

  shift(): string | undefined {
    const item = this.#items[this.#head];
    this.#head += 1;
    if (this.#head > 4096) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  takeAll(): string[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }
}

/**
 * Writes the requests to git as it takes them, and remembers them in `waiting`. Once git has ended, nothing more is
 * asked for. The input ends in any case, so that git answers what it was told.
 */
async function feed(
  child: GitProcess,
  requests: AsyncIterator<readonly string[]>,
  waiting: Queue,
  ended: { value: boolean },
): Promise<{ readonly exhausted: boolean }> {
  const gone = child.ended.then(
    () => undefined,
    () => undefined,
  );
  try {
    while (!ended.value) {
      const next = await requests.next();
      if (next.done === true) return { exhausted: true };
      waiting.push(next.value);
      if (!child.stdin.write(next.value.map((oid) => `${oid}\n`).join('')))
        await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), gone]);
    }
    return { exhausted: false };
  } finally {
    child.stdin.end();
  }
}

/**
 * Has git read the objects named by `requests` (lists of object ids) and tells `visitor` of them, in that order. Control
 * comes back to the caller after each block of output, with the number of objects so far, so that it can hand on what
 * the visitor collected.
 * An object at which git ends is reported as unreadable, and git is started again for those after it. Throws a
 * GuardError where git does not run at all, and what `requests` throws, after the answers to what came before it.
 */
export async function* visitObjects(
  git: Git,
  requests: AsyncIterable<readonly string[]>,
  visitor: ObjectVisitor,
): AsyncGenerator<number, void, void> {
  const source = requests[Symbol.asyncIterator]();
  const waiting = new Queue();
  let again: string[] = [];
  let fruitless = 0;
  let answers = 0;
  for (;;) {
    const child = startGit(git, BATCH_BUFFERED_ARGS);
    const before = answers;
    const parser = new BatchParser(visitor, () => {
      waiting.shift();
      answers += 1;
    });
    const ended = { value: false };
    const retried = again;
    const feeding = feed(child, prefixed(retried, source), waiting, ended);
    feeding.catch(() => undefined); // it is awaited below, after the answers
    let whole = false;
    try {
      for await (const chunk of child.stdout) {
        parser.push(chunk as Buffer);
        yield answers;
      }
      whole = true;
    } finally {
      if (!whole) {
        child.stop();
        await source.return?.();
      }
    }
    ended.value = true;
    const exit = await child.ended;
    const { exhausted } = await feeding;
    const left = waiting.takeAll();
    if (exit.status === 0 && left.length === 0 && exhausted) return;
    fruitless = answers === before ? fruitless + 1 : 0;
    const [culprit, ...others] = left;
    if (culprit === undefined || fruitless > FRUITLESS_STARTS) throw await gitFailure(git, BATCH_BUFFERED_ARGS, exit);
    visitor.unreadable(culprit, reasonOf(exit));
    yield answers;
    again = others;
  }
}

/** `first`, and then what `rest` gives. */
function prefixed(first: readonly string[], rest: AsyncIterator<readonly string[]>): AsyncIterator<readonly string[]> {
  let given = first.length === 0;
  return {
    next: () => {
      if (given) return rest.next();
      given = true;
      return Promise.resolve({ done: false, value: first });
    },
  };
}

/** The same for every object that is stored here, reachable or not. Throws a GuardError where git ends before the last. */
export async function* visitAllObjects(git: Git, visitor: ObjectVisitor): AsyncGenerator<number, void, void> {
  let answers = 0;
  const parser = new BatchParser(visitor, () => {
    answers += 1;
  });
  for await (const chunk of streamGit(git, BATCH_ALL_ARGS)) {
    parser.push(chunk);
    yield answers;
  }
  if (!parser.idle) throw new GuardError('git-failed', 'git cat-file ended in the middle of an object');
}

/** Lists of at most `size` items. */
export async function* inLists(items: Iterable<string>, size = 512): AsyncGenerator<readonly string[], void, void> {
  let list: string[] = [];
  for (const item of items) {
    list.push(item);
    if (list.length < size) continue;
    yield await Promise.resolve(list);
    list = [];
  }
  if (list.length > 0) yield list;
}

/** The content of a blob of any size, as git unpacks it. Throws a GuardError where it cannot be read whole. */
export function blobStream(git: Git, oid: string): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => streamGit(git, ['cat-file', 'blob', oid]) };
}

/** One git process that answers for one object at a time. */
export class ObjectReader {
  readonly #git: Git;
  #process: { readonly child: GitProcess; readonly output: AsyncIterator<Buffer> } | null = null;

  constructor(git: Git) {
    this.#git = git;
  }

  /** The object's bytes; it is held whole. Throws GuardError 'unreadable' where it is missing or damaged. */
  async read(oid: string): Promise<Buffer> {
    const { child, output } = (this.#process ??= this.#start());
    const answers: (Buffer | string)[] = [];
    const parser = new BatchParser(
      {
        object: (_header, bytes) => answers.push(Buffer.from(bytes)),
        window: () => 'enough',
        windowsEnd: () => answers.push('is too large to be held whole'),
        unreadable: (_oid, reason) => answers.push(reason),
      },
      () => undefined,
    );
    child.stdin.write(`${oid}\n`);
    while (answers.length === 0) {
      const next = await output.next();
      if (next.done === true) {
        this.#process = null;
        answers.push(reasonOf(await child.ended));
      } else {
        parser.push(next.value);
      }
    }
    const [answer] = answers;
    if (!Buffer.isBuffer(answer)) throw new GuardError('unreadable', `object ${oid} ${answer ?? ''}`);
    return answer;
  }

  /** Ends git, where it was started. */
  close(): void {
    this.#process?.child.stdin.end();
    this.#process = null;
  }

  #start(): { readonly child: GitProcess; readonly output: AsyncIterator<Buffer> } {
    const child = startGit(this.#git, BATCH_ARGS);
    return { child, output: child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer> };
  }
}
