import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import xxhash from 'xxhash-wasm';
import { GuardError } from '../base/error';
import { drain, leftOpen, through, type ByteStream } from './bytes';
import { MAGIC_LENGTH, frameKindOf, frameMeter, type FrameMeter } from './zstd-frame';

/**
 * Decompresses zstd: all its frames, each by a decoder of its own, because Node.js's stops after the first one (before
 * 26) and takes one that is cut off for whole (before 24). Frames that are no data are passed over.
 *
 * @throws GuardError 'damaged' where a frame is broken or cut off, or something else follows
 */
export async function* unzstd(stream: ByteStream): AsyncGenerator<Uint8Array> {
  const input = new Frames(stream);
  try {
    for (let start = await input.start(); start !== null; start = await input.start()) {
      const kind = frameKindOf(start);
      if (kind === null) throw new GuardError('damaged', 'the zstd data is damaged, or something follows it');
      const meter = frameMeter(kind);
      const frame = leftOpen(input.frame(meter));
      if (kind === 'data') yield* decoded(frame, meter);
      await drain(frame);
      if (!meter.isWhole()) throw new GuardError('damaged', 'the zstd data is cut off');
    }
  } finally {
    await input.close();
  }
}

/** A stream, frame after frame. */
class Frames {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private ahead: Buffer = Buffer.alloc(0);

  constructor(stream: ByteStream) {
    this.iterator = stream[Symbol.asyncIterator]();
  }

  /** The next frame's first bytes, without taking them; null at the end. */
  async start(): Promise<Buffer | null> {
    while (this.ahead.length < MAGIC_LENGTH && (await this.more()));
    if (this.ahead.length === 0) return null;
    if (this.ahead.length < MAGIC_LENGTH) throw new GuardError('damaged', 'the zstd data is cut off');
    return this.ahead.subarray(0, MAGIC_LENGTH);
  }

  /** The bytes of the frame that begins here, as many of them as there are. */
  async *frame(meter: FrameMeter): AsyncGenerator<Uint8Array> {
    while (!meter.isWhole()) {
      if (this.ahead.length === 0 && !(await this.more())) return;
      const length = meter.take(this.ahead);
      const piece = this.ahead.subarray(0, length);
      this.ahead = this.ahead.subarray(length);
      yield piece;
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.iterator.next();
    if (next.done === true) return false;
    const { value } = next;
    this.ahead =
      this.ahead.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.length)
        : Buffer.concat([this.ahead, value]);
    return true;
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}

function decoded(frame: ByteStream, meter: FrameMeter): ByteStream {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  return createZstdDecompress === undefined
    ? withLibrary(frame, meter)
    : through(frame, createZstdDecompress(), 'zstd');
}

/** For Node.js before 22.15: in JavaScript, several times slower, and the checksum is left to us. */
async function* withLibrary(frame: ByteStream, meter: FrameMeter): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const decompressor = new Decompress((piece) => {
    if (piece.length > 0) ready.push(piece);
  });
  const hash = (await xxhash()).create64();
  const decompressed = (piece: Uint8Array, final: boolean): readonly Uint8Array[] => {
    try {
      decompressor.push(piece, final);
    } catch (error) {
      throw new GuardError('damaged', 'the zstd data is damaged or cut off', { cause: error });
    }
    for (const each of ready) hash.update(each);
    return ready.splice(0);
  };
  for await (const piece of frame) yield* decompressed(piece, false);
  yield* decompressed(new Uint8Array(0), true);
  const checksum = meter.checksum();
  if (checksum !== null && BigInt.asUintN(32, hash.digest()) !== BigInt(checksum))
    throw new GuardError('damaged', 'the zstd data is damaged: its checksum is another one');
}
