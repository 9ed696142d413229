import { Readable, pipeline, type Transform } from 'node:stream';
import { GuardError } from '../base/error';

/** Bytes in pieces, in order; each piece belongs to the reader until it asks for the next one. */
export type ByteStream = AsyncIterable<Uint8Array>;

export interface Peeked {
  /**
   * The stream's first bytes: as many as asked for, or all where there are fewer. Where they are not everything, they are
   * good until `whole` is read.
   */
  readonly start: Buffer;
  /** True where `start` is everything. */
  readonly ended: boolean;
  /** The whole stream, `start` included. To be read at most once. */
  readonly whole: ByteStream;
}

/** Reads at least `size` bytes ahead and gives them back. */
export async function peek(stream: ByteStream, size: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return { start: Buffer.alloc(0), ended: true, whole: rest(Buffer.alloc(0), true, iterator) };
  if (first.value.length >= size) {
    const { buffer, byteOffset, length } = first.value;
    const start = Buffer.from(buffer, byteOffset, length);
    return { start, ended: false, whole: rest(start, false, iterator) };
  }
  const pieces = [Buffer.from(first.value)];
  let length = first.value.length;
  let ended = false;
  while (length < size && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else {
      pieces.push(Buffer.from(next.value));
      length += next.value.length;
    }
  }
  const [only] = pieces;
  const start = only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
  return { start, ended, whole: rest(start, ended, iterator) };
}

async function* rest(start: Buffer, ended: boolean, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start;
  if (ended) return;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

/** Tells `see` each piece on its way through. */
export async function* observed(stream: ByteStream, see: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    see(piece);
    yield piece;
  }
}

export async function drain(stream: ByteStream): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next());
}

/** The error that a stream itself fails with: what is piped behind it only tells that it ended early. */
export function firstFailureOf(stream: Readable): () => Error | undefined {
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure ??= error;
  });
  return () => failure;
}

/**
 * One iteration however often it is asked for; leaving it early does not end it.
 *
 * @param asFailure what an error in it is thrown as
 */
export function leftOpen(stream: ByteStream, asFailure: (error: unknown) => unknown = (error) => error): ByteStream {
  const iterator = stream[Symbol.asyncIterator]();
  const next = async () => {
    try {
      return await iterator.next();
    } catch (error) {
      throw asFailure(error);
    }
  };
  const once = { next };
  return { [Symbol.asyncIterator]: () => once };
}

/**
 * Sends a stream through a decoder.
 *
 * @param name of the format, for the error
 * @throws GuardError 'damaged' where the decoder fails; the stream's own error where that does
 */
export async function* through(stream: ByteStream, decoder: Transform, name: string): AsyncGenerator<Uint8Array> {
  const source = Readable.from(stream, { objectMode: false });
  const failure = firstFailureOf(source);
  // The iteration below sees every error; the callback is what makes pipeline clean up.
  pipeline(source, decoder, () => undefined);
  try {
    for await (const piece of decoder) yield piece as Buffer;
  } catch (error) {
    throw failure() ?? new GuardError('damaged', `the ${name} data is damaged or cut off`, { cause: error });
  }
}

export function trailingZeros(piece: Uint8Array): number {
  let at = piece.length;
  while (at > 0 && piece[at - 1] === 0) at -= 1;
  return piece.length - at;
}
