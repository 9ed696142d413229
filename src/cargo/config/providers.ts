import { dirname, resolve } from 'node:path';
import { GuardError } from '../../base/error';
import type { Environment } from './environment';
import { cargoHome, configFiles, readText } from './files';
import { parseToml, valueAt, type Table } from './toml-values';

/** Whom cargo asks for the key of a registry, and in which order: its configuration, read as it does. */

export const CRATES_IO = 'crates-io';

export interface ConfigFile {
  readonly file: string;
  readonly table: Table;
  /** False for a file of the project at hand, which its repository chose. */
  readonly isUsers: boolean;
}

export interface Provider {
  /** The program, or the name of one of cargo's own such as `cargo:token`, and its arguments. */
  readonly words: readonly string[];
  /** What a relative program is relative to. */
  readonly base: string;
  /** A file, an environment variable, or `default`. */
  readonly from: string;
  readonly isUsers: boolean;
}

export interface Providers {
  /** `only`: nobody else is asked. `list`: one after the other, in this order. */
  readonly kind: 'only' | 'list';
  readonly providers: readonly Provider[];
}

/** Reads all configuration files, the one that wins first. Throws `config` or `unreadable`. */
export async function readConfigFiles(env: Environment, cwd: string): Promise<readonly ConfigFile[]> {
  const home = cargoHome(env, cwd);
  const files: ConfigFile[] = [];
  for (const file of configFiles(env, cwd)) {
    const text = await readText(file);
    if (text !== undefined) files.push({ file, table: parseToml(text, file), isUsers: dirname(file) === home });
  }
  return files;
}

/** The table that holds a registry's settings. */
export function tableOf(registry: string): readonly string[] {
  return registry === CRATES_IO ? ['registry'] : ['registries', registry];
}

/** The environment variable that sets a key of a registry's table, such as `token`. */
export function variableOf(registry: string, key: string): string {
  const table = registry === CRATES_IO ? 'REGISTRY' : `REGISTRIES_${registry}`;
  return `CARGO_${table}_${key}`.toUpperCase().replaceAll('-', '_');
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function splitWords(text: string): readonly string[] {
  return text.split(/[\t\n\f\r ]+/).filter((word) => word !== '');
}

interface Found {
  readonly value: string | readonly string[];
  readonly from: string;
  readonly base: string;
  readonly isUsers: boolean;
}

function find(
  path: readonly string[],
  variable: string,
  env: Environment,
  files: readonly ConfigFile[],
  cwd: string,
): Found | undefined {
  const set = env[variable];
  if (set !== undefined && set !== '') return { value: splitWords(set), from: variable, base: cwd, isUsers: true };
  for (const { file, table, isUsers } of files) {
    const value = valueAt(table, path);
    if (value === undefined) continue;
    if (typeof value !== 'string' && !isTexts(value))
      throw new GuardError('config', `${file}: ${path.join('.')} is neither a text nor a list of texts`);
    return { value, from: file, base: dirname(dirname(file)), isUsers };
  }
  return undefined;
}

/** Whom cargo asks for `registry` in `cwd`. */
export function providersOf(registry: string, env: Environment, files: readonly ConfigFile[], cwd: string): Providers {
  const expand = (words: readonly string[], from: Omit<Provider, 'words'>): Provider => {
    const [name = ''] = words;
    if (words.length !== 1) return { words, ...from };
    const variable = `CARGO_CREDENTIAL_ALIAS_${name}`.toUpperCase().replaceAll('-', '_');
    const alias = find(['credential-alias', name], variable, env, files, cwd);
    if (alias === undefined) return { words, ...from };
    const { value, ...where } = alias;
    return { words: typeof value === 'string' ? splitWords(value) : value, ...where };
  };
  const own = find(
    [...tableOf(registry), 'credential-provider'],
    variableOf(registry, 'credential-provider'),
    env,
    files,
    cwd,
  );
  if (own !== undefined) {
    const { value, ...where } = own;
    return { kind: 'only', providers: [expand(typeof value === 'string' ? splitWords(value) : value, where)] };
  }
  const list = find(
    ['registry', 'global-credential-providers'],
    'CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS',
    env,
    files,
    cwd,
  );
  const { value, ...where } = list ?? { value: ['cargo:token'], from: 'default', base: cwd, isUsers: true };
  const entries = typeof value === 'string' ? splitWords(value) : value;
  // The last one of the list wins.
  return { kind: 'list', providers: entries.map((entry) => expand(splitWords(entry), where)).reverse() };
}

/** The index address of a registry, as cargo names it to a provider; undefined where no configuration has it. */
export function indexOf(
  registry: string,
  env: Environment,
  files: readonly ConfigFile[],
  cwd: string,
): string | undefined {
  if (registry === CRATES_IO) return 'https://github.com/rust-lang/crates.io-index';
  const found = find([...tableOf(registry), 'index'], variableOf(registry, 'index'), env, files, cwd);
  return typeof found?.value === 'string' ? found.value : found?.value[0];
}

/** The program as cargo would start it: with a separator in it, relative to the folder that holds `.cargo`. */
export function programOf({ words, base }: Provider): string {
  const [program = ''] = words;
  const hasFolder = program.includes('/') || (process.platform === 'win32' && program.includes('\\'));
  return hasFolder ? resolve(base, program) : program;
}
