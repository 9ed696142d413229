import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { observed, peek, trailingZeros, type ByteStream } from '../archive/bytes';
import { compressionOf, decompress } from '../archive/decompress';
import { membersOf } from '../archive/members';
import { isTar, readTar, type TarEntry } from '../archive/tar';
import { GuardError } from '../base/error';
import type { Source, SourceContext, SourceItem } from './content';
import { missingParts, noParts, type ImageParts } from './image-manifest';
import { textsOf } from './image-texts';
import { fileStream, memberItems } from './members';

export interface ImageOptions {
  readonly cwd: string;
  /** A file, or `-` for standard input. */
  readonly file: string;
  readonly stdin: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>;
}

/** A manifest, index or configuration is smaller than this; a larger JSON is scanned as a file. */
const JSON_LIMIT = 16 * 1024 * 1024;

/**
 * A container image as one tar: `docker save` (old and new) or an OCI layout. One pass, so that a pipe will do: every
 * layer is scanned as it comes, also what a later layer deletes; JSON blobs are kept for the end, when the manifests
 * tell whether every layer and configuration was there. A blob whose bytes are not what its name (a SHA-256) says is
 * unreadable.
 */
export function imageSource({ cwd, file, stdin }: ImageOptions): Source {
  return {
    name: 'image',
    async *items(context) {
      const bytes = file === '-' ? asBytes(stdin) : fileStream(resolve(cwd, file), file);
      const parts = noParts();
      for await (const entry of readTar(await tarOf(bytes, file))) yield* partItems(entry, parts, context);
      yield* missingParts(parts, file);
    },
  };
}

async function* asBytes(stream: ImageOptions['stdin']): AsyncGenerator<Uint8Array> {
  // A copy: decoders read ahead, and a piece of a file is good until the next one is asked for only.
  for await (const piece of stream) yield Buffer.from(piece as Uint8Array);
}

/** The outer tar, which some tools compress. */
async function tarOf(bytes: ByteStream, file: string): Promise<ByteStream> {
  const outer = await peek(bytes, 512);
  const compression = compressionOf(outer.start);
  const inner = compression === null ? outer : await peek(decompress(outer.whole, compression), 512);
  if (!isTar(inner.start)) throw new GuardError('damaged', `${file} is no container image: it is no tar archive`);
  return inner.whole;
}

async function* partItems(entry: TarEntry, parts: ImageParts, context: SourceContext): AsyncGenerator<SourceItem> {
  if (entry.kind === 'other') return;
  if (entry.kind === 'link') {
    parts.links.set(entry.path, entry.target);
    return;
  }
  parts.present.add(entry.path);
  const check = digestCheck(entry.path);
  let length = 0;
  let zeros = 0;
  const see = (piece: Uint8Array) => {
    check.see(piece);
    length += piece.length;
    zeros += trailingZeros(piece);
  };
  const { start, whole } = await peek(observed(entry.bytes, see), 512);
  const name = shortName(entry.path);
  if (compressionOf(start) !== null || isTar(start)) {
    parts.archives.add(entry.path);
    yield* layerItems(whole, name, context);
  } else if (/^\s*[[{]/.test(start.toString('latin1'))) {
    yield* documentItems(whole, entry.path, name, parts, context);
  } else {
    const provenance = { kind: 'image', layer: null } as const;
    yield* memberItems({ kind: 'file', path: entry.path, bytes: whole }, provenance, context);
  }
  // A tar of nothing is its end mark.
  if (length >= 512 && zeros === length) parts.archives.add(entry.path);
  if (!check.holds())
    yield { kind: 'unreadable', path: name, reason: 'damaged: its bytes do not have the digest that it is named by' };
}

/** A layer that is damaged does not keep the others from being read. */
async function* layerItems(bytes: ByteStream, name: string, context: SourceContext): AsyncGenerator<SourceItem> {
  const provenance = { kind: 'image', layer: name } as const;
  try {
    for await (const member of membersOf(bytes, name)) yield* memberItems(member, provenance, context);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    yield { kind: 'unreadable', path: name, reason: error.message };
  }
}

/** A JSON: its texts as they would stand on a line, for in JSON a value may be escaped. */
async function* documentItems(
  bytes: ByteStream,
  path: string,
  name: string,
  parts: ImageParts,
  context: SourceContext,
): AsyncGenerator<SourceItem> {
  const { start, ended, whole } = await peek(bytes, JSON_LIMIT);
  const document = ended ? parsed(start) : undefined;
  const provenance = { kind: 'image', layer: null } as const;
  if (document === undefined) {
    yield* memberItems({ kind: 'file', path, bytes: whole }, provenance, context);
    return;
  }
  parts.documents.set(path, document);
  context.counts.files += 1;
  context.counts.bytes += start.length;
  for (const { at, text } of textsOf(document)) {
    const content = Buffer.from(text);
    const place = at === '' ? name : `${name}/${at}`;
    if (context.mayHold(content, null))
      yield { kind: 'content', provenance, path: place, where: 'image-config', bytes: content };
  }
}

function parsed(bytes: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Not JSON after all: it is scanned as the text it is.
    return undefined;
  }
}

/** `blobs/sha256/<64 hex>` and `<64 hex>/layer.tar` by twelve digits, as docker shows them; others by their own name. */
function shortName(path: string): string {
  const hex = /(?:^|\/)([0-9a-f]{64}|[0-9a-f]{128})(?:\.json|\.tar|\/|$)/.exec(path)?.[1];
  return hex === undefined ? path.replace(/\/layer\.tar$/, '') : hex.slice(0, 12);
}

function digestCheck(path: string): { see: (piece: Uint8Array) => void; holds: () => boolean } {
  const [, algorithm, expected] = /^blobs\/(sha256|sha512)\/([0-9a-f]+)$/.exec(path) ?? [];
  if (algorithm === undefined || expected === undefined) return { see: () => undefined, holds: () => true };
  const hash = createHash(algorithm);
  return { see: (piece) => void hash.update(piece), holds: () => hash.digest('hex') === expected };
}
