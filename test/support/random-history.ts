import fc from 'fast-check';
import { apiToken } from './tokens';

/**
 * Random histories for property tests: commits with branches, merges of two and three parents, renames, edits, deletions,
 * tags and notes, with each token placed once. The model knows what is reachable; `fastImport` makes git know it too.
 */

interface File {
  readonly content: string;
  /** A moved file adds all its lines: one that was edited is not moved, so that only its blob counts. */
  readonly edited: boolean;
}

interface Commit {
  readonly parents: readonly number[];
  readonly message: string;
  readonly tree: ReadonlyMap<string, File>;
}

export interface History {
  readonly commits: readonly Commit[];
  /** Names of refs and the commits that they point at. */
  readonly branches: ReadonlyMap<string, number>;
  readonly tags: ReadonlyMap<string, { readonly commit: number; readonly message: string }>;
}

type Step = 'leak' | 'file' | 'edit' | 'delete' | 'rename' | 'message';

interface CommitPlan {
  readonly parents: readonly number[];
  readonly steps: readonly { readonly kind: Step; readonly pick: number }[];
  readonly keep: number;
}

const step = fc.record({
  kind: fc.constantFrom<Step>('leak', 'leak', 'file', 'edit', 'delete', 'rename', 'rename', 'message'),
  pick: fc.nat(99),
});
const commitPlan = fc.record({
  parents: fc.array(fc.nat(99), { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { maxLength: 3 }),
  keep: fc.nat(255),
});

/** The parents' trees together: each path as one of the parents has it, or left out. */
function mergedTree(parents: readonly Commit[], keep: number): Map<string, File> {
  const [first, ...others] = parents;
  const tree = new Map(first?.tree ?? []);
  others.forEach(({ tree: other }, index) => {
    let bit = index;
    for (const [path, file] of other) {
      bit += 1;
      if (((keep >> (bit % 8)) & 1) === 1 || !tree.has(path)) tree.set(path, file);
    }
  });
  return tree;
}

function build(plans: readonly CommitPlan[]): Commit[] {
  const commits: Commit[] = [];
  let fresh = 0;
  plans.forEach((plan, number) => {
    const parents = number === 0 ? [] : [...new Set(plan.parents.map((pick) => Math.max(0, number - 1 - (pick % 5))))];
    const tree = mergedTree(
      parents.flatMap((parent) => commits[parent] ?? []),
      plan.keep,
    );
    let message = `commit ${number}`;
    // Moved and edited in one commit, a file is a new one, and all its lines are added.
    const moved = new Set<string>();
    for (const { kind, pick } of plan.steps) {
      fresh += 1;
      const paths = [...tree.keys()];
      const path = paths[pick % Math.max(1, paths.length)];
      const file = path === undefined ? undefined : tree.get(path);
      if (kind === 'leak')
        tree.set(`dir${pick % 3}/f${fresh}`, { content: `${apiToken(fresh)}\nfile ${fresh}\n`, edited: false });
      else if (kind === 'file') tree.set(`f${fresh}`, { content: `clean ${fresh}\n`, edited: false });
      else if (kind === 'message') message += `\n\n${apiToken(fresh)}`;
      else if (path === undefined || file === undefined) continue;
      else if (kind === 'edit') {
        if (!moved.has(path)) tree.set(path, { content: `edit ${fresh}\n${file.content}`, edited: true });
      } else if (kind === 'delete') tree.delete(path);
      else if (!file.edited) {
        tree.delete(path);
        const name = `dir${pick % 3}/r${fresh}`;
        tree.set(name, file);
        moved.add(name);
      }
    }
    commits.push({ parents, message, tree });
  });
  return commits;
}

export const histories: fc.Arbitrary<History> = fc
  .record({
    plans: fc.array(commitPlan, { minLength: 2, maxLength: 14 }),
    branches: fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }),
    tags: fc.array(fc.tuple(fc.nat(99), fc.boolean()), { maxLength: 2 }),
    notes: fc.option(fc.nat(99)),
  })
  .map(({ plans, branches, tags, notes }) => {
    const commits = build(plans);
    const some = (pick: number) => pick % commits.length;
    const names = branches.map((pick, index): [string, number] => [`refs/heads/b${index}`, some(pick)]);
    if (notes !== null) names.push(['refs/notes/commits', some(notes)]);
    return {
      commits,
      branches: new Map(names),
      tags: new Map(
        tags.map(([pick, leaks], index) => [
          `refs/tags/t${index}`,
          { commit: some(pick), message: leaks ? `tag ${apiToken(`tag${index}`)}` : 'tag' },
        ]),
      ),
    };
  });

/** Every commit that these lead to, themselves included. */
export function reachable(history: History, from: Iterable<number>): Set<number> {
  const seen = new Set<number>();
  const waiting = [...from];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (seen.has(number)) continue;
    seen.add(number);
    waiting.push(...(history.commits[number]?.parents ?? []));
  }
  return seen;
}

/** All text that these commits publish. */
export function published(history: History, commits: Iterable<number>): string {
  return [...commits]
    .map((number) => {
      const commit = history.commits[number];
      return [commit?.message, ...[...(commit?.tree.values() ?? [])].map(({ content }) => content)].join('\n');
    })
    .join('\n');
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** The history as `git fast-import` reads it; commit N has the mark N + 1 and the ref `refs/all/N`. */
export function fastImport({ commits, branches, tags }: History): string {
  const who = (number: number) => `dev <dev@example.com> ${1700000000 + number * 100} +0000`;
  const parts: string[] = [];
  commits.forEach(({ parents, message, tree }, number) => {
    parts.push(`commit refs/all/${number}\nmark :${number + 1}\ncommitter ${who(number)}\n${data(message)}`);
    parents.forEach((parent, index) => parts.push(`${index === 0 ? 'from' : 'merge'} :${parent + 1}\n`));
    parts.push('deleteall\n');
    for (const [path, { content }] of tree) parts.push(`M 100644 inline ${path}\n${data(content)}`);
  });
  for (const [ref, number] of branches) parts.push(`reset ${ref}\nfrom :${number + 1}\n\n`);
  for (const [ref, { commit, message }] of tags)
    parts.push(`tag ${ref.replace('refs/tags/', '')}\nfrom :${commit + 1}\ntagger ${who(0)}\n${data(message)}`);
  return parts.join('');
}
