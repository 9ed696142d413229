import { GuardError } from '../base/error';
import type { Unreadable } from './content';

/** So many objects are named one by one; a partial clone may lack a hundred thousand. */
const NAMED = 20;

/** What could not be read, each object once. */
export class Problems {
  readonly #seen = new Set<string>();
  readonly #items: Unreadable[] = [];
  #unnamed = 0;

  /** `reason` completes the sentence that `what` starts. */
  add(what: string, reason: string): void {
    if (this.#seen.has(what)) return;
    this.#seen.add(what);
    if (this.#seen.size <= NAMED) this.#items.push({ kind: 'unreadable', path: null, reason: `${what} ${reason}` });
    else this.#unnamed += 1;
  }

  /** Those since the last call. */
  take(): Unreadable[] {
    return this.#items.splice(0);
  }

  /** The rest, and how many were not named. */
  end(): Unreadable[] {
    const items = this.take();
    if (this.#unnamed > 0)
      items.push({ kind: 'unreadable', path: null, reason: `${this.#unnamed} more objects could not be read` });
    return items;
  }
}

/**
 * Where the list (`what`) ends early because git fails, what it gave is looked at all the same, and the failure is a
 * problem.
 */
export async function* untilFailure<Item>(
  list: AsyncIterable<Item>,
  problems: Problems,
  what = 'the list of objects',
): AsyncGenerator<Item, void, void> {
  try {
    yield* list;
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'git-failed') throw error;
    problems.add(what, `is not whole: ${error.message}`);
  }
}
