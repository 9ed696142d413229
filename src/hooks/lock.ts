import { setTimeout as wait } from 'node:timers/promises';
import { GuardError } from '../base/error';
import { type FileSystem, unwritable } from './files';
import { hasErrorCode } from '../base/error';

const PATIENCE_MS = 20_000;
const PAUSE_MS = 25;

/**
 * Runs `work` while no other cratesguard changes the same repository or user settings: two installs at once could each
 * take the other's hook for the user's. The lock is a file with this process's id; one of a process that is gone is
 * taken over.
 * @throws GuardError `unwritable` where the lock can't be had
 */
export async function withLock<T>(files: FileSystem, path: string, work: () => Promise<T>): Promise<T> {
  await take(files, path);
  try {
    return await work();
  } finally {
    await files.unlink(path);
  }
}

async function take(files: FileSystem, path: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const handle = await files.open(path, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return;
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw unwritable(path, error);
    }
    if (await isAbandoned(files, path)) await dropAbandoned(files, path);
    else if (Date.now() > deadline)
      throw new GuardError('unwritable', `another cratesguard is at work here (${path})`, {
        hint: 'Wait for it to end; if there is none, delete that file.',
      });
    else await wait(PAUSE_MS);
  }
}

async function isAbandoned(files: FileSystem, path: string): Promise<boolean> {
  try {
    const owner = Number(await files.readFile(path, 'utf8'));
    // An empty file is one whose owner has not written its id yet, or died before; patience decides.
    if (!Number.isInteger(owner) || owner <= 0) return false;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return hasErrorCode(error, 'ESRCH');
  }
}

/** Only one of several that wait gets to rename the abandoned file away. */
async function dropAbandoned(files: FileSystem, path: string): Promise<void> {
  const aside = `${path}.${process.pid}.stale`;
  try {
    await files.rename(path, aside);
    await files.unlink(aside);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw unwritable(path, error);
  }
}
