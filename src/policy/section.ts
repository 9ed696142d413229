import { basename, extname } from 'node:path';
import { GuardError } from '../base/error';
import { faultAt, memberOf, type ConfigNode, type ConfigText } from './document';
import { parseJson } from './parse-json';
import { parseToml } from './parse-toml';
import { parseYaml } from './parse-yaml';

/** Where a configuration may be, at the top of the work tree; the first that counts is the one. */
export const CONFIG_FILES: readonly string[] = [
  '.cratesguardrc',
  '.cratesguardrc.json',
  '.cratesguardrc.yaml',
  '.cratesguardrc.yml',
  '.cratesguardrc.toml',
  'package.json',
  'Cargo.toml',
];

/** Our place in a file that is somebody else's. */
const KEY = 'cratesguard';

export type ConfigFormat = 'yaml' | 'json' | 'toml' | 'package.json' | 'Cargo.toml';

/**
 * By the name alone, which may be a path or `REVISION:PATH`.
 *
 * @throws GuardError('config') for a name of something that runs
 */
export function formatOf(name: string): ConfigFormat {
  const base = basename(name.slice(name.lastIndexOf(':') + 1));
  if (base === 'package.json' || base === 'Cargo.toml') return base;
  const extension = extname(base).toLowerCase();
  if (/^\.[cm]?[jt]sx?$/.test(extension))
    throw new GuardError('config', `${name}: a configuration is data, and never run`, {
      hint: 'Write it as YAML, JSON or TOML.',
    });
  if (extension === '.json') return 'json';
  return extension === '.toml' ? 'toml' : 'yaml';
}

/** True for a file that is there anyway, and counts only where it has our key. */
export function isHost(format: ConfigFormat): format is 'package.json' | 'Cargo.toml' {
  return format === 'package.json' || format === 'Cargo.toml';
}

/** False where a host's bytes do not so much as mention us: it is then not ours to parse, nor to find fault with. */
export function mentionsUs(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(KEY);
}

/**
 * The configuration that a file holds, as data with positions; an empty mapping for an empty file. Null where the file
 * is a host without our key.
 *
 * @throws GuardError('config') with file, line and column
 */
export async function sectionOf(source: ConfigText): Promise<ConfigNode | null> {
  const format = formatOf(source.name);
  if (isHost(format)) return hostedSection(source, format);
  if (source.text.trim() === '') return EMPTY;
  switch (format) {
    case 'yaml':
      return (await parseYaml(source)) ?? EMPTY;
    case 'json':
      return parseJson(source);
    case 'toml':
      return parseToml(source);
  }
}

const EMPTY: ConfigNode = { kind: 'mapping', at: 0, members: [] };

async function hostedSection(source: ConfigText, format: 'package.json' | 'Cargo.toml'): Promise<ConfigNode | null> {
  if (!source.text.includes(KEY)) return null;
  if (format === 'Cargo.toml') {
    const root = await parseToml(source);
    return cargoSection(root, 'workspace') ?? cargoSection(root, 'package') ?? null;
  }
  const root = await parseJson(source);
  const found = root.kind === 'mapping' ? root.members.filter((member) => member.key === KEY) : [];
  if (found[1] !== undefined) throw faultAt(source, found[1].at, `the key '${KEY}' is already there`);
  return found[0]?.value ?? null;
}

/** The workspace's metadata comes first: it speaks for the whole repository, a package's for one of its crates. */
function cargoSection(root: ConfigNode, table: 'workspace' | 'package'): ConfigNode | undefined {
  return memberOf(memberOf(memberOf(root, table)?.value, 'metadata')?.value, KEY)?.value;
}

/** The table of a Cargo.toml whose metadata holds the configuration. */
export async function cargoTable(source: ConfigText): Promise<'workspace' | 'package'> {
  return cargoSection(await parseToml(source), 'workspace') === undefined ? 'package' : 'workspace';
}
