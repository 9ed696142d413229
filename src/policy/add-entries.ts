import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { GuardError } from '../base/error';
import { configOf, type Config } from './config';
import { decodeConfig } from './decode';
import { positionOf } from './document';
import { identityOf, type AllowlistEntry } from './entry';
import { entriesInJson, insertIntoJson } from './insert/json';
import { membersOfEntry, withoutEntries, type NewEntry, type WrittenEntries } from './insert/new-entry';
import { entriesInToml, insertIntoToml } from './insert/toml';
import { entriesInYaml, insertIntoYaml } from './insert/yaml';
import { isExpired } from './judge';
import { loadConfig, type LoadedConfig } from './load';
import { cargoTable, formatOf, sectionOf } from './section';
import { replaceFile } from './replace-file';

export type { NewEntry } from './insert/new-entry';

export interface Addition {
  /** Relative to the top of the work tree. */
  readonly file: string;
  readonly created: boolean;
  readonly added: readonly NewEntry[];
  /** Entries of the file that allow as much already, with the 1-based line each starts at. */
  readonly already: readonly { readonly fingerprint: string; readonly line: number; readonly reason: string }[];
}

const NEW_FILE = '.cratesguardrc';
const HEADER = `# What cratesguard may let through, and why. Every option: docs/configuration.md of the project,
# or the .cratesguardrc.example beside its README.
`;

/**
 * Adds entries to the configuration of a work tree, or writes a first one. What is there keeps its comments, its layout
 * and its mode; the file is replaced in one step, after the new text was read again and found to say the same and the
 * new entries besides. Two calls at once take turns.
 *
 * @param today `YYYY-MM-DD`, in UTC
 * @throws GuardError('config') where the file that is there is not sound; GuardError('unwritable') where it cannot be
 *   replaced; GuardError('unsupported') with what to add, where it is written so that nothing can be put in safely
 */
export async function addEntries(topLevel: string, entries: readonly NewEntry[], today: string): Promise<Addition> {
  return replaceFile(topLevel, async () => {
    const loaded = await loadConfig({ topLevel });
    const file = loaded.path ?? NEW_FILE;
    const already = entries.flatMap((entry) => alreadyThere(entry, loaded, today));
    const known = new Set(already.map(({ fingerprint }) => fingerprint));
    const added = entries.filter(({ fingerprint }) => !known.has(fingerprint));
    const addition: Addition = { file, created: loaded.path === null, added, already };
    if (added.length === 0) return { result: addition, write: null };
    const text = await textWith(loaded, file, added);
    return { result: addition, write: { path: join(topLevel, file), text, replaces: loaded.bytes } };
  });
}

/**
 * Takes entries out of the configuration that was loaded, as safely as addEntries puts them in.
 *
 * @throws GuardError as addEntries
 */
export async function removeEntries(
  topLevel: string,
  loaded: LoadedConfig,
  entries: readonly AllowlistEntry[],
): Promise<void> {
  await replaceFile(topLevel, async () => {
    const { path: file, text, config } = loaded;
    const numbers = new Set(entries.map((entry) => config.allowlist.indexOf(entry)));
    const written = file === null ? null : await entriesIn(file, text);
    const after = written === null ? null : withoutEntries(text, written, numbers);
    const kept = config.allowlist.filter((_, number) => !numbers.has(number));
    if (file === null || after === null || !(await saysTheSameAnd(file, after, { ...config, allowlist: kept }, [])))
      throw new GuardError(
        'unsupported',
        `${loaded.file ?? ''} is written so that nothing can be removed from it safely`,
        {
          hint: 'Take the entries out by hand.',
        },
      );
    return {
      result: null,
      write: { path: join(topLevel, file), text: withMark(loaded, after), replaces: loaded.bytes },
    };
  });
}

