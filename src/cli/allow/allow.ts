import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileFailure, GuardError, systemErrorCode } from '../../base/error';
import type { Outcome } from '../../outcome';
import { addEntries, removeEntries, type Addition, type NewEntry } from '../../policy/add-entries';
import { baselineOf, type Baseline } from '../../policy/baseline';
import { dayInUtc, isDay } from '../../base/dates';
import { positionOf } from '../../policy/document';
import { asFingerprint, type AllowlistEntry } from '../../policy/entry';
import { compileGlob } from '../../policy/glob';
import { loadConfig, policyOf, type LoadedConfig } from '../../policy/load';
import { holdsSecret } from '../../policy/secret-check';
import { checkEntries, type CollectCandidates, type Sighting } from '../../policy/stale';
import type { Invocation, OptionValue, RunCommand } from '../command';
import type { Io } from '../io';
import { topLevelOf } from '../../git/revision';
import { candidatesOf } from '../../scan/candidates';
import { historySource } from '../../sources/history';
import { pathsSource } from '../../sources/paths';
import { stagedSource } from '../../sources/staged';

/** What `allow` needs of the rest of the program. */
export interface AllowWorld {
  /**
   * The top of the work tree.
   * @throws GuardError('no-repository'), and 'unsupported' where there is no work tree
   */
  readonly topLevelOf: (io: Io) => Promise<string>;
  readonly collect: (io: Io, topLevel: string) => CollectCandidates;
  readonly now: () => Date;
}

/** `cratesguard allow FINGERPRINT… --reason TEXT`, `--from REPORT`, `--check` and `--prune`. */
export function createAllow(world: AllowWorld): RunCommand {
  return async (invocation, io) => {
    const today = dayInUtc(world.now());
    if (invocation.options['check'] === true) return check('check', invocation, io, world, today);
    if (invocation.options['prune'] === true) return check('prune', invocation, io, world, today);
    const baseline = await baselineIn(invocation, io);
    const entries = entriesOf(invocation, baseline?.fingerprints ?? invocation.args.map(fingerprintOfArgument), today);
    const topLevel = await world.topLevelOf(io);
    sayWhatWasAdded(await addEntries(topLevel, entries, today), io);
    return baseline === null ? { kind: 'clean' } : sayWhatIsLeft(baseline, io);
  };
}

async function baselineIn({ args, options }: Invocation, { cwd }: Io): Promise<Baseline | null> {
  const file = options['from'];
  if (typeof file !== 'string') return null;
  if (args.length > 0) throw usage('allow takes fingerprints or --from, not both');
  try {
    return baselineOf(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new GuardError('unreadable', `${file}: ${fileFailure(code)}`, { cause: error });
  }
}

function sayWhatIsLeft({ fingerprints, unnamed, unread }: Baseline, io: Io): Outcome {
  if (fingerprints.length === 0) io.stdout.write('The report has no blocked finding with a fingerprint.\n');
  if (unread > 0) io.stderr.write('The scan that made this report could not read everything.\n');
  if (unnamed.length === 0) return { kind: 'clean' };
  io.stderr.write('These are too short for a fingerprint. Allow each with an entry of its own, by path and rule:\n');
  for (const place of unnamed) io.stderr.write(`  ${place}\n`);
  return { kind: 'blocked' };
}

/** @throws GuardError('usage'); no message quotes what was given, for it may be a key */
function entriesOf({ args, options }: Invocation, fingerprints: readonly string[], today: string): readonly NewEntry[] {
  if (args.length === 0 && options['from'] === undefined)
    throw usage('allow needs a fingerprint', 'A finding shows its fingerprint: sha256: and 64 hex digits.');
  const reason = reasonOf(options['reason']);
  const expires = expiryOf(options['expires'], today);
  const paths = pathsOf(options['path']);
  return [...new Set(fingerprints)].map((fingerprint) => ({ fingerprint, paths, reason, expires }));
}

function fingerprintOfArgument(argument: string): string {
  refuseSecret(argument);
  const fingerprint = asFingerprint(argument);
  if (fingerprint === null)
    throw usage(
      'an argument that is no fingerprint',
      'A fingerprint is sha256: and 64 hex digits; a finding shows it.',
    );
  return fingerprint;
}

function refuseSecret(text: string): void {
  if (holdsSecret(text))
    throw usage(
      'this holds a key itself, and a command line is no place for it: the shell keeps a history',
      'Give the fingerprint that the finding shows. If anybody could have read the key, revoke it.',
    );
}

function reasonOf(value: OptionValue): string {
  const reason = typeof value === 'string' ? value.replace(/\s+/gu, ' ').trim() : '';
  if (reason === '') throw usage('allow needs a reason', "Say why it may stay: --reason 'revoked on 2026-01-05'.");
  refuseSecret(reason);
  if (/\p{Cc}/u.test(reason)) throw usage('the reason holds control characters');
  return reason;
}

function expiryOf(value: OptionValue, today: string): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string' || !isDay(value)) throw usage('--expires wants a day, as 2027-01-31');
  if (value <= today)
    throw usage(`--expires ${value}: an entry no longer allows from that day on, and today is ${today} in UTC`);
  return value;
}

