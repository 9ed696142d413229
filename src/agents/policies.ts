/** What is let through, by where it is. */
import { lstatSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isInside } from '../base/paths';
import { DEFAULT_CONFIG } from '../policy/config';
import { loadConfig, policyOf } from '../policy/load';
import type { Policy } from '../policy/policy';

export interface Policies {
  /** The top of the work tree that the agent works in; null outside of any. */
  readonly topLevel: string | null;
  /** For files of the repository: its configuration as it is. */
  readonly inside: Policy;
  /**
   * For everything else: prompts, commands, what a tool printed, files elsewhere. A repository has no say there, but for
   * the fingerprints that its allowlist names.
   */
  readonly outside: Policy;
}

/**
 * The policies for an agent that works in `cwd`.
 *
 * @throws GuardError 'config', 'unreadable'
 */
export async function policiesAt(cwd: string): Promise<Policies> {
  const topLevel = topLevelAbove(cwd);
  const loaded = await loadConfig({ topLevel, cwd });
  const { config } = loaded;
  const elsewhere = {
    ...config,
    modes: DEFAULT_CONFIG.modes,
    exclude: [],
    allowInline: false,
    allowlist: config.allowlist.filter(({ fingerprint }) => fingerprint !== null),
  };
  return { topLevel, inside: policyOf(loaded, {}), outside: policyOf({ ...loaded, config: elsewhere }, {}) };
}

/** The nearest folder upwards with a `.git`, without asking git. */
function topLevelAbove(cwd: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (lstatSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** A path below the top of the work tree, with `/` between folders; null for one elsewhere. */
export function pathInside(topLevel: string | null, path: string): string | null {
  if (topLevel === null) return null;
  if (!isInside(topLevel, path)) return null;
  const way = relative(topLevel, path);
  return sep === '/' ? way : way.replaceAll(sep, '/');
}
