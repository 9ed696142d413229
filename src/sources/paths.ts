import { closeSync, fstatSync, readSync, readlinkSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isInside } from '../base/paths';
import { fileFailure, systemErrorCode } from '../base/error';
import { pathText } from '../base/path-text';
import { breathing } from './breath';
import { checkedAhead } from './checked-ahead';
import type { Content, Source, SourceContext, SourceItem } from './content';
import type { FileAnswer, FileChecks } from './file-checks';
import { openFile } from './open-file';
import { walk, type Entry } from './walk';

export interface PathsOptions {
  readonly cwd: string;
  /** Paths inside it are reported relative to it, as its configuration's globs are. */
  readonly topLevel: string | null;
  readonly paths: readonly string[];
  /** Where a tree turns out to be large, its files are read elsewhere first; null where that is not to be had. */
  readonly openChecks?: () => FileChecks | null;
}

/** A file up to this size is read whole and handed on only where it may hold a finding; a larger one is streamed. */
const WHOLE_FILE_LIMIT = 4 * 1024 * 1024;
const CHUNK_SIZE = 1024 * 1024;

/** A tree is large from so many bytes on; an entry costs as much as so many bytes. */
const LARGE_TREE = 64 * 1024 * 1024;
const ENTRY_COST = 16 * 1024;

/**
 * Files and folders as they lie on disk: `.git` is passed over, links are not followed (where one points to is scanned
 * as a text), sockets, pipes and devices are skipped, what cannot be read is an Unreadable. Honours no `.gitignore`:
 * secrets live in ignored files. File names are bytes.
 */
export function pathsSource(options: PathsOptions): Source {
  return {
    name: 'paths',
    async *items(context) {
      const entries = entriesOf(options, context);
      const buffer = Buffer.allocUnsafe(WHOLE_FILE_LIMIT + 1);
      const look = (entry: Entry, checked: FileAnswer): Iterable<SourceItem> =>
        itemsAt(entry, checked, buffer, context);
      let { openChecks } = options;
      const breath = breathing();
      let entryCount = 0;
      for (let next = entries.next(); next.done !== true; next = entries.next()) {
        const pause = breath();
        if (pause !== null) await pause;
        context.signal?.throwIfAborted();
        yield* look(next.value, null);
        entryCount += 1;
        if (openChecks === undefined || context.counts.bytes + entryCount * ENTRY_COST < LARGE_TREE) continue;
        const checks = openChecks();
        openChecks = undefined;
        if (checks !== null) yield* checkedAhead(entries, checks, look, context);
      }
    },
  };
}

function* entriesOf(options: PathsOptions, { excluded }: SourceContext): Generator<Entry, undefined> {
  for (const path of options.paths)
    yield* walk(Buffer.from(resolve(options.cwd, path)), { nameOf: naming(options, path), excluded });
}

type Naming = (absolute: Buffer) => string;

function naming(options: PathsOptions, given: string): Naming {
  const absolute = resolve(options.cwd, given);
  const base =
    options.topLevel !== null && isInside(options.topLevel, absolute)
      ? options.topLevel
      : isAbsolute(given)
        ? ''
        : options.cwd;
  const prefix = Buffer.from(base === '' || base.endsWith(sep) ? base : `${base}${sep}`);
  return (path) => {
    const inside = path.subarray(0, prefix.length).equals(prefix);
    const text = inside
      ? pathText(path.subarray(prefix.length))
      : pathText(Buffer.from(relative(base, path.toString())));
    if (text === '') return '.';
    return sep === '/' ? text : text.replaceAll(sep, '/');
  };
}

function* itemsAt(entry: Entry, checked: FileAnswer, buffer: Buffer, context: SourceContext): Generator<SourceItem> {
  const { path, name } = entry;
  try {
    switch (entry.kind) {
      case 'excluded':
        yield { kind: 'skipped', path: name, reason: 'excluded by the configuration' };
        return;
      case 'unreadable':
        throw entry.error;
      case 'other':
        yield { kind: 'skipped', path: name, reason: 'neither a file nor a folder' };
        break;
      case 'link':
        yield* linkAt(path, name, context);
        break;
      case 'file':
        if (checked === null) yield* fileAt(path, name, buffer, context);
        else countFile(checked, context);
        break;
      case 'folder':
        break;
    }
    yield* pathName(name, context);
  } catch (error) {
    yield { kind: 'unreadable', path: name, reason: failureOf(error) };
  }
}

function* linkAt(path: Buffer, name: string, context: SourceContext): Generator<Content> {
  const target = readlinkSync(path, { encoding: 'buffer' });
  context.counts.files += 1;
  context.counts.bytes += target.length;
  if (context.mayHold(target, null))
    yield { kind: 'content', provenance: { kind: 'worktree' }, path: name, where: 'symlink', bytes: target };
}

/** A name that holds a secret is reported once, at the entry that bears it. */
function* pathName(name: string, context: SourceContext): Generator<Content> {
  const bytes = Buffer.from(name.slice(name.lastIndexOf('/') + 1));
  if (context.mayHold(bytes, null))
    yield {
      kind: 'content',
      provenance: { kind: 'worktree' },
      path: name,
      where: 'path-name',
      bytes: Buffer.from(name),
    };
}

function countFile(bytes: number, { counts }: SourceContext): void {
  counts.files += 1;
  counts.bytes += bytes;
}

function* fileAt(path: Buffer, name: string, buffer: Buffer, context: SourceContext): Generator<Content> {
  const descriptor = openFile(path);
  let streamed = false;
  try {
    const { size } = fstatSync(descriptor);
    const content = { kind: 'content', provenance: { kind: 'worktree' }, path: name, where: 'file' } as const;
    const { start, ended } =
      size > WHOLE_FILE_LIMIT ? { start: Buffer.alloc(0), ended: false } : readStart(descriptor, buffer);
    countFile(start.length, context);
    if (!ended) {
      streamed = true;
      yield { ...content, bytes: streamOf(Buffer.from(start), descriptor, context) };
    } else if (context.mayHold(start, name)) yield { ...content, bytes: Buffer.from(start) };
  } finally {
    if (!streamed) closeSync(descriptor);
  }
}

/**
 * To the file's end, which may lie behind the size that was told (a file that grows, or one of /proc), and then so far
 * behind it that the rest has to be streamed. The bytes are good until the next file is read into `buffer`.
 */
function readStart(descriptor: number, buffer: Buffer): { readonly start: Buffer; readonly ended: boolean } {
  let filled = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, filled, buffer.length - filled, null);
    if (count === 0) return { start: buffer.subarray(0, filled), ended: true };
    filled += count;
    if (filled === buffer.length) return { start: buffer, ended: false };
  }
}

/** `start` was read, and counted, before. */
async function* streamOf(start: Buffer, descriptor: number, context: SourceContext): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
    const breath = breathing();
    for (;;) {
      const pause = breath();
      if (pause !== null) await pause;
      context.signal?.throwIfAborted();
      const count = readSync(descriptor, buffer, 0, buffer.length, null);
      if (count === 0) return;
      context.counts.bytes += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
  }
}

function failureOf(error: unknown): string {
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  return REASONS[code] ?? fileFailure(code);
}

const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'became a link while it was read',
  EISDIR: 'became a folder while it was read',
  ENAMETOOLONG: 'its path is longer than the system takes',
};
