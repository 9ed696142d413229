import { Readable, pipeline } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { GuardError } from '../base/error';
import { pathText } from '../base/path-text';
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
const CHECKSUM_AT = 148;

/** True where these first bytes are a tar's: a POSIX or GNU header with a magic, or an older one whose checksum is right. */
export function isTar(start: Uint8Array): boolean {
  if (start.length < BLOCK) return false;
  const header = Buffer.from(start.buffer, start.byteOffset, BLOCK);
  if (header.toString('latin1', MAGIC_AT, MAGIC_AT + 5) === 'ustar') return true;
  const checksum = /^ *([0-7]{1,7})[\0 ]/.exec(header.toString('latin1', CHECKSUM_AT, CHECKSUM_AT + 8))?.[1];
  return header[0] !== 0 && checksum !== undefined && parseInt(checksum, 8) === checksumOf(header);
}

/** The sum of the header's bytes, its own field taken for spaces (POSIX pax, ustar interchange format). */
function checksumOf(header: Buffer): number {
  let sum = 8 * ' '.charCodeAt(0);
  for (const [at, byte] of header.entries()) if (at < CHECKSUM_AT || at >= CHECKSUM_AT + 8) sum += byte;
  return sum;
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
      const told = entryOf(entry.header, bytes);
      // Readers do not agree on what follows such a header, and tar-stream waits for ever for a folder's body.
      if (told.kind !== 'file' && entry.header.size !== 0)
        throw new GuardError('damaged', 'the tar archive is damaged: a folder, link or device in it has a body');
      yield told;
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
