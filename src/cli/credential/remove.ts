import { readText } from '../../cargo/config/files';
import { takeSettings, type Origin } from '../../cargo/config/managed-block';
import { providersOf, readConfigFiles } from '../../cargo/config/providers';
import { parseToml } from '../../cargo/config/toml-values';
import { isStoreName, type StoreName } from '../../cargo/stores';
import { GuardError } from '../../base/error';
import type { Outcome } from '../../outcome';
import type { Invocation } from '../command';
import { makeChange } from './change';
import { describeByHand } from './messages';
import { configPlace, registryOption, storeArgument } from './options';
import { blockIdsOf } from './plan';
import type { Io } from '../io';

/** Which store a registry is set up with, among all providers that cargo would ask. */
async function storesInUse(registry: string, { env, cwd }: Io): Promise<readonly StoreName[]> {
  const { providers } = providersOf(registry, env, await readConfigFiles(env, cwd), cwd);
  return providers.flatMap(({ words }) => words.filter(isStoreName).slice(0, 1));
}

async function checkStore(store: StoreName | undefined, registry: string, io: Io): Promise<void> {
  if (store === undefined) return;
  const used = await storesInUse(registry, io);
  if (used.length > 0 && !used.includes(store))
    throw new GuardError('usage', `${registry} is set up with ${used.join(', ')} and not with ${store}`);
}

/** `cratesguard credential remove [STORE]`: takes out what a setup put in, and brings back what that replaced. */
export async function removeCredential(invocation: Invocation, io: Io): Promise<Outcome> {
  const registry = registryOption(invocation);
  const store = storeArgument(invocation);
  const { file } = configPlace(invocation, io);
  const before = await readText(file);
  let after = before ?? '';
  let origin: Origin = 'old file';
  parseToml(after, file);
  for (const id of blockIdsOf(registry)) {
    const taken = takeSettings(after, id);
    if (taken?.edit.kind === 'refused') {
      io.stdout.write(describeByHand(file, taken.edit.lines, 'take out'));
      return { kind: 'blocked' };
    }
    if (taken === undefined) continue;
    after = taken.edit.text;
    origin = taken.origin;
  }
  if (before === undefined || after === before) {
    io.stdout.write(`${file} has nothing of \`cratesguard credential setup\` for ${registry}.\n`);
    return { kind: 'clean' };
  }
  await checkStore(store, registry, io);
  const change = {
    file,
    before,
    ...(after === '' && origin !== 'old file' ? { after: undefined, made: origin } : { after }),
  };
  if (!(await makeChange(change, invocation.options['yes'] === true, io))) return { kind: 'clean' };
  io.stdout.write(`${file} is as it was before.\n`);
  return { kind: 'clean' };
}
