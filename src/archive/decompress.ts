import { createGunzip } from 'node:zlib';
import { GuardError } from '../base/error';
import { drain, leftOpen, observed, through, trailingZeros, type ByteStream } from './bytes';
import { unzstd } from './zstd';

export type Compression = 'gzip' | 'zstd';

/** As much is decompressed at once: Node.js takes 16 KiB, and then spends more on buffers than on gzip. */
const PIECE = 256 * 1024;

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
 * @throws GuardError 'damaged' where it is truncated or not what its start announced, or something else follows it
 */
export function decompress(stream: ByteStream, compression: Compression): ByteStream {
  return compression === 'gzip' ? gunzipped(stream) : unzstd(stream);
}

/** Zeros may pad a gzip. Node.js reads no further there, and what follows them would be unread. */
async function* gunzipped(stream: ByteStream): AsyncGenerator<Uint8Array> {
  let length = 0;
  let used = 0;
  const see = (piece: Uint8Array) => {
    const zeros = trailingZeros(piece);
    if (zeros < piece.length) used = length + piece.length - zeros;
    length += piece.length;
  };
  const input = observed(stream, see);
  const gunzip = createGunzip({ chunkSize: PIECE });
  try {
    yield* through(leftOpen(input), gunzip, 'gzip');
    await drain(input);
  } finally {
    await input.return(undefined);
  }
  if (used > gunzip.bytesWritten) throw new GuardError('damaged', 'something follows the gzip data');
}
