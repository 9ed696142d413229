import { basename } from 'node:path';
import { plainKeysOf, type PlainKey } from '../../cargo/config/plain-keys';
import { isTemporary } from '../../cargo/config/program';
import {
  indexOf,
  providersOf,
  readConfigFiles,
  variableOf,
  type ConfigFile,
  type Provider,
} from '../../cargo/config/providers';
import { parseToml } from '../../cargo/config/toml-values';
import type { Note } from './messages';
import type { Setup } from './plan';
import type { Io } from '../io';

/** The configuration as it will be: what is decided now must hold then. */
function filesAfter(files: readonly ConfigFile[], { place }: Setup, text: string): readonly ConfigFile[] {
  const changed = { file: place.file, table: parseToml(text, place.file), isUsers: !place.isProject };
  if (files.some(({ file }) => file === place.file))
    return files.map((file) => (file.file === place.file ? changed : file));
  return place.isProject ? [changed, ...files] : [...files, changed];
}

function isOurs(provider: Provider | undefined, { place, program, args }: Setup): boolean {
  return provider?.from === place.file && [program, ...args].every((word, index) => provider.words[index] === word);
}

export interface Outlook {
  readonly notes: readonly Note[];
  readonly plainKeys: readonly PlainKey[];
  readonly indexUrl: string | undefined;
  readonly provider: Provider;
}

/** What will win over what. */
export async function lookAhead(setup: Setup, text: string, { env, cwd }: Io): Promise<Outlook> {
  const { registry, mode, place, program, args } = setup;
  const files = filesAfter(await readConfigFiles(env, cwd), setup, text);
  const { kind, providers } = providersOf(registry, env, files, cwd);
  const [first, next] = providers;
  const notes: Note[] = [];
  const nameOf = (provider: Provider): string => provider.words[0] ?? '';
  if (!isOurs(first, setup) && first !== undefined)
    notes.push(
      kind === 'only' || !providers.some((provider) => isOurs(provider, setup))
        ? { code: 'overruled', by: first.from }
        : { code: 'asked-first', program: nameOf(first), from: first.from },
    );
  else if (next !== undefined) notes.push({ code: 'asked-next', program: nameOf(next) });

  const variable = variableOf(registry, 'token');
  const readsIt = args[0] === 'env' && (!args.includes('--var') || args.includes(variable));
  if (env[variable] !== undefined && !readsIt) notes.push({ code: 'token-variable', variable, mode });
  const plainKeys = await plainKeysOf(registry, env, files, cwd);
  for (const { file, path } of plainKeys) notes.push({ code: 'plain-key', file, key: path.join('.'), mode });
  if (isTemporary(program)) notes.push({ code: 'temporary-program', program });
  else if (place.isProject && /^(?:[A-Za-z]:)?[\\/]/.test(program)) notes.push({ code: 'local-program', program });
  if (basename(place.file) === 'config') notes.push({ code: 'bare-file', file: place.file });
  const indexUrl = indexOf(registry, env, files, cwd);
  if (indexUrl === undefined) notes.push({ code: 'no-index', registry });
  const provider = { words: [program, ...args], base: place.base, from: place.file, isUsers: true };
  return { notes, plainKeys, indexUrl, provider };
}
