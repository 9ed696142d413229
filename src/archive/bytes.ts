import type { Readable } from 'node:stream';

/** Bytes in pieces, in order; each piece belongs to the reader until it asks for the next one. */
export type ByteStream = AsyncIterable<Uint8Array>;

export interface Peeked {
  /** The stream's first bytes: as many as asked for, or all where there are fewer. */
  readonly start: Buffer;
  /** True where `start` is everything. */
  readonly ended: boolean;
  /** The whole stream, `start` included. To be read at most once. */
  readonly whole: ByteStream;
}

/** Reads at least `size` bytes ahead and gives them back. */
export async function peek(stream: ByteStream, size: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let length = 0;
  let ended = false;
  while (length < size && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else {
      pieces.push(Buffer.from(next.value));
      length += next.value.length;
    }
  }
  const start = Buffer.concat(pieces);
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
