import type { ObjectType } from './batch';
import { gitFailure } from './failure';
import { objectTypes, resolveCommits } from './revisions';
import { askGit, readGit, type Git } from './run';

export interface RefTip {
  readonly oid: string;
  readonly type: ObjectType;
  readonly ref: string | null;
}

export interface RefTips {
  readonly tips: readonly RefTip[];
  /** Refs that point nowhere, or at an object that is not here. */
  readonly broken: readonly string[];
}

/** What every ref points at, and the `HEAD` of every work tree. Throws a GuardError where git cannot list them. */
export async function allTips(git: Git): Promise<RefTips> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)'];
  const { stdout, exit } = await askGit(git, args);
  if (exit.status !== 0) throw await gitFailure(git, args, exit);
  // A file that holds no object id is not listed, only complained of.
  const broken = [...exit.stderr.matchAll(/ignoring broken ref (\S+)/g)].map(([, ref = '']) => ref);
  const listed = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ oid: line.slice(0, line.indexOf(' ')), ref: line.slice(line.indexOf(' ') + 1) }));
  const heads = (await workTreeHeads(git)).map((oid) => ({ oid, ref: null }));
  const types = await objectTypes(git, [...new Set([...listed, ...heads].map(({ oid }) => oid))]);
  const tips: RefTip[] = [];
  for (const { oid, ref } of [...listed, ...heads]) {
    const type = types.get(oid);
    if (type === undefined) broken.push(ref ?? 'HEAD');
    else tips.push({ oid, type, ref });
  }
  return { tips, broken };
}

/** Detached ones too; one on a branch without a commit yet has none. */
async function workTreeHeads(git: Git): Promise<string[]> {
  const output = await readGit(git, ['worktree', 'list', '--porcelain']);
  const listed = [...output.toString('utf8').matchAll(/^HEAD ([0-9a-f]+)$/gm)].flatMap(([, oid]) => oid ?? []);
  const [own] = await resolveCommits(git, ['HEAD']);
  return [...new Set([...listed.filter((oid) => !/^0+$/.test(oid)), ...(own == null ? [] : [own])])];
}

/** How many objects are stored here, an upper bound of what can be reached; null where git does not say. */
export async function storedObjects(git: Git): Promise<number | null> {
  const { stdout } = await askGit(git, ['count-objects', '-v']);
  const counted = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(stdout.toString('utf8'))?.[1]);
  const total = counted('count') + counted('in-pack');
  return Number.isNaN(total) ? null : total;
}

/** Whether the history ends early here on purpose. */
export async function isShallow(git: Git): Promise<boolean> {
  const output = await readGit(git, ['rev-parse', '--is-shallow-repository']);
  return output.toString('latin1').trim() === 'true';
}
