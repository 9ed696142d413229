import { readSync } from 'node:fs';
import { breathing } from './breath';
import type { Source, SourceContext } from './content';

export interface StdinOptions {
  readonly stdin: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>;
  /** What the report calls it, and what the rules take its file name for. */
  readonly name: string | undefined;
}

/** Standard input, as one file. */
export function stdinSource(options: StdinOptions): Source {
  return {
    name: 'stdin',
    async *items(context) {
      context.counts.files += 1;
      yield {
        kind: 'content',
        provenance: { kind: 'stdin' },
        path: options.name ?? null,
        where: 'file',
        bytes: counted(options.stdin, context),
      };
    },
  };
}

/** So much is read at once where standard input is a file: a stream takes it in pieces of 64 KiB. */
const PIECE = 1024 * 1024;

/** The bytes of an open file from where it stands; a piece is good until the next one is asked for. */
export function* openFileBytes(descriptor: number): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE);
  for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer))
    yield buffer.subarray(0, size);
}

async function* counted(stream: StdinOptions['stdin'], { counts, signal }: SourceContext): AsyncGenerator<Uint8Array> {
  const breath = breathing();
  for await (const chunk of stream) {
    const pause = breath();
    if (pause !== null) await pause;
    signal?.throwIfAborted();
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    counts.bytes += bytes.length;
    yield bytes;
  }
}
