import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, open, readFile, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { GuardError } from '../../base/error';
import { errorCode } from '../../base/error';
import type { Environment } from './environment';

/** Where cargo keeps its configuration and how those files are changed: whole or not at all. */

/** `$CARGO_HOME`, or `.cargo` in the home folder. Absolute. */
export function cargoHome(env: Environment, cwd: string): string {
  const named = env['CARGO_HOME'];
  if (named !== undefined && named !== '') return resolve(cwd, named);
  return resolve(env['HOME'] ?? env['USERPROFILE'] ?? homedir(), '.cargo');
}

/** `cwd` and every folder above it, nearest first. */
function foldersUpward(cwd: string): readonly string[] {
  const folders = [resolve(cwd)];
  for (;;) {
    const last = folders.at(-1) ?? cwd;
    const above = dirname(last);
    if (above === last) return folders;
    folders.push(above);
  }
}

/** The top of the repository that `cwd` is in, or `cwd` itself. */
export function projectFolder(cwd: string): string {
  return foldersUpward(cwd).find((folder) => existsSync(join(folder, '.git'))) ?? resolve(cwd);
}

/** Cargo reads one file of a pair; where both exist, the one without the extension wins. */
export function chosenFile(folder: string, name: 'config' | 'credentials'): string {
  const bare = join(folder, name);
  return existsSync(bare) ? bare : `${bare}.toml`;
}

/** Every configuration file that cargo would read in `cwd`, the one that wins first. */
export function configFiles(env: Environment, cwd: string): readonly string[] {
  const home = cargoHome(env, cwd);
  const folders = foldersUpward(cwd)
    .map((folder) => join(folder, '.cargo'))
    .filter((folder) => folder !== home);
  return [...folders, home].map((folder) => chosenFile(folder, 'config')).filter((file) => existsSync(file));
}

/** The text of a file; undefined where there is none. Throws `unreadable` for anything else in its place. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new GuardError('unreadable', `${file} can't be read (${errorCode(error) ?? 'unknown error'})`, {
      cause: error,
    });
  }
}

/** True for a dangling link too. */
async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw new GuardError('unreadable', `${file} can't be looked at (${errorCode(error) ?? 'unknown error'})`, {
      cause: error,
    });
  }
}

export interface Replacement {
  readonly file: string;
  /** What the file held when the change was made up; undefined where it did not exist. */
  readonly before: string | undefined;
  readonly after: string;
}

async function writeBeside(file: string, text: string, mode: number | undefined): Promise<string> {
  const beside = join(dirname(file), `.cratesguard-${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(beside, 'wx', mode ?? 0o666);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return beside;
}

/**
 * Replaces a file in one step and keeps its mode; a link stays one. Throws `unwritable` where that fails, and then
 * nothing has changed, or where somebody changed the file since it was read.
 */
export async function replaceFile({ file, before, after }: Replacement): Promise<void> {
  if ((await readText(file)) !== before)
    throw new GuardError('unwritable', `${file} was changed by another program; nothing was written`, {
      hint: 'run the command again',
    });
  if (before === undefined && (await isThere(file)))
    throw new GuardError('unwritable', `${file} is a link to nothing; nothing was written`);
  let beside: string | undefined;
  try {
    if (before === undefined) await mkdir(dirname(file), { recursive: true });
    const target = before === undefined ? file : await realpath(file);
    const mode = before === undefined ? undefined : (await stat(target)).mode & 0o7777;
    beside = await writeBeside(target, after, mode);
    if (mode !== undefined) await chmod(beside, mode);
    await rename(beside, target);
  } catch (error) {
    if (beside !== undefined) await rm(beside, { force: true });
    throw new GuardError(
      'unwritable',
      `${file} can't be written (${errorCode(error) ?? 'unknown error'}); nothing was changed`,
      {
        cause: error,
      },
    );
  }
}

/** Takes a file away that a setup made and, where that made it too and nothing else came into it, its folder. */
export async function removeMadeFile(file: string, made: 'new file' | 'new folder'): Promise<void> {
  try {
    await rm(file);
    if (made === 'new folder') await rmdir(dirname(file));
  } catch (error) {
    // Someone else's files are in the folder by now: it stays.
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return;
    throw new GuardError('unwritable', `${file} can't be removed (${errorCode(error) ?? 'unknown error'})`, {
      cause: error,
    });
  }
}
