import { GuardError } from '../base/error';

/** What a CI run is about, in our words, whichever platform told it. */
export interface CiEvent {
  readonly kind: 'push' | 'pull-request' | 'merge-queue' | 'tag' | 'delete' | 'other';
  /** The commit, or the tag object, that the run brings in: an id, or `HEAD` where the platform tells none. */
  readonly head: string;
  /** The branch's old tip, or the target: an id, now and then abbreviated. Null where the platform tells none. */
  readonly base: string | null;
  /** The merge of target and head that the platform checks out instead of the head. */
  readonly merge: string | null;
  /** The full name of what is pushed or asked to be merged. */
  readonly ref: string | null;
  /** The name of the branch that head is to be merged into; null for the default branch. */
  readonly target: string | null;
  /** Null where the platform does not tell. */
  readonly defaultBranch: string | null;
  /** A ref at the remote that has the head, where no branch may have it: a pull request's. */
  readonly headRef: string | null;
}

/** An event of which only these fields are known. */
export function eventOf(known: Pick<CiEvent, 'kind' | 'head'> & Partial<CiEvent>): CiEvent {
  return { base: null, merge: null, ref: null, target: null, defaultBranch: null, headRef: null, ...known };
}

/** The variables of a run. Every value is data: it goes to git as an id or inside a full ref name, and nowhere else. */
export class Variables {
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Null where it is not set, or empty. */
  text(name: string): string | null {
    const value = this.#env[name];
    return value === undefined || value === '' ? null : value;
  }

  is(name: string, value = 'true'): boolean {
    return this.text(name)?.toLowerCase() === value;
  }

  /** The first of the variables that holds a commit's id; null where all are unset or zero. Throws as commitId. */
  id(...names: readonly string[]): string | null {
    for (const name of names) {
      const id = commitId(this.text(name), name);
      if (id !== null) return id;
    }
    return null;
  }

  /** `refs/heads/` and the value; null where it is not set. */
  branchRef(name: string): string | null {
    const branch = this.text(name);
    return branch === null ? null : `refs/heads/${branch}`;
  }

  /** The head, which must be told. Throws GuardError 'unreadable'. */
  head(...names: readonly string[]): string {
    const id = this.id(...names);
    if (id !== null) return id;
    throw new GuardError('unreadable', `${names.join(' or ')} does not say which commit this run is about`);
  }
}

/**
 * An id as a platform gives it; null for none and for zeros. Throws GuardError 'unreadable', which names `where` it was
 * found, for anything else: to go on would scan less than there is.
 */
export function commitId(value: unknown, where: string): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value !== 'string' || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(value))
    throw new GuardError('unreadable', `${where} holds something that is not a commit's id`);
  return /^0+$/.test(value) ? null : value.toLowerCase();
}

export function branchOf(ref: string | null): string | null {
  return ref?.replace(/^refs\/heads\//, '') ?? null;
}
