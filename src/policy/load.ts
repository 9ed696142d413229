import { GuardError } from '../base/error';
import { configOf, DEFAULT_CONFIG, type Config } from './config';
import { dayInUtc } from '../base/dates';
import { decodeConfig } from './decode';
import { identityOf } from './entry';
import { namedConfig, searchConfig } from './explorer';
import { compileGlob } from './glob';
import { createJudge } from './judge';
import type { Policy } from './policy';
import { formatOf, isHost, mentionsUs, sectionOf } from './section';

export { CONFIG_FILES } from './section';

export interface PolicyOptions {
  /** The top of the work tree, where the configuration is looked for; null where there is none. */
  readonly topLevel: string | null;
  /** `--config FILE`, relative to `cwd`. */
  readonly file?: string;
  /** Without it, the process's. */
  readonly cwd?: string;
  /** `YYYY-MM-DD`, in UTC; without it, the day it is. */
  readonly today?: string;
  /** `never`: inline comments do not count, whatever the configuration says (the server). */
  readonly inline?: 'as-configured' | 'never';
  /** `--exclude` globs, beside the configuration's own. */
  readonly exclude?: readonly string[];
  /**
   * A file as the commit before the change has it, null where it does not: an entry that is not in it is `new`. Called
   * at most once, and only when an entry allows something. `path` is relative to the top of the work tree.
   */
  readonly committed?: (path: string) => Promise<Uint8Array | null>;
}

/** A configuration and where it came from, for the commands that look at its entries. */
export interface LoadedConfig {
  readonly config: Config;
  /** As messages name it; null without a file. */
  readonly file: string | null;
  /** Relative to the top of the work tree; null where it is not in it. */
  readonly path: string | null;
  /** The file's text, into which entries' `at` points. */
  readonly text: string;
  readonly bytes: Uint8Array | null;
}

const NO_FILE: LoadedConfig = { config: DEFAULT_CONFIG, file: null, path: null, text: '', bytes: null };

/**
 * Reads the configuration of a work tree, or the one that `file` names, and makes a policy of it. Everything in it is
 * checked, used or not. Only what it needs is loaded: without a file, no parser.
 *
 * @throws GuardError('config') with file, line and column for whatever is wrong in it; GuardError('unreadable') where it
 *   cannot be read; GuardError('usage') for a bad `exclude`
 */
export async function loadPolicy(options: PolicyOptions): Promise<Policy> {
  return policyOf(await loadConfig(options), options);
}

/** The configuration without the policy; `file` and `topLevel` as in loadPolicy. */
export async function loadConfig(options: Pick<PolicyOptions, 'topLevel' | 'file' | 'cwd'>): Promise<LoadedConfig> {
  const { topLevel, file } = options;
  const found =
    file !== undefined
      ? await namedConfig(file, topLevel, options.cwd ?? process.cwd())
      : topLevel === null
        ? null
        : await searchConfig(topLevel);
  if (found === null) return NO_FILE;
  const { source, root, path, bytes } = found;
  return { config: await configOf(source, root), file: source.name, path, text: source.text, bytes };
}

/**
 * A policy from a file's bytes, as a revision has them. The name decides the format. A `package.json` or `Cargo.toml`
 * without our key gives a policy of defaults whose `file` is null: the next of CONFIG_FILES may then be the one.
 *
 * @throws GuardError as loadPolicy
 */
export async function policyFrom(
  file: { readonly name: string; readonly bytes: Uint8Array } | null,
  options: Omit<PolicyOptions, 'topLevel' | 'file' | 'cwd'> = {},
): Promise<Policy> {
  const config = file === null ? null : await configFrom(file.name, file.bytes);
  return policyOf(config === null || file === null ? NO_FILE : { ...NO_FILE, config, file: file.name }, options);
}

/** Null for a host without our key. */
async function configFrom(name: string, bytes: Uint8Array): Promise<Config | null> {
  if (isHost(formatOf(name)) && !mentionsUs(bytes)) return null;
  const source = decodeConfig(name, bytes);
  const root = await sectionOf(source);
  return root === null ? null : configOf(source, root);
}

/** The policy that a configuration makes. */
export function policyOf(loaded: LoadedConfig, options: Omit<PolicyOptions, 'topLevel' | 'file' | 'cwd'>): Policy {
  const { config, file } = loaded;
  const globs = [...config.exclude.map(({ matches }) => matches), ...(options.exclude ?? []).map(excludeGlob)];
  return {
    file,
    modes: config.modes,
    excluded: (path) => globs.some((matches) => matches(path)),
    judge: createJudge({
      config,
      today: options.today ?? dayInUtc(new Date()),
      inlineCounts: config.allowInline && options.inline !== 'never',
      committed: () => committedEntries(loaded.path, options.committed),
    }),
  };
}

function excludeGlob(glob: string): (path: string) => boolean {
  const matches = compileGlob(glob);
  if (typeof matches === 'function') return matches;
  throw new GuardError(
    'usage',
    `--exclude: ${matches.fault}`,
    matches.hint === undefined ? {} : { hint: matches.hint },
  );
}

/** Of a committed file that is no sound configuration, no entry was in force: all are new. */
async function committedEntries(
  path: string | null,
  committed: PolicyOptions['committed'],
): Promise<ReadonlySet<string> | null> {
  if (path === null || committed === undefined) return null;
  try {
    const bytes = await committed(path);
    if (bytes === null) return new Set();
    const config = await configFrom(path, bytes);
    return new Set(config?.allowlist.map(identityOf));
  } catch (error) {
    if (error instanceof GuardError && error.code === 'config') return new Set();
    throw error;
  }
}
