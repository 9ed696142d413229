import { open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GuardError, systemErrorCode } from '../base/error';

/** What `work` decided under the lock: an answer, and the file to put in place, if any. */
export interface Replacement<Result> {
  readonly result: Result;
  readonly write: { readonly path: string; readonly text: string; readonly replaces: Uint8Array | null } | null;
}

const LOCK = '.cratesguardrc.lock';
/** A holder needs milliseconds; longer than this, it is gone. */
const PATIENCE_MS = 5000;
const POLL_MS = 20;

/**
 * Runs `work` while no other call for this folder does, and puts what it wrote in place whole: the lock is the new file,
 * written beside the old one and renamed over it, as git does. The old file's mode is kept. Where anything fails, the
 * old file is as it was.
 *
 * @throws GuardError('unwritable'), and what `work` throws
 */
export async function replaceFile<Result>(folder: string, work: () => Promise<Replacement<Result>>): Promise<Result> {
  const lock = join(folder, LOCK);
  const handle = await locked(lock);
  let renamed = false;
  try {
    const { result, write } = await work();
    if (write !== null) {
      await writeWhole(handle, write.text, await modeOf(write.path));
      await refuseChanged(write.path, write.replaces);
      await rename(lock, write.path);
      renamed = true;
    }
    return result;
  } catch (error) {
    throw unwritable(error);
  } finally {
    await handle.close();
    if (!renamed) await rm(lock, { force: true });
  }
}

async function locked(lock: string): Promise<FileHandle> {
  for (let waited = 0; ; waited += POLL_MS) {
    try {
      return await open(lock, 'wx');
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw unwritable(error);
      if (waited >= PATIENCE_MS)
        throw new GuardError('unwritable', `${LOCK} is there: another cratesguard is writing the configuration`, {
          hint: `If none is running, remove ${LOCK}.`,
          cause: error,
        });
      await pause(POLL_MS);
    }
  }
}

/** Closes it too: not every system renames an open file. */
async function writeWhole(handle: FileHandle, text: string, mode: number | null): Promise<void> {
  await handle.writeFile(text);
  if (mode !== null) await handle.chmod(mode);
  await handle.sync();
  await handle.close();
}

/** Null where there is no file yet: the new one then gets what the user's umask leaves. */
async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** An editor does not know of the lock. */
async function refuseChanged(path: string, expected: Uint8Array | null): Promise<void> {
  const now = await readFile(path).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (now === null ? expected === null : expected !== null && now.equals(expected)) return;
  throw new GuardError('unwritable', 'the configuration was changed by somebody else meanwhile', {
    hint: 'Nothing was written. Try again.',
  });
}

function unwritable(error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined) return error;
  return new GuardError('unwritable', `the configuration could not be written (${code})`, {
    hint: 'Nothing was changed.',
    cause: error,
  });
}
