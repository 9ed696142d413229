import { availableParallelism } from 'node:os';
import { checkFiles } from '../../scan/serve-file-checks';
import { startFileChecks, type FileChecks } from '../../sources/file-checks';
import { fstatSync } from 'node:fs';
import { GuardError } from '../../base/error';
import { topLevelOf } from '../../git/revision';
import { crateSource } from '../../sources/crate';
import { historySource } from '../../sources/history';
import { imageSource } from '../../sources/image';
import { packageSource } from '../../sources/package';
import { pathsSource } from '../../sources/paths';
import { rangeSource } from '../../sources/range';
import type { ShallowRule } from '../../sources/shallow';
import { stagedSource } from '../../sources/staged';
import { openFileBytes, stdinSource } from '../../sources/stdin';
import type { Source } from '../../sources/content';
import { type Invocation, isGiven, listOption, textOption } from '../command';
import type { Io } from '../io';
import type { CiSource } from './ci';

type SourceWord = 'staged' | 'ci' | 'range' | 'history' | 'stdin' | 'image' | 'crate' | 'package' | 'paths';

const OPTION_WORDS = ['staged', 'ci', 'range', 'history', 'stdin', 'image', 'crate', 'package'] as const;

/** Options that say something only beside their source. */
const BELONGS_TO: Readonly<Record<string, readonly SourceWord[]>> = {
  since: ['history'],
  jobs: ['history'],
  fetch: ['ci'],
  'dry-run': ['ci'],
  'allow-shallow': ['ci', 'range', 'history'],
  'stdin-name': ['stdin'],
  'manifest-path': ['package'],
  'package-name': ['package'],
};

/**
 * The one source that a command line names.
 *
 * @throws GuardError 'usage' for none, for two, and for an option that belongs to another one
 */
export async function chosenSource(invocation: Invocation, io: Io): Promise<Source | CiSource> {
  const word = sourceWord(invocation);
  for (const [option, sources] of Object.entries(BELONGS_TO))
    if (isGiven(invocation, option) && !sources.includes(word))
      throw new GuardError('usage', `--${option} goes with --${sources.join(' or --')} only`);
  return SOURCES[word](invocation, io);
}

function sourceWord(invocation: Invocation): SourceWord {
  const named: SourceWord[] = OPTION_WORDS.filter((word) => isGiven(invocation, word));
  if (invocation.args.length > 0) named.push('paths');
  const [word, second] = named;
  if (word === undefined)
    throw new GuardError('usage', 'scan needs to be told what to scan', {
      hint: 'for instance `cratesguard --staged`, `cratesguard scan --history` or `cratesguard scan .`; `cratesguard scan --help` lists the sources',
    });
  if (second !== undefined)
    throw new GuardError('usage', `scan takes one source, and this names two: ${shown(word)} and ${shown(second)}`);
  return word;
}

function shown(word: SourceWord): string {
  return word === 'paths' ? 'a path' : `--${word}`;
}

const SOURCES: Readonly<Record<SourceWord, (invocation: Invocation, io: Io) => Source | Promise<Source | CiSource>>> = {
  staged: (_invocation, { cwd, env }) => stagedSource({ cwd, env }),
  ci: async (invocation, io) => (await import('./ci')).chosenCi(invocation, io, shallowRule(invocation)),
  range: (invocation, { cwd, env }) =>
    rangeSource({ cwd, env, range: textOption(invocation, 'range') ?? '', ...shallowRule(invocation) }),
  history: (invocation, { cwd, env }) => {
    const since = textOption(invocation, 'since');
    const jobs = jobsOf(invocation);
    return historySource({
      cwd,
      env,
      ...shallowRule(invocation),
      ...(since !== undefined && { since }),
      ...(jobs !== undefined && { jobs }),
    });
  },
  stdin: (invocation, { stdin }) =>
    stdinSource({ stdin: inputBytes(stdin), name: textOption(invocation, 'stdin-name') }),
  image: (invocation, { cwd, stdin }) =>
    imageSource({ cwd, file: textOption(invocation, 'image') ?? '', stdin: inputBytes(stdin) }),
  crate: (invocation, { cwd }) => crateSource({ cwd, file: textOption(invocation, 'crate') ?? '' }),
  package: async (invocation, { cwd, env }) =>
    packageSource({
      cwd,
      topLevel: await topLevelOf({ cwd, env }),
      env,
      manifestPath: textOption(invocation, 'manifest-path'),
      packages: listOption(invocation, 'package-name'),
    }),
  paths: async ({ args }, { cwd, env }) =>
    pathsSource({
      cwd,
      topLevel: await topLevelOf({ cwd, env }),
      paths: givenPaths(args),
      openChecks: openFileChecks,
    }),
};

/**
 * A file on standard input is read directly, several times as fast. So is what Node.js takes for an empty stream: a
 * block device, and a folder, which cannot be read and says so.
 */
function inputBytes(stdin: Io['stdin']): AsyncIterable<Buffer> | Iterable<Uint8Array> {
  const { fd } = stdin as { readonly fd?: unknown };
  if (fd !== 0) return stdin as AsyncIterable<Buffer>;
  const stats = fstatSync(0);
  const isDirect = stats.isFile() || stats.isBlockDevice() || stats.isDirectory();
  return isDirect ? openFileBytes(0) : (stdin as AsyncIterable<Buffer>);
}

function shallowRule(invocation: Invocation): ShallowRule {
  return { shallow: isGiven(invocation, 'allow-shallow') ? 'allowed' : 'refused' };
}

function givenPaths(paths: readonly string[]): readonly string[] {
  if (paths.includes('')) throw new GuardError('usage', 'a path to scan is empty');
  return [...new Set(paths)];
}

function jobsOf(invocation: Invocation): number | undefined {
  const value = textOption(invocation, 'jobs');
  if (value === undefined) return undefined;
  const jobs = Number(value);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw new GuardError('usage', `--jobs takes a whole number from 1 to 64, and not '${value}'`);
  return jobs;
}

/** Threads that run this very program; null where there is one core only. */
function openFileChecks(): FileChecks | null {
  return startFileChecks({ file: __filename, cores: availableParallelism(), checkHere: checkFiles });
}
