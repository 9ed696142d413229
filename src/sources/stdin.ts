import type { Source } from './content';

export interface StdinOptions {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** What the report calls it, and what the rules take its file name for. */
  readonly name: string | undefined;
}

/** Standard input, as one file. */
export function stdinSource(options: StdinOptions): Source {
  return {
    name: 'stdin',
    async *items(context) {
      context.counts.files += 1;
      const count = (bytes: number) => {
        context.counts.bytes += bytes;
      };
      yield {
        kind: 'content',
        provenance: { kind: 'stdin' },
        path: options.name ?? null,
        where: 'file',
        bytes: counted(options.stdin, count),
      };
    },
  };
}

async function* counted(stream: StdinOptions['stdin'], count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    count(bytes.length);
    yield bytes;
  }
}
