/** What a CI run brings in: from the event to ref updates for the engine that judges pushes. */
import type { CiEvent } from '../ci/event';
import { defaultBranchAtOrigin, fetchFromOrigin } from '../git/fetch';
import { isRefName, type RefUpdate } from '../git/ref-updates';
import { commonAncestor, listCommits, objectTypes, parentsOf, resolveObjects } from '../git/revisions';
import { gitSetting } from '../git/revision';
import type { Git } from '../git/run';
import { openClone, shallowBoundary, type OpenClone } from '../git/shallow';
import { defaultBranchOf, fetchedTag } from '../git/tips';
import type { Source, SourceItem } from './content';
import { historySource } from './history';
import { publishedItems } from './published';
import { cutOff, type ShallowRule } from './shallow';

/** A run's event, looked up in this clone. Commits are full ids. */
export interface CiRun {
  readonly event: CiEvent;
  readonly head: string | null;
  /** What the head is compared with; null where everything that leads to it counts. */
  readonly base: string | null;
  /** Whose configuration judges; null where nothing is judged. */
  readonly configuredBy: string | null;
  readonly updates: readonly RefUpdate[];
  /** What is known to have been there before. */
  readonly known: readonly string[];
  /** What is needed and not here. */
  readonly missing: readonly Missing[];
}

interface Missing {
  /** For a message: `the target branch`. */
  readonly what: string;
  /** What would get it. */
  readonly refspecs: readonly string[];
}

export interface CiOptions extends ShallowRule {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** `origin` gives what is missing; nothing is fetched without it. */
  readonly fetch: 'never' | 'missing';
}