async function entriesIn(name: string, text: string): Promise<WrittenEntries | null> {
  const source = { name, text };
  switch (formatOf(name)) {
    case 'yaml':
      return entriesInYaml(source);
    case 'json':
      return entriesInJson(source, null);
    case 'package.json':
      return entriesInJson(source, 'cratesguard');
    case 'toml':
      return entriesInToml(source, []);
    case 'Cargo.toml':
      return entriesInToml(source, [await cargoTable(source), 'metadata', 'cratesguard']);
  }
}

/** Decoding took the mark away. */
const withMark = (loaded: LoadedConfig, text: string): string => (loaded.bytes?.[0] === 0xef ? `\ufeff${text}` : text);

function alreadyThere(wanted: NewEntry, loaded: LoadedConfig, today: string): Addition['already'] {
  const entry = loaded.config.allowlist.find((one) => allowsAsMuch(one, wanted) && !isExpired(one, today));
  if (entry === undefined) return [];
  const { line } = positionOf(loaded.text, entry.at);
  return [{ fingerprint: wanted.fingerprint, line, reason: entry.reason }];
}

function allowsAsMuch(entry: AllowlistEntry, wanted: NewEntry): boolean {
  if (entry.fingerprint !== wanted.fingerprint || entry.rules !== null || entry.pattern !== null) return false;
  if (entry.expires !== null && (wanted.expires === null || wanted.expires > entry.expires)) return false;
  const { paths } = entry;
  return paths === null || (wanted.paths?.every((path) => paths.includes(path)) ?? false);
}

async function textWith(loaded: LoadedConfig, file: string, added: readonly NewEntry[]): Promise<string> {
  const before = loaded.path === null ? HEADER : loaded.text;
  const after = await insertedInto(file, before, added);
  if (after === null || !(await saysTheSameAnd(file, after, loaded.config, added)))
    throw new GuardError('unsupported', `${file} is written so that nothing can be added to it safely`, {
      hint: `Add to its allowlist: ${added.map(asOneLine).join(', ')}`,
    });
  return withMark(loaded, after);
}

/** Null where there is no place for them. */
async function insertedInto(name: string, text: string, added: readonly NewEntry[]): Promise<string | null> {
  const source = { name, text };
  switch (formatOf(name)) {
    case 'yaml':
      return insertIntoYaml(source, added);
    case 'json':
      return insertIntoJson(text.trim() === '' ? { name, text: '{}\n' } : source, added, null);
    case 'package.json':
      return insertIntoJson(source, added, 'cratesguard');
    case 'toml':
      return insertIntoToml(source, added, []);
    case 'Cargo.toml':
      return insertIntoToml(source, added, [await cargoTable(source), 'metadata', 'cratesguard']);
  }
}

/** Reads the new text as any configuration is read. */
async function saysTheSameAnd(
  name: string,
  text: string,
  before: Config,
  added: readonly NewEntry[],
): Promise<boolean> {
  let after: Config;
  try {
    const source = decodeConfig(name, Buffer.from(text));
    const root = await sectionOf(source);
    if (root === null) return false;
    after = await configOf(source, root);
  } catch (error) {
    if (error instanceof GuardError && error.code === 'config') return false;
    throw error;
  }
  const wanted = [
    ...before.allowlist.map((entry) => [identityOf(entry), entry.reason]),
    ...added.map((entry) => [identityOf({ ...entry, rules: null, pattern: null }), entry.reason]),
  ];
  const found = after.allowlist.map((entry) => [identityOf(entry), entry.reason]);
  return isDeepStrictEqual([sorted(found), restOf(after)], [sorted(wanted), restOf(before)]);
}

function sorted(entries: readonly (readonly string[])[]): readonly string[] {
  return entries.map((entry) => JSON.stringify(entry)).sort();
}

function restOf({ modes, exclude, allowInline }: Config) {
  return { modes, allowInline, exclude: exclude.map(({ glob }) => glob) };
}

function asOneLine(entry: NewEntry): string {
  return `{ ${membersOfEntry(entry)
    .map(([key, value]) => `"${key}": ${value}`)
    .join(', ')} }`;
}
