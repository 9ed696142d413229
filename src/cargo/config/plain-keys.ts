import { createHash } from 'node:crypto';
import type { Environment } from './environment';
import { cargoHome, chosenFile, readText } from './files';
import { dropEntry } from './managed-block';
import { CRATES_IO, tableOf, type ConfigFile } from './providers';
import { parseToml, valueAt } from './toml-values';

/** Keys that lie in plain text where cargo reads them. The keys themselves go no further than this file. */

export interface PlainKey {
  readonly file: string;
  readonly path: readonly string[];
  /** `sha256:` and hex of the key's bytes, to tell whether it is the key that the provider gave. */
  readonly fingerprint: string;
}

function keysIn(table: Readonly<Record<string, unknown>>, file: string, paths: readonly (readonly string[])[]) {
  return paths.flatMap((path): readonly PlainKey[] => {
    const key = valueAt(table, path);
    if (typeof key !== 'string' || key === '') return [];
    return [{ file, path, fingerprint: `sha256:${createHash('sha256').update(key).digest('hex')}` }];
  });
}

/** The plain keys of a registry in cargo's credentials file and in its configuration files. */
export async function plainKeysOf(
  registry: string,
  env: Environment,
  files: readonly ConfigFile[],
  cwd: string,
): Promise<readonly PlainKey[]> {
  const path = [...tableOf(registry), 'token'];
  const credentials = chosenFile(cargoHome(env, cwd), 'credentials');
  const text = await readText(credentials);
  // The old layout of a credentials file has the key of crates.io at its top.
  const paths = registry === CRATES_IO ? [path, ['token']] : [path];
  const stored = text === undefined ? [] : keysIn(parseToml(text, credentials), credentials, paths);
  return [...stored, ...files.flatMap(({ file, table }) => keysIn(table, file, [path]))];
}

/** The file without that key; undefined where it is written in a way that can't be changed safely. */
export async function withoutPlainKey({
  file,
  path,
}: PlainKey): Promise<{ before: string; after: string } | undefined> {
  const before = await readText(file);
  const after = before === undefined ? undefined : dropEntry(before, path);
  return before === undefined || after === undefined ? undefined : { before, after };
}
