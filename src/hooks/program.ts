import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { version } from '../../package.json';
import { GuardError } from '../base/error';
import { REMOTE_RECORD } from '../git/remote-record';
import { CODE_CACHE, codeCacheOf, HOOK_PROGRAM, isCodeCacheOf } from './code-cache';
import { type Change, type FileSystem, entryAt } from './files';

/** What the hooks call, in the folder of the cratesguard that runs. It holds the digest of the program it starts. */
const PROGRAM = 'hook.cjs';
/** The program that it starts, and libraries for the few runs that need them: a configuration file's parsers. */
const BESIDE = [HOOK_PROGRAM, 'json.cjs', 're2.cjs', 'toml.cjs', 'yaml.cjs'] as const;
/** How much of its SHA-256, in hex, stands for a program; the build gives hook.cjs as much. */
const DIGEST_LENGTH = 32;
/** One line: the Node.js that installed. The gate tries it first. */
const NODE = 'node';
/** What `uninstall` needs to know; see InstallRecord. */
const RECORD = 'install.json';
/** What this version writes. The first ones wrote none, and are read as 1; a field more does not make a new one. */
const RECORD_VERSION = 1;

export const PROGRAM_FILES = [PROGRAM, ...BESIDE, CODE_CACHE, NODE, RECORD, REMOTE_RECORD] as const;

/** What install leaves beside the program, so that uninstall can take back exactly that. All paths are absolute. */
export interface InstallRecord {
  /** Folders with hook files of ours. */
  readonly hookFolders: readonly string[];
  /** Folders that were not there before, outermost first. */
  readonly madeFolders: readonly string[];
  /** With `--global`: the values that the user's own core.hooksPath had. */
  readonly previousHooksPath?: readonly string[];
  /** With `--global`: the configuration file that git made for it. */
  readonly madeConfiguration?: string;
}

const EMPTY_RECORD: InstallRecord = { hookFolders: [], madeFolders: [] };

export interface ProgramSource {
  /** The folder of the running program (`dist/`), which holds hook.cjs. */
  readonly programFolder: string;
  /** The Node.js that runs. */
  readonly node: string;
}

/** The files of the copied program as changes; those that are there already, byte for byte, are left out. */
export async function programChanges(
  files: FileSystem,
  folder: string,
  { programFolder, node }: ProgramSource,
  record: InstallRecord,
): Promise<readonly Change[]> {
  const source = await entryAt(files, join(programFolder, PROGRAM));
  if (source.kind !== 'file')
    throw new GuardError('unreadable', `this cratesguard is not whole: ${join(programFolder, PROGRAM)} is missing`, {
      hint: 'Install the package again.',
    });
  const beside = await filesBeside(files, programFolder);
  const wanted: readonly (readonly [string, Buffer])[] = [
    [PROGRAM, source.bytes],
    ...beside,
    [NODE, Buffer.from(`${node}\n`)],
    [RECORD, Buffer.from(`${JSON.stringify({ version: RECORD_VERSION, cratesguard: version, ...record }, null, 2)}\n`)],
  ];
  const changes: Change[] = [];
  for (const [name, bytes] of wanted) {
    const path = join(folder, name);
    const present = await entryAt(files, path);
    if (present.kind !== 'file' || !present.bytes.equals(bytes)) changes.push({ path, to: { kind: 'file', bytes } });
  }
  changes.push(...(await cacheChanges(files, folder, new Map(beside).get(HOOK_PROGRAM))));
  return changes;
}

/** The compiled program for the Node.js that installs, which is the one that the hooks will start. */
async function cacheChanges(files: FileSystem, folder: string, program?: Buffer): Promise<readonly Change[]> {
  if (program === undefined) return [];
  const path = join(folder, CODE_CACHE);
  const digest = createHash('sha256').update(program).digest('hex').slice(0, DIGEST_LENGTH);
  const present = await entryAt(files, path);
  if (present.kind === 'file' && isCodeCacheOf(present.bytes, digest)) return [];
  return [{ path, to: { kind: 'file', bytes: codeCacheOf(program.toString('utf8'), digest) } }];
}

async function filesBeside(files: FileSystem, folder: string): Promise<readonly (readonly [string, Buffer])[]> {
  const found: (readonly [string, Buffer])[] = [];
  for (const name of BESIDE) {
    const entry = await entryAt(files, join(folder, name));
    if (entry.kind === 'file') found.push([name, entry.bytes]);
  }
  return found;
}

/**
 * The record that an earlier install left; an empty one where there is none, or a damaged one: install writes it anew,
 * and uninstall still knows the folder that git looks in.
 * @throws GuardError `unsupported` for the record of a newer version
 */
export async function readRecord(files: FileSystem, folder: string): Promise<InstallRecord> {
  const entry = await entryAt(files, join(folder, RECORD));
  if (entry.kind !== 'file') return EMPTY_RECORD;
  try {
    return recordFrom(JSON.parse(entry.bytes.toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return EMPTY_RECORD;
    throw error;
  }
}

function recordFrom(value: unknown): InstallRecord {
  if (typeof value !== 'object' || value === null) throw new TypeError('no object');
  const record = value as Readonly<Record<string, unknown>>;
  const format = record['version'] ?? RECORD_VERSION;
  if (typeof format !== 'number') throw new TypeError('version');
  if (format > RECORD_VERSION)
    throw new GuardError('unsupported', 'these hooks were installed by a newer cratesguard than this one', {
      hint: 'Update cratesguard, then try again.',
    });
  const strings = (name: string): readonly string[] => {
    const list = record[name] ?? [];
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) throw new TypeError(name);
    return list;
  };
  return {
    hookFolders: strings('hookFolders'),
    madeFolders: strings('madeFolders'),
    ...(record['previousHooksPath'] === undefined ? {} : { previousHooksPath: strings('previousHooksPath') }),
    ...(typeof record['madeConfiguration'] === 'string' ? { madeConfiguration: record['madeConfiguration'] } : {}),
  };
}

export interface InstalledProgram {
  /** How it stands beside the one that runs. */
  readonly state: 'current' | 'other' | 'missing';
  /** The version that installed it; null where it left none. */
  readonly version: string | null;
}

export async function installedProgram(
  files: FileSystem,
  folder: string,
  programFolder: string,
): Promise<InstalledProgram> {
  const installed = await entryAt(files, join(folder, PROGRAM));
  if (installed.kind !== 'file') return { state: 'missing', version: null };
  const running = await entryAt(files, join(programFolder, PROGRAM));
  const isCurrent = running.kind === 'file' && running.bytes.equals(installed.bytes);
  return { state: isCurrent ? 'current' : 'other', version: await recordedVersion(files, folder) };
}

async function recordedVersion(files: FileSystem, folder: string): Promise<string | null> {
  const entry = await entryAt(files, join(folder, RECORD));
  return entry.kind === 'file'
    ? (/"cratesguard": "(\d[\w.+-]*)"/.exec(entry.bytes.toString('utf8'))?.[1] ?? null)
    : null;
}