/** Looks an event up, and fetches what is missing where that is allowed. Throws a GuardError where git fails. */
export async function resolveRun(event: CiEvent, { cwd, env, signal, fetch }: CiOptions): Promise<CiRun> {
  const git: Git = { cwd, env, signal };
  if (fetch === 'never') return new Lookup(git, event).run();
  if (event.kind === 'other') {
    const depth = (await shallowBoundary(git)).size > 0 ? ['--unshallow'] : [];
    await fetchFromOrigin(git, ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'], ...depth);
  }
  const run = await withMissing(git, event);
  const wanted = run.head === null ? [] : [run.head, ...run.known];
  if (await isShallow(git, run)) {
    if ((await fetchFromOrigin(git, wanted, '--unshallow')) !== null) await fetchFromOrigin(git, [], '--unshallow');
  }
  // A clone without its files' contents: they are got all at once, and not one by one behind anybody's back.
  if (wanted.length > 0 && (await gitSetting(git, 'remote.origin.promisor')) === 'true')
    await fetchFromOrigin(git, wanted, '--refetch', '--no-filter');
  return new Lookup(git, run.event).run();
}

/** Gets the commits that the event names and the clone lacks. */
async function withMissing(git: Git, event: CiEvent): Promise<CiRun> {
  let run = await new Lookup(git, event).run();
  if (event.kind === 'push' && event.base !== null && event.base !== run.base) {
    // A forced push may have left it without a branch; many hosts still give it.
    if ((await fetchFromOrigin(git, [event.base])) === null) run = await new Lookup(git, event).run();
  }
  if (run.missing.length === 0) return run;
  const told = { ...event, defaultBranch: event.defaultBranch ?? (await defaultBranchAtOrigin(git)) };
  const again = await new Lookup(git, told).run();
  // One by one: an old tip that is gone at the remote must not keep the others from coming.
  for (const { refspecs } of again.missing)
    for (const refspec of refspecs) if ((await fetchFromOrigin(git, [refspec])) === null) break;
  return new Lookup(git, told).run();
}

async function isShallow(git: Git, run: CiRun): Promise<boolean> {
  const clone = await openClone(git);
  try {
    return await isCut(clone, run);
  } finally {
    clone.close();
  }
}

class Lookup {
  readonly #git: Git;
  readonly #event: CiEvent;
  readonly #missing: Missing[] = [];

  constructor(git: Git, event: CiEvent) {
    this.#git = git;
    this.#event = event;
  }

  async run(): Promise<CiRun> {
    const event = this.#event;
    const nothing = {
      event,
      head: null,
      base: null,
      configuredBy: null,
      updates: [],
      known: [],
      missing: this.#missing,
    };
    switch (event.kind) {
      case 'delete':
        return nothing;
      case 'other': {
        const head = await this.#commit(event.head, 'the commit of this run');
        return { ...nothing, head, configuredBy: await this.#defaultTip(head) };
      }
      case 'tag':
        return { ...nothing, ...(await this.#tag()) };
      case 'push':
        return { ...nothing, ...(await this.#push()) };
      case 'pull-request':
      case 'merge-queue':
        return { ...nothing, ...(await this.#proposal()) };
    }
  }

  /** What the old tip has not; without one that is here, what the default branch has not. */
  async #push(): Promise<Partial<CiRun>> {
    const { ref, base: told } = this.#event;
    const head = await this.#commit(this.#event.head, 'the pushed commit');
    const before = told === null ? null : await this.#find(told);
    if (before !== null) return this.#compared(head, before);
    const name = await this.#defaultBranch();
    if (name !== null && ref === `refs/heads/${name}`)
      return { head, configuredBy: head, updates: this.#updates(head) };
    return this.#compared(head, await this.#defaultTip(head));
  }

  async #tag(): Promise<Partial<CiRun>> {
    const { ref, head: told } = this.#event;
    const head = await this.#find(told, 'object');
    const [named] = isRefName(ref) ? await resolveObjects(this.#git, [ref]) : [];
    const fetched = await fetchedTag(this.#git, ref?.replace('refs/tags/', '') ?? '');
    const objects = [...new Set([head, named, fetched].flatMap((oid) => oid ?? []))];
    if (head === null) this.#miss('the tag', [told]);
    // The commit alone does not tell whether the tag has an object of its own, with a message.
    else if (named == null && fetched === null && (await objectTypes(this.#git, [head])).get(head) !== 'tag')
      this.#miss('the tag object', isRefName(ref) ? [`+${ref}:${ref}`] : []);
    const tip = await this.#defaultTip(null);
    return {
      head,
      base: tip,
      configuredBy: tip,
      updates: objects.flatMap((oid) => this.#updates(oid)),
      known: tip === null ? [] : [tip],
    };
  }

  /** A pull request, or a candidate of a merge queue: what the target has not. */
  async #proposal(): Promise<Partial<CiRun>> {
    const { base: told, merge, target, headRef } = this.#event;
    const head = await this.#commit(this.#event.head, 'the head commit', headRef === null ? [] : [headRef]);
    const branch = target === null ? null : await this.#branch(target);
    const named = told === null ? null : await this.#find(told);
    const merged = await this.#merged(head, merge);
    const known = [named, merged.target, branch].flatMap((oid) => oid ?? []);
    if (known.length === 0) {
      if (target === null && told === null) known.push(...[await this.#defaultTip(head)].flatMap((oid) => oid ?? []));
      else this.#miss('the target branch', [...(told === null ? [] : [told]), ...branchRefspec(target)]);
    }
    const configuredBy =
      this.#event.kind === 'merge-queue' ? (named ?? branch) : (merged.target ?? branch ?? named ?? known[0] ?? null);
    return {
      head,
      base: named ?? merged.target ?? branch ?? known[0] ?? null,
      configuredBy: configuredBy ?? known[0] ?? null,
      updates: [...this.#updates(head), ...merged.commits.flatMap((oid) => this.#updates(oid))],
      known: [...new Set(known)],
    };
  }

  /**
   * The merge of target and head that the platform checked out. Only of one that the platform named itself is the first
   * parent known to be the target's: any other may be a commit of the pull request.
   */
  async #merged(head: string | null, told: string | null) {
    const [checkedOut = null, named = null] = await resolveObjects(this.#git, [
      'HEAD^{commit}',
      `${told ?? ''}^{commit}`,
    ]);
    const commits: string[] = [];
    let target: string | null = null;
    for (const oid of new Set([checkedOut, told === null ? null : named])) {
      if (oid === null || oid === head || head === null) continue;
      const parents = (await parentsOf(this.#git, oid)) ?? [];
      if (parents.length !== 2 || !parents.includes(head)) continue;
      commits.push(oid);
      if (oid === named && parents[1] === head) target = parents[0] ?? null;
    }
    return { commits, target };
  }

  #compared(head: string | null, base: string | null): Partial<CiRun> {
    return { head, base, configuredBy: base, updates: this.#updates(head), known: base === null ? [] : [base] };
  }

  #updates(oid: string | null): RefUpdate[] {
    return oid === null ? [] : [{ ref: this.#event.ref ?? 'HEAD', newOid: oid, oldOid: null }];
  }

  async #defaultBranch(): Promise<string | null> {
    return this.#event.defaultBranch ?? (await defaultBranchOf(this.#git));
  }

  /** `head` stands for it where it is the default branch that runs. */
  async #defaultTip(head: string | null): Promise<string | null> {
    const name = await this.#defaultBranch();
    const tip = name === null ? null : await this.#branch(name);
    if (tip !== null) return tip;
    if (name !== null && this.#event.ref === `refs/heads/${name}` && head !== null) return head;
    this.#miss(
      name === null ? 'the default branch (its name is not known either)' : 'the default branch',
      branchRefspec(name),
    );
    return null;
  }

  /** As the remote had it when this clone was made. */
  async #branch(name: string): Promise<string | null> {
    const refs = ['refs/remotes/origin/', 'refs/heads/'].map((place) => place + name).filter(isRefName);
    const found =
      refs.length === 0
        ? []
        : await resolveObjects(
            this.#git,
            refs.map((ref) => `${ref}^{commit}`),
          );
    return found.find((oid) => oid !== null) ?? null;
  }

  async #commit(id: string, what: string, refs: readonly string[] = []): Promise<string | null> {
    const found = await this.#find(id);
    if (found === null) this.#miss(what, [id, ...refs]);
    return found;
  }

  /** An abbreviated id must not turn into a ref of that name. */
  async #find(id: string, type: 'commit' | 'object' = 'commit'): Promise<string | null> {
    const [oid] = await resolveObjects(this.#git, [type === 'commit' ? `${id}^{commit}` : id]);
    return oid != null && (id === 'HEAD' || oid.startsWith(id)) ? oid : null;
  }

  #miss(what: string, refspecs: readonly string[]): void {
    this.#missing.push({ what, refspecs });
  }
}

function branchRefspec(name: string | null): string[] {
  const ref = `refs/heads/${name ?? ''}`;
  return name !== null && isRefName(ref) ? [`+${ref}:refs/remotes/origin/${name}`] : [];
}

/** Whether commits that belong to the run are not here because this clone is shallow. */
async function isCut({ git, boundary }: OpenClone, { event, head, known }: CiRun): Promise<boolean> {
  if (boundary.size === 0 || head === null) return false;
  if (event.kind === 'other') return true;
  const commits = await listCommits(git, { include: [head], exclude: known }, () => undefined);
  if (commits.some(({ oid }) => boundary.has(oid))) return true;
  // The base may be here and what it has in common with the head not.
  return known.length > 0 && !(await commonAncestor(git, head, known));
}

/** What the run brings in. */
export function ciSource(run: CiRun, options: CiOptions): Source {
  const { cwd, env } = options;
  const { event, updates, known, missing } = run;
  return {
    name: 'ci',
    ...(event.kind === 'other' && { once: 'per-path' as const }),
    items: async function* (context): AsyncGenerator<SourceItem, void, void> {
      for (const { what } of missing) {
        const reason = `${what} of this run is not in this clone: ${options.shallowHint ?? ''}`;
        yield { kind: 'unreadable', path: null, reason };
      }
      if (missing.length > 0 || event.kind === 'delete') return;
      if (event.kind === 'other') {
        yield* historySource(options).items(context);
        return;
      }
      const clone = await openClone({ cwd, env, signal: context.signal });
      try {
        if (await isCut(clone, run)) yield cutOff(options);
        yield* publishedItems(clone.git, context, updates, known);
      } finally {
        clone.close();
      }
    },
  };
}
