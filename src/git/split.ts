/** Cuts a byte stream at one byte; `readline` also cuts at a lone CR and needs text. */

export const LF = 0x0a;
export const NUL = 0x00;

/** Collects bytes and gives whole pieces back, without their separator; what follows the last one waits for more. */
export class Splitter {
  readonly #separator: number;
  #rest: Buffer[] = [];

  constructor(separator: number) {
    this.#separator = separator;
  }

  /** The pieces that this chunk completes. */
  push(chunk: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    let from = 0;
    for (let at = chunk.indexOf(this.#separator); at !== -1; at = chunk.indexOf(this.#separator, from)) {
      const piece = chunk.subarray(from, at);
      pieces.push(this.#rest.length === 0 ? piece : Buffer.concat([...this.#rest, piece]));
      this.#rest = [];
      from = at + 1;
    }
    if (from < chunk.length) this.#rest.push(chunk.subarray(from));
    return pieces;
  }

  /** What followed the last separator. */
  end(): Buffer {
    const rest = Buffer.concat(this.#rest);
    this.#rest = [];
    return rest;
  }
}

/** The pieces of a stream, a list for each chunk; a piece without a separator after it comes last, unless it is empty. */
export async function* pieces(
  stream: AsyncIterable<Buffer>,
  separator: number,
): AsyncGenerator<readonly Buffer[], void, void> {
  const splitter = new Splitter(separator);
  for await (const chunk of stream) {
    const complete = splitter.push(chunk);
    if (complete.length > 0) yield complete;
  }
  const rest = splitter.end();
  if (rest.length > 0) yield [rest];
}
