import type { ReadStore, StoreName } from './stores';

/** Each store comes in only when it is asked: the AWS SDK alone outweighs all the rest many times over. */
export const STORE_MODULES: Readonly<Record<StoreName, () => Promise<ReadStore>>> = {
  env: async () => (await import('./stores/env')).readEnvironment,
  aws: async () => (await import('./stores/aws')).readAws,
  vault: async () => (await import('./stores/vault')).readVault,
  conjur: async () => (await import('./stores/conjur')).readConjur,
};
