import { isCratesIo, type Registry } from '../protocol';
import { quote } from '../quote';
import type { StoreAnswer, StoreContext, StoreOptions } from '../stores';
import { failed } from './settings';

/**
 * The variable in which cargo itself looks for the key of a registry; undefined if the registry has no name.
 * https://doc.rust-lang.org/cargo/reference/config.html#registriesnametoken
 */
export function cargoVariable(registry: Registry): string | undefined {
  if (isCratesIo(registry)) return 'CARGO_REGISTRY_TOKEN';
  if (registry.name === undefined) return undefined;
  return `CARGO_REGISTRIES_${registry.name.toUpperCase().replaceAll('-', '_')}_TOKEN`;
}

function read(options: StoreOptions, { registry, env }: StoreContext): StoreAnswer {
  const name = options['var'] ?? cargoVariable(registry);
  if (name === undefined)
    return failed('settings', 'this registry has no name in the configuration: name the variable with --var');
  const key = env[name];
  if (key === undefined) return { kind: 'not-found', reason: `the environment has no variable ${quote(name)}` };
  // In CI, that is what a missing secret looks like.
  if (key === '') return failed('field', `the environment variable ${quote(name)} is set but empty`);
  return { kind: 'key', key };
}

/** Reads `--var`, or cargo's own variable for the registry. */
export function readEnvironment(options: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  return Promise.resolve(read(options, context));
}
