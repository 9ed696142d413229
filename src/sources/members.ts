import { createReadStream } from 'node:fs';
import type { Member } from '../archive/members';
import { drain, observed, peek, type ByteStream } from '../archive/bytes';
import { GuardError, fileFailure, systemErrorCode } from '../base/error';
import type { Content, Provenance, SourceContext, SourceItem } from './content';

/** A content up to this size is handed on only where it may hold a finding; a larger one is streamed. */
const WHOLE_LIMIT = 1024 * 1024;

/** A file's bytes from its start, in large pieces. @throws GuardError 'unreadable' */
export async function* fileStream(file: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) yield piece as Buffer;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new GuardError('unreadable', `${name}: ${fileFailure(code)}`, { cause: error });
  }
}

/** What the scan takes of a member of an archive: its content, its name, a link's target; counted. */
export async function* memberItems(
  member: Member,
  provenance: Provenance,
  context: SourceContext,
): AsyncGenerator<SourceItem> {
  context.signal?.throwIfAborted();
  const { path } = member;
  if (member.kind === 'unreadable') {
    yield member;
    return;
  }
  if (context.excluded(path)) {
    yield { kind: 'skipped', path, reason: 'excluded by the configuration' };
    if (member.kind === 'file') await drain(member.bytes);
    return;
  }
  context.counts.files += 1;
  yield* textItem(path, 'path-name', path, provenance, context);
  if (member.kind === 'link') yield* textItem(member.target, 'symlink', path, provenance, context);
  else yield* fileItem(member.bytes, path, provenance, context);
}

function* textItem(
  text: string,
  where: Content['where'],
  path: string,
  provenance: Provenance,
  context: SourceContext,
): Generator<Content> {
  const bytes = Buffer.from(text);
  if (context.mayHold(bytes, null)) yield { kind: 'content', provenance, path, where, bytes };
}

async function* fileItem(
  stream: ByteStream,
  path: string,
  provenance: Provenance,
  context: SourceContext,
): AsyncGenerator<SourceItem> {
  const count = (piece: Uint8Array) => {
    context.counts.bytes += piece.length;
  };
  try {
    const { start, ended, whole } = await peek(observed(stream, count), WHOLE_LIMIT);
    if (!ended || context.mayHold(start, path))
      yield { kind: 'content', provenance, path, where: 'file', bytes: ended ? start : whole };
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    yield { kind: 'unreadable', path, reason: error.message };
  }
}
