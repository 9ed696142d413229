import { ownScript } from '../../cargo/config/program';
import { indexOf, programOf, providersOf, readConfigFiles, type Provider } from '../../cargo/config/providers';
import type { Asked } from '../../cargo/ask';
import type { Registry } from '../../cargo/protocol';
import { quote } from '../../cargo/quote';
import { GuardError } from '../../base/error';
import type { Outcome } from '../../outcome';
import type { Invocation } from '../command';
import { askAndTell, mayStart } from './ask';
import { providerArguments, refuseStoreOptions, registryOption, storeArgument } from './options';
import type { Io } from '../io';

function isFallThrough(asked: Asked): boolean {
  return asked.kind === 'refused' && ['not-found', 'url-not-supported'].includes(asked.error);
}

function outcomeOf(asked: Asked): Outcome {
  if (asked.kind === 'key') return { kind: 'clean' };
  return isFallThrough(asked) ? { kind: 'blocked' } : { kind: 'incomplete' };
}

/** Asks one provider of the configuration; undefined where it is not for this command to start. */
async function askConfigured(provider: Provider, registry: Registry, io: Io): Promise<Asked | undefined> {
  const [name = '', ...args] = provider.words;
  io.stdout.write(`Cargo asks ${[name, ...args].map(quote).join(' ')} (${provider.from}).\n`);
  if (name.startsWith('cargo:')) {
    io.stdout.write('That is built into cargo: it is not asked here.\n');
    return undefined;
  }
  if (!mayStart(provider)) {
    io.stdout.write('That program was chosen by this repository: it is not started here.\n');
    return undefined;
  }
  return askAndTell({ program: programOf(provider), args, registry }, io);
}

/** As cargo does: one provider after the other, until one has an answer that is no "ask the next". */
async function askInTurn(providers: readonly Provider[], registry: Registry, io: Io): Promise<Outcome> {
  let outcome: Outcome = { kind: 'blocked' };
  for (const provider of providers) {
    const asked = await askConfigured(provider, registry, io);
    if (asked === undefined) break;
    outcome = outcomeOf(asked);
    if (!isFallThrough(asked)) break;
  }
  return outcome;
}

/**
 * `cratesguard credential test [STORE …]`: asks the provider as cargo would. Without a store, the one that cargo's
 * configuration names for the registry; with one, this program's own with these arguments, before any setup.
 */
export async function testCredential(invocation: Invocation, io: Io): Promise<Outcome> {
  const name = registryOption(invocation);
  const store = storeArgument(invocation);
  if (store === undefined) refuseStoreOptions(invocation);
  const files = await readConfigFiles(io.env, io.cwd);
  const indexUrl = indexOf(name, io.env, files, io.cwd);
  if (indexUrl === undefined)
    throw new GuardError('config', `no configuration says where the registry ${name} is`, {
      hint: `set registries.${name}.index`,
    });
  const registry = { indexUrl, name };
  if (store === undefined) return askInTurn(providersOf(name, io.env, files, io.cwd).providers, registry, io);
  const args = providerArguments(store, invocation);
  // Node.js and the script: so it starts on every system, whatever runs scripts there.
  return outcomeOf(await askAndTell({ program: process.execPath, programArgs: [ownScript()], args, registry }, io));
}
