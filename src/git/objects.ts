import { GuardError } from '../base/error';
import { BATCH_ALL_ARGS, BATCH_ARGS, BATCH_BUFFERED_ARGS, LIST_ALL_ARGS } from './args';
import { BatchParser, type ObjectVisitor } from './batch';
import { converse } from './converse';
import { startGit, streamGit, type Git, type GitProcess, type GitExit } from './run';
import { LF, pieces } from './split';

function reasonOf(exit: GitExit): string {
  if (/promisor|lazy fetching/.test(exit.stderr))
    return 'is not in this partial clone: fetch it (`git fetch --refetch` gets everything) and try again';
  const said = exit.stderr.split('\n').find((line) => /^(fatal|error):/.test(line));
  return `could not be read${said === undefined ? '' : ` (${said.replace(/^(fatal|error): /, '').slice(0, 200)})`}`;
}

/**
 * Has git read the objects named by `requests` (lists of object ids) and tells `visitor` of them, in that order. Control
 * comes back to the caller after each block of output, with the number of objects so far, so that it can hand on what
 * the visitor collected. An object at which git ends is reported as unreadable. Throws as `converse` does.
 */
export function visitObjects(
  git: Git,
  requests: AsyncIterable<readonly string[]>,
  visitor: ObjectVisitor,
): AsyncGenerator<number, void, void> {
  return converse(git, requests, {
    args: BATCH_BUFFERED_ARGS,
    reader: (answered) => new BatchParser(visitor, answered),
    unanswered: (oid, exit) => visitor.unreadable(oid, reasonOf(exit)),
  });
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

/** The ids of all of them, in the same order, in lists; they can be read one by one, and by several processes. */
export function listStoredObjects(git: Git): AsyncGenerator<readonly string[], void, void> {
  return lists(streamGit(git, LIST_ALL_ARGS));
}

async function* lists(output: AsyncIterable<Buffer>): AsyncGenerator<readonly string[], void, void> {
  for await (const lines of pieces(output, LF)) yield lines.map((line) => line.toString('latin1'));
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
