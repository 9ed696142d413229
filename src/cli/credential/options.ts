import { join, relative, resolve, sep } from 'node:path';
import { existsSync } from 'node:fs';
import { cargoHome, chosenFile, projectFolder } from '../../cargo/config/files';
import { ownScript, startableProgram, thisMachine } from '../../cargo/config/program';
import { CRATES_IO } from '../../cargo/config/providers';
import { looksLikeKey } from '../../cargo/quote';
import {
  isStoreName,
  parseStoreArguments,
  STORE_NAMES,
  STORES,
  type StoreName,
  type StoreSpec,
} from '../../cargo/stores';
import { isInside } from '../../base/paths';
import { GuardError } from '../../base/error';
import type { Invocation } from '../command';
import type { Io } from '../io';

/** What the credential commands read from their command line. */

export interface ConfigPlace {
  readonly file: string;
  /** What a relative program is relative to. */
  readonly base: string;
  readonly isProject: boolean;
}

function textOption({ options }: Invocation, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The registry to set up. Cargo's own rule for names: letters, digits, `-` and `_`. */
export function registryOption(invocation: Invocation): string {
  const name = textOption(invocation, 'registry') ?? CRATES_IO;
  if (looksLikeKey(name)) throw keyInArgument();
  if (!/^[A-Za-z0-9_-]+$/.test(name))
    throw new GuardError(
      'usage',
      'a registry is given by its name in the configuration of cargo: letters, digits, - and _',
    );
  return name;
}

function keyInArgument(): GuardError {
  return new GuardError('usage', 'an argument looks like a key; nothing was done', {
    hint: 'every program on this machine can read arguments: revoke that key, and name the place where a key is kept',
  });
}

/** The store that is named, or undefined where none is. Throws `usage` for an unknown one. */
export function storeArgument({ args }: Invocation): StoreName | undefined {
  const [name] = args;
  if (name === undefined) return undefined;
  if (looksLikeKey(name)) throw keyInArgument();
  if (isStoreName(name)) return name;
  throw new GuardError('usage', `there is no store '${name}'`, { hint: `it is one of ${STORE_NAMES.join(', ')}` });
}

/** Every option that some store takes, by name. */
const STORE_OPTION_NAMES = [
  ...new Set(STORE_NAMES.flatMap((store) => STORES[store].options.map((option) => option.name))),
];

/** Throws `usage` where an option of a store is given and no store. */
export function refuseStoreOptions(invocation: Invocation): void {
  const lonely = STORE_OPTION_NAMES.find((name) => textOption(invocation, name) !== undefined);
  if (lonely !== undefined) throw new GuardError('usage', `--${lonely} goes with a store, and none is named`);
}

/** The arguments that cargo is to hand to the provider: the store and its options. Throws `usage`. */
export function providerArguments(store: StoreName, invocation: Invocation): readonly string[] {
  const given = STORE_OPTION_NAMES.flatMap((name) => {
    const value = textOption(invocation, name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  if (given.some(looksLikeKey)) throw keyInArgument();
  const args = [store, ...given];
  const parsed = parseStoreArguments(args);
  if (parsed.kind === 'wrong') throw new GuardError('usage', parsed.reason);
  // In the order of the table, whatever order they were given in, so that the same setup gives the same line.
  const { options }: StoreSpec = STORES[store];
  return [
    store,
    ...options.flatMap(({ name }) => {
      const value = parsed.options[name];
      return value === undefined ? [] : [`--${name}`, value];
    }),
  ];
}

/** Where the configuration goes: the user's own, or with `--project` the repository's. */
export function configPlace({ options }: Invocation, { env, cwd }: Io): ConfigPlace {
  const isProject = options['project'] === true;
  const folder = isProject ? join(projectFolder(cwd), '.cargo') : cargoHome(env, cwd);
  return { file: chosenFile(folder, 'config'), base: resolve(folder, '..'), isProject };
}

/**
 * The program as the configuration names it. One that lies in the project is named relative to it, so that the file
 * can be shared. Throws `missing-tool` where there is nothing that cargo could start.
 */
export function programOption(invocation: Invocation, { env, cwd }: Io, { base, isProject }: ConfigPlace): string {
  const named = textOption(invocation, 'program');
  if (named !== undefined) return named.includes('/') || existsSync(resolve(cwd, named)) ? resolve(cwd, named) : named;
  const program = startableProgram(ownScript(), thisMachine(env));
  if (program === undefined)
    throw new GuardError('missing-tool', 'cargo-credential-cratesguard was not found beside this program', {
      hint: 'install the package, or name the program with --program',
    });
  return isProject && isInside(base, program) ? relative(base, program).split(sep).join('/') : program;
}
