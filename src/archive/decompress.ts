import { Readable, pipeline, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress as ZstdDecompress } from 'fzstd';
import { GuardError } from '../error';
import { firstFailureOf, type ByteStream } from './bytes';

export type Compression = 'gzip' | 'zstd';

/** Which compression these first bytes announce (RFC 1952, RFC 8878); null for none of ours. */
export function compressionOf(start: Uint8Array): Compression | null {
  if (start.length >= 3 && start[0] === 0x1f && start[1] === 0x8b && start[2] === 8) return 'gzip';
  if (start.length >= 4 && start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd)
    return 'zstd';
  return null;
}

/**
 * Decompresses a stream with flat memory.
 *
 * @throws GuardError 'damaged' where it is truncated or not what its start announced
 */
export function decompress(stream: ByteStream, compression: Compression): ByteStream {
  if (compression === 'gzip') return through(stream, zlib.createGunzip(), 'gzip');
  // Node.js has zstd from 22.15 on; before that a library in JavaScript does it, several times slower.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  return createZstdDecompress === undefined ? withLibrary(stream) : through(stream, createZstdDecompress(), 'zstd');
}

async function* through(stream: ByteStream, transform: Transform, name: string): AsyncGenerator<Uint8Array> {
  const source = Readable.from(stream, { objectMode: false });
  const failure = firstFailureOf(source);
  // The iteration below sees every error; the callback is what makes pipeline clean up.
  pipeline(source, transform, () => undefined);
  try {
    for await (const piece of transform) yield piece as Buffer;
  } catch (error) {
    throw failure() ?? damaged(name, error);
  }
}

async function* withLibrary(stream: ByteStream): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const decompressor = new ZstdDecompress((piece) => {
    if (piece.length > 0) ready.push(piece);
  });
  const push = (piece: Uint8Array, final: boolean) => {
    try {
      decompressor.push(piece, final);
    } catch (error) {
      throw damaged('zstd', error);
    }
  };
  for await (const piece of stream) {
    push(piece, false);
    yield* ready.splice(0);
  }
  push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

function damaged(name: string, cause: unknown): GuardError {
  return new GuardError('damaged', `the ${name} data is damaged or cut off`, { cause });
}
