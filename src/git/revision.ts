import { GuardError } from '../base/error';
import { BATCH_ARGS, LS_TREE_ARGS } from './args';
import { resolveCommits } from './revisions';
import { askGit, readGit, type Git, gitFailure } from './run';

/**
 * A file of the top folder as a revision has it; null where it has none. An unborn HEAD has no files.
 *
 * @throws GuardError 'unreadable' where there is no such revision, 'config' where a link or a folder is in the file's
 *   place: nothing is followed
 */
export async function readFileAt(git: Git, revision: string, name: string): Promise<Uint8Array | null> {
  const [commit] = await resolveCommits(git, [revision]);
  if (commit == null) {
    if (revision === 'HEAD') return null;
    throw new GuardError('unreadable', `'${revision}' is no revision of this repository`, {
      hint: 'fetch it first, or check how it is written',
    });
  }
  const entry = (await readGit(git, [...LS_TREE_ARGS, commit, '--', name])).toString('latin1');
  if (entry === '') return null;
  const [, mode, oid] = /^(\d+) \w+ ([0-9a-f]+)\t/.exec(entry) ?? [];
  if (oid === undefined || mode?.startsWith('100') !== true)
    throw new GuardError('config', `${name} of ${revision} is no regular file`, {
      hint: 'a configuration is a file of its own; links are not followed',
    });
  return blob(git, oid, name);
}

async function blob(git: Git, oid: string, name: string): Promise<Uint8Array> {
  const answer = await readGit(git, BATCH_ARGS, `${oid}\n`);
  const end = answer.indexOf('\n');
  const size = /^[0-9a-f]+ blob (\d+)$/.exec(answer.toString('latin1', 0, end))?.[1];
  if (size === undefined) throw new GuardError('unreadable', `the content of ${name} is missing in this repository`);
  return answer.subarray(end + 1, end + 1 + Number(size));
}

/** The commit of a bare repository's default branch; null where it has none yet. */
export async function defaultBranchTip(git: Git): Promise<string | null> {
  const [commit] = await resolveCommits(git, ['HEAD']);
  return commit ?? null;
}

/** What `git config --get` ends with where nothing is set. */
const NOT_SET = 1;

/**
 * A setting of git's configuration; null where it is not set. Meant for a server's own settings, which its administrator
 * wrote: a repository that somebody cloned has none of them. Throws a GuardError where git cannot read its configuration.
 */
export async function gitSetting(git: Git, name: string): Promise<string | null> {
  const args = ['config', '--get', name];
  const { stdout, exit } = await askGit(git, args);
  if (exit.status === NOT_SET) return null;
  if (exit.status !== 0) throw await gitFailure(git, args, exit);
  return stdout.toString('utf8').replace(/\r?\n$/, '');
}

/** The top folder of the work tree around `cwd`; null where there is none. */
export async function topLevelOf(git: Git): Promise<string | null> {
  const { stdout, exit } = await askGit(git, ['rev-parse', '--show-toplevel']);
  return exit.status === 0 ? stdout.toString('utf8').replace(/\r?\n$/, '') : null;
}
