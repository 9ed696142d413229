import { lstatSync, readFileSync, statSync, type Stats } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Options, PublicExplorer } from 'cosmiconfig';
import { isInside } from '../base/paths';
import { GuardError, fileFailure, systemErrorCode } from '../base/error';
import { decodeConfig, refuseSize } from './decode';
import type { ConfigNode, ConfigText } from './document';
import { CONFIG_FILES, formatOf, isHost, mentionsUs, sectionOf } from './section';

/** A configuration file as it lies on disk. `path` is relative to the top of the work tree where it is in it. */
export interface FoundConfig {
  readonly path: string | null;
  readonly source: ConfigText;
  readonly root: ConfigNode;
  readonly bytes: Uint8Array;
}

/**
 * The first configuration file that counts, at the top of a work tree; null where there is none. Whatever stands in a
 * file's place and is none stops the search: passing over it would let through, or keep, what its owner decided.
 *
 * @throws GuardError('config') for a link, a folder or the like in a file's place, and a malformed file;
 *   GuardError('unreadable') for one that cannot be read
 */
export async function searchConfig(topLevel: string): Promise<FoundConfig | null> {
  for (const place of CONFIG_FILES) {
    const path = join(topLevel, place);
    if (!isFileAt(path, place)) continue;
    const found = await loadConfig(path, place);
    if (found !== null) return { path: place, ...found };
  }
  return null;
}

/**
 * The configuration that the user named. A link is followed only where it is none of the repository's own.
 *
 * @throws GuardError as searchConfig; GuardError('config') where there is no such file, or it is a host without our key
 */
export async function namedConfig(file: string, topLevel: string | null, cwd: string): Promise<FoundConfig> {
  const path = resolve(cwd, file);
  const inside = topLevel === null ? null : pathInside(topLevel, path);
  if (topLevel !== null && inside !== null) refuseLinks(topLevel, inside, file);
  let isFile: boolean;
  try {
    isFile = statSync(path).isFile();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new GuardError('config', `${file}: there is no such file`);
    throw new GuardError('unreadable', `${file}: ${fileFailure(code)}`, { cause: error });
  }
  if (!isFile) throw new GuardError('config', `${file}: not a regular file`);
  const found = await loadConfig(path, file);
  if (found === null) throw new GuardError('config', `${file}: holds no configuration of cratesguard`);
  return { path: inside, ...found };
}

/** Null for a host without our key. */
async function loadConfig(path: string, name: string): Promise<Omit<FoundConfig, 'path'> | null> {
  const explorer = await explorerOf(name);
  try {
    const found: unknown = (await explorer.load(path))?.config;
    // It takes a blank file for one without content, and asks no loader.
    if (found === undefined) return await loadData(path, name);
    return found === null ? null : (found as Omit<FoundConfig, 'path'>);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new GuardError('unreadable', `${name}: ${fileFailure(code)}`, { cause: error });
  }
}

/**
 * cosmiconfig's Explorer, and nothing else of it: what the package exports looks for a configuration of its own when it
 * is constructed (`.config/config.js` and the like), runs it, and lets it redirect the search. Its `search` is not for
 * us either, as it passes over what it cannot read. The one loader here takes every file for data, whatever its name,
 * and gives an object of ours, which has no `$import` that could lead on.
 */
async function explorerOf(name: string): Promise<PublicExplorer> {
  const { Explorer } = (await import('cosmiconfig/dist/Explorer.js')) as unknown as {
    Explorer: new (options: Options) => PublicExplorer;
  };
  return new Explorer({
    searchPlaces: [],
    loaders: { default: (path) => loadData(path, name) },
    transform: (result) => result,
    packageProp: [],
    ignoreEmptySearchPlaces: false,
    cache: false,
    mergeImportArrays: false,
    mergeSearchPlaces: false,
    searchStrategy: 'none',
  });
}

/** Reads the bytes anew: what the Explorer hands over has invalid ones replaced. */
async function loadData(path: string, name: string): Promise<Omit<FoundConfig, 'path'> | null> {
  const bytes = readFileSync(path);
  if (isHost(formatOf(name)) && !mentionsUs(bytes)) return null;
  const source = decodeConfig(name, bytes);
  const root = await sectionOf(source);
  return root === null ? null : { source, root, bytes };
}

/** False where nothing is there. Asked seven times by every scan, and so much quicker at once than by turns. */
function isFileAt(path: string, name: string): boolean {
  let found: Stats | undefined;
  try {
    found = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new GuardError('unreadable', `${name}: ${fileFailure(code)}`, { cause: error });
  }
  if (found === undefined) return false;
  if (!found.isFile())
    throw notAFile(name, found.isSymbolicLink() ? 'a link' : found.isDirectory() ? 'a folder' : 'a special file');
  if (!isHost(formatOf(name))) refuseSize(name, found.size);
  return true;
}

function notAFile(name: string, what: string): GuardError {
  return new GuardError('config', `${name}:1:1: ${what} where the configuration would be`, {
    hint: isHost(formatOf(name))
      ? 'Links are not followed. An empty .cratesguardrc says that the configuration is not in there.'
      : 'A configuration is a file of its own; links are not followed.',
  });
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // reading what is there, or is not, says what is wrong with it
  }
}

function refuseLinks(topLevel: string, inside: string, name: string): void {
  let path = topLevel;
  for (const part of inside.split('/')) {
    path = join(path, part);
    if (isLink(path)) throw notAFile(name, 'a link');
  }
}

/** With `/`, or null where the path is not in that folder. */
function pathInside(folder: string, path: string): string | null {
  return path !== folder && isInside(folder, path) ? relative(folder, path).split(sep).join('/') : null;
}
