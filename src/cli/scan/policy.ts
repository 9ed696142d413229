import { GuardError } from '../../base/error';
import { CONFIG_FILES, loadPolicy, policyFrom } from '../../policy/load';
import type { Policy } from '../../policy/policy';
import type { CiFacts } from '../../scan/report';
import { readFileAt, topLevelOf } from '../../git/revision';
import { type Invocation, isGiven, listOption, textOption } from '../command';
import type { Io } from '../io';

/**
 * The policy that a command line asks for: of `--config`, of a revision, of what a CI run is compared with, or of the work
 * tree at hand.
 *
 * @throws GuardError 'usage' and 'config'; 'unreadable' for a revision that is not there
 */
export async function policyFor(invocation: Invocation, io: Io, ci?: CiFacts): Promise<Policy> {
  const exclude = listOption(invocation, 'exclude');
  const revision = textOption(invocation, 'config-from');
  if (revision === undefined) {
    const file = textOption(invocation, 'config');
    // What a run brings in does not judge itself.
    if (ci !== undefined && file === undefined)
      return ci.configuredBy === null
        ? policyFrom(null, { exclude })
        : revisionPolicy(ci.configuredBy, io, { exclude });
    const before = rangeStart(textOption(invocation, 'range'));
    return workTreePolicy(io, { exclude, before, ...(file !== undefined && { file }) });
  }
  if (isGiven(invocation, 'config'))
    throw new GuardError('usage', '--config and --config-from each name a configuration; give one of them');
  return revisionPolicy(revision, io, { exclude });
}

/** The revision before the change that is judged: `A` of a range `A..B`, else HEAD. */
function rangeStart(range: string | undefined): string {
  const start = range?.split('..', 1)[0] ?? '';
  return start === '' ? 'HEAD' : start;
}

/**
 * The configuration of the work tree around `io.cwd`, or a file that is named; entries that `before` (HEAD, if not given)
 * lacks are new.
 */
export async function workTreePolicy(
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
  options: {
    readonly exclude?: readonly string[];
    readonly file?: string;
    readonly before?: string;
    readonly topLevel?: string | null;
    readonly inline?: 'as-configured' | 'never';
  },
): Promise<Policy> {
  const topLevel = options.topLevel === undefined ? await topLevelOf({ cwd, env }) : options.topLevel;
  return loadPolicy({
    topLevel,
    cwd,
    ...(options.file !== undefined && { file: options.file }),
    ...(options.exclude && { exclude: options.exclude }),
    ...(options.inline && { inline: options.inline }),
    committed: (path) => readFileAt({ cwd, env }, options.before ?? 'HEAD', path),
  });
}

/** The first of the configuration files that a revision has, or the defaults. Nothing of the work tree counts. */
export async function revisionPolicy(
  revision: string,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
  options: { readonly exclude?: readonly string[]; readonly inline?: 'as-configured' | 'never' },
): Promise<Policy> {
  for (const name of CONFIG_FILES) {
    const bytes = await readFileAt({ cwd, env }, revision, name);
    if (bytes === null) continue;
    const policy = await policyFrom({ name, bytes }, options);
    if (policy.file !== null) return policy;
  }
  return policyFrom(null, options);
}