function pathsOf(value: OptionValue): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const globs = value as readonly string[];
  for (const glob of globs) {
    refuseSecret(glob);
    const compiled = compileGlob(glob);
    if (typeof compiled !== 'function') throw usage(`--path: ${compiled.fault}`, compiled.hint);
    if (/\p{Cc}/u.test(glob)) throw usage('--path: the glob holds control characters');
  }
  return [...new Set(globs)];
}

function usage(message: string, hint?: string): GuardError {
  return new GuardError('usage', message, hint === undefined ? {} : { hint });
}

function sayWhatWasAdded({ file, created, added, already }: Addition, io: Io): void {
  for (const { fingerprint, line, reason } of already)
    io.stdout.write(`${file}:${line} already allows ${fingerprint}: ${reason}\n`);
  if (added.length === 0) return;
  io.stdout.write(created ? `wrote ${file}, which allows\n` : `added to ${file}\n`);
  for (const { fingerprint, paths, reason, expires } of added) {
    const where = paths === null ? '' : ` in ${paths.join(', ')}`;
    const until = expires === null ? '' : ` until ${expires}`;
    io.stdout.write(`  ${fingerprint}${where}${until}: ${reason}\n`);
  }
  io.stdout.write(`Commit ${file}: what it allows is part of the repository, and reviewed as such.\n`);
}

async function check(
  what: 'check' | 'prune',
  invocation: Invocation,
  io: Io,
  world: AllowWorld,
  today: string,
): Promise<Outcome> {
  const { args, options } = invocation;
  if (args.length > 0 || Object.keys(options).length > 1) throw usage(`allow --${what} takes nothing else`);
  const topLevel = await world.topLevelOf(io);
  const loaded = await loadConfig({ topLevel });
  const policy = policyOf(loaded, { today });
  const { allowlist } = loaded.config;
  const { expired, stale } = await checkEntries(allowlist, world.collect(io, topLevel)(policy), today);
  for (const entry of expired)
    io.stdout.write(
      `expired  ${placeOf(entry, loaded)}  ${describe(entry)}, on ${entry.expires ?? ''}: ${entry.reason}\n`,
    );
  for (const entry of stale)
    io.stdout.write(`stale    ${placeOf(entry, loaded)}  ${describe(entry)}: ${entry.reason}\n`);
  if (expired.length + stale.length > 0) {
    if (what === 'prune') {
      await removeEntries(topLevel, loaded, [...expired, ...stale]);
      io.stderr.write(`Removed from ${loaded.file ?? ''}.\n`);
      return { kind: 'clean' };
    }
    io.stderr.write(
      `Nothing needs a stale entry, and an expired one no longer allows: \`cratesguard allow --prune\` takes them out of ${loaded.file ?? ''}.\n`,
    );
    return { kind: 'blocked' };
  }
  const verdicts = ['The allowlist is empty.', 'The one entry is needed.'];
  io.stderr.write(`${verdicts[allowlist.length] ?? `Each of the ${allowlist.length} entries is needed.`}\n`);
  return { kind: 'clean' };
}

function placeOf(entry: AllowlistEntry, { file, text }: LoadedConfig): string {
  const { line, column } = positionOf(text, entry.at);
  return `${file ?? ''}:${line}:${column}`;
}

/** By its conditions; a pattern may quote a piece of a secret, and is not shown. */
function describe({ fingerprint, paths, rules, pattern }: AllowlistEntry): string {
  const parts = [
    fingerprint,
    paths && `in ${paths.join(', ')}`,
    rules && `of ${rules.join(', ')}`,
    pattern && 'by a pattern',
  ];
  return parts.filter((part) => part !== null).join(' ');
}

/** What `allow` needs to know of the repository at hand. */
export const allowWorld: AllowWorld = {
  topLevelOf: async ({ cwd, env }) => {
    const topLevel = await topLevelOf({ cwd, env });
    if (topLevel !== null) return topLevel;
    throw new GuardError('no-repository', 'there is no git repository with a work tree here', {
      hint: 'run it inside of one',
    });
  },
  collect: ({ env, signal }, topLevel): CollectCandidates =>
    async function* (policy): AsyncGenerator<Sighting> {
      // The quickest first: what needs an entry mostly lies in the work tree.
      const sources = [
        pathsSource({ cwd: topLevel, topLevel, paths: ['.'] }),
        stagedSource({ cwd: topLevel, env }),
        historySource({ cwd: topLevel, env }),
      ];
      for (const source of sources) yield* candidatesOf({ source, policy, signal });
    },
  now: () => new Date(),
};
