import { dirname, resolve } from 'node:path';
import { GuardError } from '../base/error';
import { askRepository } from '../git/questions';

/** One value of a git setting, and where it stands. */
export interface Setting {
  readonly value: string;
  /** `system`, `global`, `local`, `worktree` or `command`, as git names them. */
  readonly scope: string;
  /** For instance `file:/home/ann/.gitconfig`. */
  readonly origin: string;
}

/** What install, uninstall and status need to know about a repository. All paths are absolute. */
export interface RepositoryFacts {
  readonly gitDir: string;
  /** The git folder that all work trees share. */
  readonly commonDir: string;
  /** The top of the work tree; null in a bare repository. */
  readonly topLevel: string | null;
  readonly bare: boolean;
  /** Where git looks for hooks, `core.hooksPath` counted in. The folder may not be there. */
  readonly hooksPath: string;
  /** The `core.hooksPath` that holds; null where none is set. */
  readonly hooksPathSetting: Setting | null;
}

const OLDEST_GIT = [2, 32] as const;

/** @throws GuardError `git-missing`, `git-too-old` */
export async function requireGit(folder: string): Promise<void> {
  const text = await askRepository(folder, ['version']);
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const [oldestMajor, oldestMinor] = OLDEST_GIT;
  if (Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor)) return;
  throw new GuardError('git-too-old', `this is git ${major}.${minor}; cratesguard needs 2.32 or later`, {
    hint: 'Update git, then try again.',
  });
}

/**
 * Asks git about the repository that `folder` lies in.
 * @throws GuardError `git-missing`, `git-too-old`, `no-repository`, `git-failed`
 */
export async function repositoryFacts(folder: string): Promise<RepositoryFacts> {
  const [answers] = await Promise.all([askAboutRepository(folder), requireGit(folder)]);
  const [gitDir = '', isBare = '', common = ''] = answers.split('\n');
  const bare = isBare === 'true';
  const commonDir = resolve(folder, common);
  const topLevel = bare ? null : await topLevelOf(folder, gitDir);
  const base = topLevel ?? gitDir;
  const [path, settings] = await Promise.all([
    // The file, not the folder: for an empty core.hooksPath git says `./` of the folder, and looks in `/`.
    askRepository(base, ['rev-parse', '--git-path', 'hooks/pre-commit']),
    settingsNamed(base, 'core.hooksPath'),
  ]);
  return {
    gitDir,
    commonDir,
    topLevel,
    bare,
    hooksPath: dirname(resolve(base, withoutLineEnd(path))),
    hooksPathSetting: settings.at(-1) ?? null,
  };
}

/** Git says in the user's language that there is no repository, so the reason is told by what else it can't be. */
async function askAboutRepository(folder: string): Promise<string> {
  try {
    return await askRepository(folder, ['rev-parse', '--absolute-git-dir', '--is-bare-repository', '--git-common-dir']);
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'git-failed' || error.message.includes('ownership'))
      throw error;
    throw new GuardError('no-repository', 'this folder is in no git repository', {
      hint: "Run this inside a repository ('git init' makes one).",
      cause: error,
    });
  }
}

async function topLevelOf(folder: string, gitDir: string): Promise<string> {
  try {
    return withoutLineEnd(await askRepository(folder, ['rev-parse', '--show-toplevel']));
  } catch (error) {
    // Inside the git folder git names no work tree; it is the folder beside it.
    if (!(error instanceof GuardError) || error.code !== 'git-failed') throw error;
    return withoutLineEnd(await askRepository(dirname(gitDir), ['rev-parse', '--show-toplevel']));
  }
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** All values of a setting, the one that holds last; an empty list where it is not set. */
export async function settingsNamed(folder: string, name: string): Promise<readonly Setting[]> {
  const answer = await askRepository(folder, ['config', '--show-scope', '--show-origin', '--null', '--get-all', name]);
  const fields = answer.split('\0');
  const settings: Setting[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3)
    settings.push({ scope: fields[at] ?? '', origin: fields[at + 1] ?? '', value: fields[at + 2] ?? '' });
  return settings;
}
