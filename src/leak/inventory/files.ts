import type { Dirent } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { kindOf, mayUseKey, OTHER_KIND, SCRIPT_KIND } from './kinds';
import type { Use } from './use';

/** Something that could not be looked into, so that the inventory is not whole. */
export interface UnreadPlace {
  readonly path: string;
  readonly reason: string;
}

export interface Inventory {
  /** By path, line, name, command. */
  readonly uses: readonly Use[];
  readonly unread: readonly UnreadPlace[];
}

const IGNORED = new Set(['.git', 'node_modules', 'target']);
/** CI files and scripts are small; what is larger is generated, and is reported instead of being half read. */
const MAX_SIZE = 4 * 1024 * 1024;
const MAX_UNKNOWN_SIZE = 1024 * 1024;

/**
 * Looks through a folder, or at one file. Links are followed only to files inside the folder; nothing is run.
 * Paths in the answer are relative to `root`.
 */
export async function inventoryOf(root: string): Promise<Inventory> {
  const uses: Use[] = [];
  const unread: UnreadPlace[] = [];
  const top = await realpath(root).catch((error: unknown) => {
    unread.push({ path: root, reason: reasonOf(error) });
    return null;
  });
  if (top === null) return { uses, unread };
  const look = async (file: string, path: string): Promise<void> => {
    try {
      uses.push(...(await usesOfFile(file, path)));
    } catch (error) {
      unread.push({ path, reason: reasonOf(error) });
    }
  };
  if ((await lstat(top)).isFile()) {
    const path = top.split(sep).slice(-3).join('/');
    await look(top, path);
    return { uses: uses.map((use) => ({ ...use, path: top.split(sep).at(-1) ?? path })), unread };
  }
  for await (const { file, path, problem } of filesBelow(top)) {
    if (problem === null) await look(file, path);
    else unread.push({ path, reason: problem });
  }
  return { uses: sortedUses(uses), unread: unread.sort((a, b) => compare(a.path, b.path)) };
}

interface FoundFile {
  readonly file: string;
  readonly path: string;
  /** Why it is not read, where it is not. */
  readonly problem: string | null;
}

async function* filesBelow(top: string, folder = top): AsyncGenerator<FoundFile> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    yield { file: folder, path: pathFrom(top, folder), problem: reasonOf(error) };
    return;
  }
  for (const entry of entries.sort((a, b) => compare(a.name, b.name))) {
    const file = join(folder, entry.name);
    const path = pathFrom(top, file);
    if (entry.isDirectory()) {
      if (!IGNORED.has(entry.name)) yield* filesBelow(top, file);
    } else if (entry.isFile()) yield { file, path, problem: null };
    else if (entry.isSymbolicLink()) yield* linkedFile(top, file, path);
    else if (isNamed(path)) yield { file, path, problem: 'it is no regular file' };
  }
}

/** A link with a name of interest is read where its target lies inside, and is a problem where it does not. */
async function* linkedFile(top: string, file: string, path: string): AsyncGenerator<FoundFile> {
  const isFolder = /(^|\/)\.(github|gitlab|circleci|woodpecker|cargo)(\/workflows)?$/.test(path);
  if (!isNamed(path) && !isFolder) return;
  try {
    const target = await realpath(file);
    const inside = target.startsWith(top + sep);
    if (inside && !isFolder && (await stat(target)).isFile()) yield { file: target, path, problem: null };
    else
      yield {
        file,
        path,
        problem: inside
          ? 'it is a link to a folder, which is not followed'
          : 'it is a link that leads out of here, which is not followed',
      };
  } catch (error) {
    yield { file, path, problem: reasonOf(error) };
  }
}

/** Whether the name alone says that the file matters; a bare word may be anything. */
function isNamed(path: string): boolean {
  const kind = kindOf(path);
  return kind !== OTHER_KIND && kind !== SCRIPT_KIND && kind.service !== 'kubernetes';
}

/** Prose and sources talk about keys without using one. */
const TALKS = /\.(md|markdown|rst|adoc|txt|html?|svg|lock|rs)$|(^|\/)(LICENSE|CHANGELOG|README)[^/]*$/i;

/** @throws whatever reading or parsing throws */
async function usesOfFile(file: string, path: string): Promise<readonly Use[]> {
  let kind = kindOf(path);
  if (kind === OTHER_KIND && TALKS.test(path) && !/(^|\/)xtask\//.test(path)) return [];
  const text = await readText(file, kind === SCRIPT_KIND || kind === OTHER_KIND);
  if (text === null) return [];
  if (kind === SCRIPT_KIND && !SHELL_LINE.test(text)) kind = OTHER_KIND;
  if (!mayUseKey(kind, text)) return [];
  const found = kind.read(text);
  // What looks like Kubernetes by its ending alone may be any service's file.
  if (found.length === 0 && kind.service === 'kubernetes') kind = OTHER_KIND;
  const uses = kind === OTHER_KIND ? OTHER_KIND.read(text) : found;
  return uses.map((use) => ({ ...use, service: kind.service, path }));
}

const SHELL_LINE = /^#!.*\b(ba|z|da|k|fi)?sh\b/;

/** Null for a file of unknown kind that is no text, or larger than one that a person writes. */
async function readText(file: string, isUnknown: boolean): Promise<string | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (isUnknown && size > MAX_UNKNOWN_SIZE) return null;
    if (size > MAX_SIZE) throw new Error(`it has more than ${MAX_SIZE / 1024 / 1024} MB`);
    const text = await handle.readFile('utf8');
    return isUnknown && text.slice(0, 4096).includes('\0') ? null : text;
  } finally {
    await handle.close();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be read';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'reading it is not permitted';
  // Parsers quote the source below their message, and a source may hold a key.
  return error.message.split('\n', 1)[0]?.slice(0, 200) ?? 'it could not be read';
}

function pathFrom(top: string, file: string): string {
  return relative(top, file).split(sep).join('/') || '.';
}

/** By path, line, name and command; the same use once. */
export function sortedUses(uses: readonly Use[]): readonly Use[] {
  const once = new Map(
    uses.map((use) => [JSON.stringify([use.service, use.path, use.line, use.secretName, use.command]), use]),
  );
  return [...once.values()].sort(
    (a, b) =>
      compare(a.path, b.path) ||
      a.line - b.line ||
      compare(a.secretName ?? '', b.secretName ?? '') ||
      compare(a.command ?? '', b.command ?? ''),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
