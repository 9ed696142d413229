import { isCratesIo, type Registry } from '../protocol';
import { quote } from '../quote';
import type { StoreAnswer, StoreContext, StoreOptions } from '../stores';

/**
 * The variable in which cargo itself looks for the key of a registry; undefined where the registry has no name.
 * https://doc.rust-lang.org/cargo/reference/config.html#registriesnametoken
 */
export function cargoVariable(registry: Registry): string | undefined {
  if (isCratesIo(registry)) return 'CARGO_REGISTRY_TOKEN';
  if (registry.name === undefined) return undefined;
  return `CARGO_REGISTRIES_${registry.name.toUpperCase().replaceAll('-', '_')}_TOKEN`;
}

/** Reads `--var`, or cargo's own variable for the registry. Set but empty is a failure: in CI it means a missing secret. */
export function readEnvironment(options: StoreOptions, { registry, env }: StoreContext): Promise<StoreAnswer> {
  const name = options['var'] ?? cargoVariable(registry);
  if (name === undefined)
    return Promise.resolve({
      kind: 'failed',
      reason: 'this registry has no name in the configuration: say which variable holds its key with --var',
    });
  const key = env[name];
  if (key === undefined)
    return Promise.resolve({ kind: 'not-found', reason: `the environment has no variable ${quote(name)}` });
  if (key === '')
    return Promise.resolve({ kind: 'failed', reason: `the environment variable ${quote(name)} is set but empty` });
  return Promise.resolve({ kind: 'key', key });
}
