import { closeSync, fstatSync, lstatSync, openSync, opendirSync, readSync, readlinkSync, constants } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileFailure, systemErrorCode } from '../error';
import { breathing } from './breath';
import type { Content, Source, SourceContext, SourceItem } from './content';
import { pathText } from '../path-text';

export interface PathsOptions {
  readonly cwd: string;
  /** Paths inside it are reported relative to it, as its configuration's globs are. */
  readonly topLevel: string | null;
  readonly paths: readonly string[];
}

/** A file up to this size is read whole and handed on only where it may hold a finding; a larger one is streamed. */
const WHOLE_FILE_LIMIT = 4 * 1024 * 1024;
const CHUNK_SIZE = 1024 * 1024;

/** No link that takes a file's place after lstat, no wait for a pipe's writer. Windows has neither flag. */
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants as Record<string, number | undefined>;
const OPEN_FLAGS = (O_RDONLY ?? 0) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);

/**
 * Files and folders as they lie on disk: `.git` is passed over, links are not followed (where one points to is scanned
 * as a text), sockets, pipes and devices are skipped, what cannot be read is an Unreadable. Honours no `.gitignore`:
 * secrets live in ignored files. File names are bytes.
 */
export function pathsSource(options: PathsOptions): Source {
  return {
    name: 'paths',
    async *items(context) {
      for (const path of options.paths)
        yield* walk(Buffer.from(resolve(options.cwd, path)), naming(options, path), context);
    },
  };
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

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}

async function* walk(start: Buffer, nameOf: Naming, context: SourceContext): AsyncGenerator<SourceItem> {
  const waiting: Buffer[] = [start];
  const breath = breathing();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const pause = breath();
    if (pause !== null) await pause;
    context.signal?.throwIfAborted();
    const name = nameOf(path);
    if (!isUnnamed(name) && context.excluded(name)) {
      yield { kind: 'skipped', path: name, reason: 'excluded by the configuration' };
      continue;
    }
    try {
      const stats = lstatSync(path);
      if (stats.isDirectory()) waiting.push(...childrenOf(path));
      else if (stats.isSymbolicLink()) yield* linkAt(path, name, context);
      else if (stats.isFile()) yield* fileAt(path, name, context);
      else yield { kind: 'skipped', path: name, reason: 'neither a file nor a folder' };
      yield* pathName(name, context);
    } catch (error) {
      yield { kind: 'unreadable', path: name, reason: failureOf(error) };
    }
  }
}

/** `.` and `..` are no names of dot files, which a glob such as `.*` is about. */
function isUnnamed(name: string): boolean {
  return /(?:^|\/)\.\.?$/.test(name);
}

/** Last name first, because the walk takes from the end. */
function childrenOf(folder: Buffer): Buffer[] {
  const names: Buffer[] = [];
  // The types know names as strings only; the option makes them Buffers (Node.js documentation, fs.opendir).
  const directory = opendirSync(folder, { encoding: 'buffer' as BufferEncoding });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const name = entry.name as unknown as Buffer;
      if (name.toString('latin1') !== '.git') names.push(name);
    }
  } finally {
    directory.closeSync();
  }
  const separator = Buffer.from(folder.at(-1) === sep.charCodeAt(0) ? '' : sep);
  return names.sort((a, b) => Buffer.compare(b, a)).map((name) => Buffer.concat([folder, separator, name]));
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

function* fileAt(path: Buffer, name: string, context: SourceContext): Generator<Content> {
  const descriptor = openSync(path, OPEN_FLAGS);
  let streamed = false;
  try {
    const { size } = fstatSync(descriptor);
    context.counts.files += 1;
    const content = { kind: 'content', provenance: { kind: 'worktree' }, path: name, where: 'file' } as const;
    const { start, ended } =
      size > WHOLE_FILE_LIMIT ? { start: Buffer.alloc(0), ended: false } : readStart(descriptor, size);
    context.counts.bytes += start.length;
    if (!ended) {
      streamed = true;
      yield { ...content, bytes: streamOf(start, descriptor, context) };
    } else if (context.mayHold(start, name)) yield { ...content, bytes: start };
  } finally {
    if (!streamed) closeSync(descriptor);
  }
}

/**
 * To the file's end, which may lie behind the size that was told (a file that grows, or one of /proc), and then so far
 * behind it that the rest has to be streamed.
 */
function readStart(descriptor: number, size: number): { readonly start: Buffer; readonly ended: boolean } {
  let buffer = Buffer.allocUnsafe(size + 1);
  let filled = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, filled, buffer.length - filled, null);
    if (count === 0) return { start: buffer.subarray(0, filled), ended: true };
    filled += count;
    if (filled > WHOLE_FILE_LIMIT) return { start: buffer.subarray(0, filled), ended: false };
    if (filled === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
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
