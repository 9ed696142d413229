import { constants, promises } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, GuardError, hasErrorCode } from '../base/error';

/** The part of `node:fs/promises` that installing needs; tests hand in one that fails where they like. */
export type FileSystem = Pick<
  typeof promises,
  | 'link'
  | 'lstat'
  | 'stat'
  | 'mkdir'
  | 'open'
  | 'readFile'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rmdir'
  | 'symlink'
  | 'unlink'
>;

export const diskFiles: FileSystem = promises;

/** What lies at a path, in the only way that counts for putting it back. */
export type Entry =
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'nothing' };

/** Reads what lies at `path`, links not followed. @throws GuardError `unreadable` */
export async function entryAt(files: FileSystem, path: string): Promise<Entry> {
  try {
    const stats = await files.lstat(path);
    if (stats.isSymbolicLink()) return { kind: 'link', target: await files.readlink(path) };
    if (stats.isDirectory()) return { kind: 'folder' };
    return { kind: 'file', bytes: await files.readFile(path), mode: stats.mode & 0o7777 };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return { kind: 'nothing' };
    throw new GuardError('unreadable', `${path} could not be read (${reasonOf(error)})`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}

/** One change: what shall lie at `path`. */
export interface Change {
  readonly path: string;
  readonly to:
    | NewFile
    /** The very file or link that lies at `from`, which stays there too. */
    | { readonly kind: 'copy'; readonly from: string }
    /** What lies at `from`, and no longer there. */
    | { readonly kind: 'move'; readonly from: string }
    | { readonly kind: 'nothing' };
}

export interface NewFile {
  readonly kind: 'file';
  readonly bytes: Buffer;
  /** Permission bits, exactly; without it 0o777 less the umask for a program, 0o666 less it else. */
  readonly mode?: number;
  readonly program?: boolean;
}

interface Staged {
  readonly change: Change;
  /** Where the new content waits; null where there is none. */
  readonly temporary: string | null;
  readonly before: Entry;
}

/**
 * Makes all changes or none. Every new content is written to the end beside its place first, so a full disk or a
 * read-only folder is met before anything is touched; then each is renamed into place. A failure on the way, and an
 * abort, put back what was there. Folders that had to be made are reported, outermost first.
 * @throws GuardError `unwritable`, `interrupted`
 */
export async function applyChanges(
  files: FileSystem,
  changes: readonly Change[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const made: string[] = [];
  const staged: Staged[] = [];
  const done: Staged[] = [];
  try {
    for (const change of changes) staged.push(await stage(files, change, made, signal));
    for (const item of staged) {
      throwIfAborted(signal);
      done.push(item);
      await commit(files, item);
    }
    return made;
  } catch (error) {
    for (const item of done.reverse()) await putBack(files, item);
    for (const { temporary } of staged) if (temporary !== null) await removeQuietly(files, temporary);
    for (const folder of made.reverse()) await files.rmdir(folder).catch(() => undefined);
    throw error;
  }
}

async function stage(files: FileSystem, change: Change, made: string[], signal?: AbortSignal): Promise<Staged> {
  throwIfAborted(signal);
  const before = await entryAt(files, change.path);
  if (before.kind === 'folder')
    throw new GuardError('unwritable', `${change.path} is a folder, where a file should be`, {
      hint: 'Move it away, then try again.',
    });
  if (change.to.kind === 'nothing' || change.to.kind === 'move') return { change, temporary: null, before };
  const temporary = `${change.path}.${process.pid}-${Date.now().toString(36)}.tmp`;
  try {
    await makeFolder(files, dirname(change.path), made);
    if (change.to.kind === 'copy') await copy(files, change.to.from, temporary);
    else await writeWhole(files, temporary, change.to);
  } catch (error) {
    await removeQuietly(files, temporary);
    throw error instanceof GuardError ? error : unwritable(change.path, error);
  }
  return { change, temporary, before };
}

async function writeWhole(files: FileSystem, path: string, file: NewFile): Promise<void> {
  const handle = await files.open(path, 'wx', file.program === true ? 0o777 : 0o666);
  try {
    await handle.writeFile(file.bytes);
    if (file.mode !== undefined) await handle.chmod(file.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A second name for the same file keeps its owner, times and everything else; where the disk has none, a copy. */
async function copy(files: FileSystem, from: string, to: string): Promise<void> {
  const entry = await entryAt(files, from);
  if (entry.kind === 'link') {
    await files.symlink(entry.target, to);
    return;
  }
  if (entry.kind !== 'file') throw new GuardError('unreadable', `${from} is no file any more`);
  try {
    await files.link(from, to);
  } catch (error) {
    if (!hasErrorCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    await writeWhole(files, to, { kind: 'file', bytes: entry.bytes, mode: entry.mode });
  }
}

async function makeFolder(files: FileSystem, folder: string, made: string[]): Promise<void> {
  try {
    await files.mkdir(folder);
    made.push(folder);
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return;
    if (!hasErrorCode(error, 'ENOENT') || dirname(folder) === folder) throw error;
    await makeFolder(files, dirname(folder), made);
    await makeFolder(files, folder, made);
  }
}

/** Makes a folder and those above it; gives the ones that were not there, outermost first. @throws GuardError `unwritable` */
export async function makeFolders(files: FileSystem, folder: string): Promise<readonly string[]> {
  const made: string[] = [];
  try {
    await makeFolder(files, folder, made);
  } catch (error) {
    throw unwritable(folder, error);
  }
  return made;
}

async function commit(files: FileSystem, { change, temporary, before }: Staged): Promise<void> {
  try {
    if (change.to.kind === 'move') await files.rename(change.to.from, change.path);
    else if (temporary !== null) await files.rename(temporary, change.path);
    else if (before.kind !== 'nothing') await files.unlink(change.path);
  } catch (error) {
    throw unwritable(change.path, error);
  }
}

async function putBack(files: FileSystem, { change, before }: Staged): Promise<void> {
  try {
    if (change.to.kind === 'move' && (await entryAt(files, change.to.from)).kind === 'nothing')
      await files.rename(change.path, change.to.from);
    if (before.kind === 'nothing') {
      await removeQuietly(files, change.path);
      return;
    }
    const temporary = `${change.path}.${process.pid}-before.tmp`;
    if (before.kind === 'link') await files.symlink(before.target, temporary);
    else if (before.kind === 'file') await writeWhole(files, temporary, { ...before, kind: 'file' });
    await files.rename(temporary, change.path);
  } catch (error) {
    throw new GuardError('unwritable', `${change.path} could not be put back as it was (${reasonOf(error)})`, {
      cause: error,
    });
  }
}

async function removeQuietly(files: FileSystem, path: string): Promise<void> {
  try {
    await files.unlink(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw unwritable(path, error);
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new GuardError('interrupted', 'stopped before anything was changed');
}

export function unwritable(path: string, error: unknown): GuardError {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'your quota on this disk is used up',
    ENOTDIR: 'a part of this path is a file',
  };
  const reason = reasonOf(error);
  return new GuardError('unwritable', `${path} could not be written: ${reasons[reason] ?? reason}`, {
    hint: 'Nothing was changed.',
    cause: error,
  });
}

/** True where git would run the file: it is there, links followed, and has a run bit where the system knows one. */
export async function isRunnable(files: FileSystem, path: string): Promise<boolean> {
  try {
    const stats = await files.stat(path);
    return (
      stats.isFile() &&
      (process.platform === 'win32' || (stats.mode & constants.S_IXUSR) !== 0 || (stats.mode & 0o011) !== 0)
    );
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
    throw new GuardError('unreadable', `${path} could not be read (${reasonOf(error)})`, { cause: error });
  }
}

/** True where something lies at `path`, links followed, that can hold no files. @throws GuardError `unreadable` */
export async function isOtherThanFolder(files: FileSystem, path: string): Promise<boolean> {
  try {
    return !(await files.stat(path)).isDirectory();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    if (hasErrorCode(error, 'ENOTDIR')) return true;
    throw new GuardError('unreadable', `${path} could not be read (${reasonOf(error)})`, { cause: error });
  }
}

/** The real path of a folder that may not be there yet: the part that is there is resolved. */
export async function realPathOf(files: FileSystem, path: string): Promise<string> {
  try {
    return await files.realpath(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT') || dirname(path) === path) throw error;
    return join(await realPathOf(files, dirname(path)), path.slice(dirname(path).length).replace(/^[/\\]+/, ''));
  }
}
