import { Readable, pipeline } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { GuardError } from '../error';
import { pathText } from '../path-text';
import { drain, firstFailureOf, leftOpen, observed, trailingZeros, type ByteStream } from './bytes';

export interface TarEntry {
  /** As the archive has it, UTF-8, without a leading `./` or `/`. */
  readonly path: string;
  readonly kind: 'file' | 'link' | 'other';
  /** Where a link points to; empty for all else. */
  readonly target: string;
  /** To be read before the next entry is asked for; what is left unread is passed over. */
  readonly bytes: ByteStream;
}

const BLOCK = 512;
const MAGIC_AT = 257;

/** True where these first bytes are a tar's: POSIX or GNU header with a magic. */
export function isTar(start: Uint8Array): boolean {
  return start.length >= BLOCK && Buffer.from(start.subarray(MAGIC_AT, MAGIC_AT + 5)).toString('latin1') === 'ustar';
}

/**
 * The entries of a tar, in order, with flat memory. Nothing is written anywhere.
 *
 * @throws GuardError 'damaged' for a broken header, a body that is cut off, or a missing end mark (an archive that was
 *   cut between two entries looks whole but for that)
 */
export async function* readTar(stream: ByteStream): AsyncGenerator<TarEntry> {
  let zerosAtEnd = 0;
  const source = Readable.from(
    observed(stream, (piece) => {
      const zeros = trailingZeros(piece);
      zerosAtEnd = zeros === piece.length ? zerosAtEnd + zeros : zeros;
    }),
    { objectMode: false },
  );
  const failure = firstFailureOf(source);
  // latin1 keeps the bytes of names that are not UTF-8. The types know neither option; tar-stream's README does.
  const options = { filenameEncoding: 'latin1', allowUnknownFormat: true };
  const entries = extract(options as Parameters<typeof extract>[0]);
  pipeline(source, entries as unknown as NodeJS.WritableStream, () => undefined);
  try {
    for await (const entry of entries) {
      const bytes = leftOpen(entry as unknown as ByteStream, asDamaged);
      yield entryOf(entry.header, bytes);
      await drain(bytes);
    }
  } catch (error) {
    throw failure() ?? asDamaged(error);
  }
  if (zerosAtEnd < BLOCK) throw new GuardError('damaged', 'the tar archive is cut off: its end mark is missing');
}

function asDamaged(error: unknown): GuardError {
  if (error instanceof GuardError) return error;
  return new GuardError('damaged', 'the tar archive is damaged or cut off', { cause: error });
}

function entryOf(header: Header, bytes: ByteStream): TarEntry {
  return {
    path: nameOf(header, header.name, 'path').replace(/^(?:\.?\/)+/, ''),
    kind: kindOf(header.type),
    target: nameOf(header, header.linkname, 'linkpath'),
    bytes,
  };
}

/** A type that tar-stream does not know is null (GNU sparse…): it has a body like a file's, and is read like one. */
function kindOf(type: Header['type'] | null): TarEntry['kind'] {
  if (type === 'symlink' || type === 'link') return 'link';
  return type === 'file' || type === 'contiguous-file' || type === null ? 'file' : 'other';
}

/** An extended header's names are UTF-8 already (POSIX pax); the others are the bytes that latin1 kept. */
function nameOf(header: Header, name: string | null, key: 'path' | 'linkpath'): string {
  const extended = header.pax as Partial<Readonly<Record<string, string>>> | null | undefined;
  return extended?.[key] ?? pathText(Buffer.from(name ?? '', 'latin1'));
}
