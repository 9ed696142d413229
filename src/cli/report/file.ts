/** The file of `--output`. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { access, constants, lstat, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { GuardError, hasErrorCode } from '../../base/error';
import type { Io } from '../io';
import { writeFormatted } from '../output';

/** Node's `ENOENT: no such file or directory, open '/x'` without what stands around its words. */
function reasonOf(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  return message.replace(/^[A-Z0-9_]+: /, '').replace(/, \w+(?: '[^]*')?$/, '');
}

function unwritable(file: string, error: unknown): GuardError {
  return new GuardError('unwritable', `the report cannot be written to ${file}: ${reasonOf(error)}`, { cause: error });
}

/** The number of an open file that a path stands for (`/dev/stdout`, `/dev/fd/3`): opening it anew could truncate it. */
function descriptorOf(path: string): number | undefined {
  if (path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d{1,4})$/.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Writes as the report comes: a pipe, a device, an open file. */
function streamTarget(file: string, openStream: () => WriteStream): ReportTarget {
  let stream: WriteStream | undefined;
  let failure: Error | undefined;
  const opened = (): WriteStream => {
    stream ??= openStream().on('error', (error) => {
      failure ??= error;
    });
    return stream;
  };
  const write = async (text: string): Promise<void> => {
    const target = opened();
    try {
      if (!target.write(text)) await once(target, 'drain');
    } catch (error) {
      throw unwritable(file, error);
    }
    if (failure !== undefined) throw unwritable(file, failure);
  };
  return {
    kind: 'file',
    write,
    finish: async () => {
      const target = opened();
      target.end();
      try {
        await finished(target);
      } catch (error) {
        throw unwritable(file, error);
      }
    },
    abandon: () => {
      stream?.destroy();
      return Promise.resolve();
    },
  };
}

/** Writes beside the file and puts the report in its place when it is whole, so that no reader sees half of it. */
function fileTarget(file: string, place: string, mode: number | undefined): ReportTarget {
  const temporary = join(dirname(place), `.${basename(place)}.${randomUUID()}.tmp`);
  let handle: FileHandle | undefined;
  const opened = async (): Promise<FileHandle> => {
    handle ??= await open(temporary, 'wx', mode ?? 0o666);
    return handle;
  };
  const abandon = async (): Promise<void> => {
    await handle?.close();
    if (handle !== undefined) await rm(temporary, { force: true });
    handle = undefined;
  };
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      await abandon();
      throw unwritable(file, error);
    }
  };
  return {
    kind: 'file',
    write: (text) =>
      guarded(async () => {
        await (await opened()).writeFile(text);
      }),
    finish: () =>
      guarded(async () => {
        const written = await opened();
        // the umask had its say in a new file only; a file that was there keeps its mode
        if (mode !== undefined) await written.chmod(mode);
        await written.close();
        await rename(temporary, place);
        handle = undefined;
      }),
    abandon,
  };
}

async function existing(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Whether files can be made in the folder; false only where its permissions say no. */
async function takesFiles(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EACCES', 'EPERM')) return false;
    throw error;
  }
}

async function chooseTarget(file: string, path: string): Promise<ReportTarget> {
  const fd = descriptorOf(path);
  if (fd !== undefined) return streamTarget(file, () => createWriteStream('', { fd, autoClose: false }));
  const there = await existing(path);
  const directly = (): ReportTarget => streamTarget(file, () => createWriteStream(path));
  if (there === undefined) {
    // a link to nothing yet: what it points at is made, and the link stays
    if (await isLink(path)) return directly();
    await access(dirname(path), constants.W_OK | constants.X_OK);
    return fileTarget(file, path, undefined);
  }
  if (there.isDirectory())
    throw new GuardError('unwritable', `the report cannot be written to ${file}: it is a folder`);
  if (!there.isFile()) return directly();
  await access(path, constants.W_OK);
  const place = await realpath(path);
  return (await takesFiles(dirname(place))) ? fileTarget(file, place, Number(there.mode) & 0o777) : directly();
}

/**
 * Looks at the file of `--output`, relative to `cwd`; nothing is written before the first text.
 * @throws GuardError `unwritable` where it is clear by now that the file cannot be written.
 */
async function openReportFile(file: string, cwd: string): Promise<ReportTarget> {
  try {
    return await chooseTarget(file, resolve(cwd, file));
  } catch (error) {
    throw error instanceof GuardError ? error : unwritable(file, error);
  }
}

export interface ReportTarget {
  readonly kind: 'stdout' | 'file';
  write(text: string): Promise<void>;
  /** The report is whole; a file is in its place after this. */
  finish(): Promise<void>;
  /** The report will not be whole; nothing of it stays. */
  abandon(): Promise<void>;
}

function stdoutTarget(io: Io): ReportTarget {
  return {
    kind: 'stdout',
    write: async (text) => {
      writeFormatted(io.stdout, text);
      await io.stdout.drained?.();
    },
    finish: async () => {
      await io.stdout.drained?.();
    },
    abandon: () => Promise.resolve(),
  };
}

/**
 * Opens where the report goes; a file is only looked at here and made with the first text, so that a scan of its folder
 * does not meet it.
 * @throws GuardError `unwritable` where it is clear by now that the file cannot be written.
 */
export async function openReportTarget(io: Io, file: string | undefined): Promise<ReportTarget> {
  if (file === undefined) return stdoutTarget(io);
  return openReportFile(file, io.cwd);
}
