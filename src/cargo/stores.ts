import type { Registry } from './protocol';

/** One option of a store, on the provider's argument list and on the command line of `credential setup` alike. */
export interface StoreOption {
  /** Long name without dashes. */
  readonly name: string;
  /** What the value is called in help. */
  readonly value: string;
  readonly required?: true;
  readonly choices?: readonly string[];
  readonly summary: string;
}

export interface StoreSpec {
  /** What people call it. */
  readonly title: string;
  readonly options: readonly StoreOption[];
}

const FIELD: StoreOption = { name: 'field', value: 'KEY', summary: 'the field of the secret that holds the key' };

/** The stores that a key can be in, and what each has to be told. */
export const STORES = {
  env: {
    title: 'the environment',
    options: [
      { name: 'var', value: 'NAME', summary: "the variable to read (default: cargo's own name for that registry)" },
    ],
  },
  aws: {
    title: 'AWS Secrets Manager',
    options: [
      { name: 'secret-id', value: 'ID', required: true, summary: 'name or ARN of the secret' },
      FIELD,
      { name: 'region', value: 'REGION', summary: "the region (default: the AWS SDK's own search)" },
    ],
  },
  vault: {
    title: 'HashiCorp Vault',
    options: [
      { name: 'path', value: 'PATH', required: true, summary: 'the path as the API has it after /v1/' },
      { ...FIELD, summary: `${FIELD.summary} (default: api_key)` },
      {
        name: 'auth',
        value: 'METHOD',
        choices: ['token', 'approle', 'kubernetes'],
        summary: 'how to log in (default: token)',
      },
      { name: 'role', value: 'NAME', summary: 'the role for --auth kubernetes' },
      { name: 'mount', value: 'PATH', summary: 'where the auth method is mounted (default: its own name)' },
      { name: 'jwt-file', value: 'FILE', summary: "the service account's token for --auth kubernetes" },
    ],
  },
  conjur: {
    title: 'CyberArk Conjur',
    options: [{ name: 'variable', value: 'ID', required: true, summary: 'the id of the variable' }],
  },
} as const satisfies Record<string, StoreSpec>;

export type StoreName = keyof typeof STORES;

export const STORE_NAMES = Object.keys(STORES) as readonly StoreName[];

export function isStoreName(name: string): name is StoreName {
  return Object.hasOwn(STORES, name);
}

/** Taken by every store: in a list of providers that serves all registries, a key must go to its own one only. */
export const REGISTRY_OPTION: StoreOption = {
  name: 'registry',
  value: 'NAME',
  summary: 'answer for this registry only: crates-io, a name or an index address',
};

/** Option values by long name; every one is set and non-empty. */
export type StoreOptions = Readonly<Partial<Record<string, string>>>;

/** What a store may look at. */
export interface StoreContext {
  readonly registry: Registry;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The whole text of a file in UTF-8; rejects where it can't be read. */
  readonly readFile: (path: string) => Promise<string>;
  readonly homeFolder: string;
  /** Aborted when there is no time left. */
  readonly signal: AbortSignal;
}

/** What a store came to. Expected failures are values. */
export type StoreAnswer =
  /** `key` as it is stored; the provider judges whether cargo could send it. `expiration` in Unix seconds. */
  | { readonly kind: 'key'; readonly key: string; readonly expiration?: number }
  /** No such secret; `reason` is for the person, cargo asks the next provider. */
  | { readonly kind: 'not-found'; readonly reason: string }
  /** Anything else. `reason` and `causes` hold no secret. */
  | { readonly kind: 'failed'; readonly reason: string; readonly causes?: readonly string[] };

export type ReadStore = (options: StoreOptions, context: StoreContext) => Promise<StoreAnswer>;
