import { GuardError } from '../base/error';
import { drain, observed, peek, type ByteStream } from './bytes';
import { compressionOf, decompress } from './decompress';
import { isTar, readTar } from './tar';

/** What lies in an archive, archives in it opened too. */
export type Member =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: ByteStream }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

/** How far archives in archives are followed. A limit that is reached is told, for what lies behind it is unread. */
export interface ArchiveLimits {
  /** Openings one in another; a `.tar.gz` is two. */
  readonly depth: number;
  /** Bytes that all archives inside others may unpack to, together. */
  readonly bytes: number;
}

export const DEFAULT_LIMITS: ArchiveLimits = { depth: 8, bytes: 32 * 1024 ** 3 };

/** Enough to tell a tar. */
const START = 512;

/**
 * The files and links in a stream that may be an archive: gzip and zstd are decompressed, tars walked, whatever they
 * hold likewise; anything else is one file. What cannot be read becomes an `unreadable` member and the rest goes on
 * where the format allows it. A member's bytes must be read before the next member is asked for.
 *
 * @param path what the stream is called; members of a tar are called `path/name`
 */
export function membersOf(
  stream: ByteStream,
  path: string,
  limits: ArchiveLimits = DEFAULT_LIMITS,
): AsyncGenerator<Member> {
  return opened(stream, path, { limits, unpacked: 0 }, 0);
}

interface Walk {
  readonly limits: ArchiveLimits;
  unpacked: number;
}

async function* opened(stream: ByteStream, path: string, walk: Walk, depth: number): AsyncGenerator<Member> {
  const { start, whole } = await peek(stream, START);
  const compression = compressionOf(start);
  const isArchive = compression !== null || isTar(start);
  if (!isArchive) {
    yield { kind: 'file', path, bytes: whole };
    return;
  }
  if (depth >= walk.limits.depth) {
    yield { kind: 'unreadable', path, reason: `archives lie in archives more than ${walk.limits.depth} deep` };
    await drain(whole);
    return;
  }
  try {
    if (compression === null) yield* walkTar(whole, path, walk, depth);
    else yield* opened(counted(decompress(whole, compression), walk, depth), path, walk, depth + 1);
  } catch (error) {
    if (!(error instanceof GuardError) || depth === 0) throw error;
    yield { kind: 'unreadable', path, reason: error.message };
    await drain(whole);
  }
}

async function* walkTar(stream: ByteStream, path: string, walk: Walk, depth: number): AsyncGenerator<Member> {
  const prefix = path === '' ? '' : `${path}/`;
  for await (const entry of readTar(stream)) {
    const name = `${prefix}${entry.path}`;
    if (leavesItsFolder(entry.path))
      yield { kind: 'unreadable', path: name, reason: 'the name leads out of the archive' };
    if (entry.kind === 'link') yield { kind: 'link', path: name, target: entry.target };
    else if (entry.kind === 'file') yield* opened(entry.bytes, name, walk, depth + 1);
  }
}

function leavesItsFolder(path: string): boolean {
  return path.split('/').includes('..');
}

/** Only what is unpacked inside another archive counts: the outermost one is as large as it is. */
function counted(stream: ByteStream, walk: Walk, depth: number): ByteStream {
  if (depth === 0) return stream;
  return observed(stream, (piece) => {
    walk.unpacked += piece.length;
    if (walk.unpacked > walk.limits.bytes)
      throw new GuardError('damaged', `archives inside it unpack to more than ${walk.limits.bytes} bytes`);
  });
}
