import { startGit, type Git, type GitProcess, gitFailure, type GitExit } from './run';

/** So many ends of git in a row, with no answer between them, are no damaged objects any more. */
const FRUITLESS_STARTS = 64;

/** Reads the output of one process; made anew where git had to be started again. */
interface AnswerReader {
  push(chunk: Buffer): void;
}

/** A git command that answers the lines on its standard input one by one, in order. */
export interface Conversation {
  readonly args: readonly string[];
  /** `answered` is to be called once for each request that git has taken up. */
  readonly reader: (answered: () => void) => AnswerReader;
  /** git ended where it should have answered this request. */
  readonly unanswered: (request: string, exit: GitExit) => void;
}

/** First in, first out; `shift` of a long array moves all of it. */
class Queue {
  #items: string[] = [];
  #head = 0;

  push(items: readonly string[]): void {
    for (const item of items) this.#items.push(item);
  }

  shift(): void {
    this.#head += 1;
    if (this.#head <= 4096) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
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
      if (!child.stdin.write(next.value.map((request) => `${request}\n`).join('')))
        await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), gone]);
    }
    return { exhausted: false };
  } finally {
    child.stdin.end();
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

/**
 * Tells git the requests (lists of lines) and has the answers read. Control comes back to the caller after each block
 * of output, with the number of answers so far. Where git ends at a request, that one is `unanswered` and git is started
 * again for those after it. Throws a GuardError where git does not run at all, and what `requests` throws, after the
 * answers to what came before it.
 */
export async function* converse(
  git: Git,
  requests: AsyncIterable<readonly string[]>,
  conversation: Conversation,
): AsyncGenerator<number, void, void> {
  const source = requests[Symbol.asyncIterator]();
  const waiting = new Queue();
  let again: readonly string[] = [];
  let fruitless = 0;
  let answers = 0;
  for (;;) {
    const before = answers;
    const reader = conversation.reader(() => {
      waiting.shift();
      answers += 1;
    });
    const child = startGit(git, conversation.args);
    const ended = { value: false };
    const feeding = feed(child, prefixed(again, source), waiting, ended);
    feeding.catch(() => undefined); // it is awaited below, after the answers
    let whole = false;
    try {
      for await (const chunk of child.stdout) {
        reader.push(chunk as Buffer);
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
    const [culprit, ...others] = waiting.takeAll();
    if (exit.status === 0 && culprit === undefined && exhausted) return;
    fruitless = answers === before ? fruitless + 1 : 0;
    if (culprit === undefined || fruitless > FRUITLESS_STARTS) throw await gitFailure(git, conversation.args, exit);
    conversation.unanswered(culprit, exit);
    yield answers;
    again = others;
  }
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
