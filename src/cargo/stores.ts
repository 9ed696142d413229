import type { Registry } from './protocol';
import { quote } from './quote';

/** One option of a store, on the provider's argument list and on the command line of `credential setup` alike. */
interface StoreOption {
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
      {
        name: 'region',
        value: 'REGION',
        summary: "the region (default: AWS_REGION, AWS_DEFAULT_REGION, the profile's)",
      },
      { name: 'version-stage', value: 'STAGE', summary: 'the staging label of the version (default: AWSCURRENT)' },
      { name: 'version-id', value: 'ID', summary: 'the id of the version' },
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
        choices: ['token', 'approle', 'jwt', 'kubernetes', 'cert'],
        summary: 'how to log in (default: token)',
      },
      { name: 'role', value: 'NAME', summary: 'the role to log in as, for --auth jwt, kubernetes or cert' },
      { name: 'mount', value: 'PATH', summary: 'where the auth method is mounted (default: its own name)' },
      { name: 'jwt-file', value: 'FILE', summary: 'the file with the token for --auth jwt or kubernetes' },
      { name: 'version', value: 'NUMBER', summary: 'the version of a KV version 2 secret (default: the newest)' },
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
const REGISTRY_OPTION: StoreOption = {
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
  /** The whole text of a file in UTF-8; rejects if it can't be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** The names in a folder; rejects if it can't be read. */
  readonly readFolder: (path: string) => Promise<readonly string[]>;
  /** Standard output of a command of the user's own configuration, run by the shell; rejects if it fails. */
  readonly runCommand: (command: string) => Promise<string>;
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
  | { readonly kind: 'failed'; readonly step: Step; readonly reason: string; readonly causes: readonly string[] };

/** How far a store was followed before something failed. */
export type Step =
  | 'settings'
  | 'name resolution'
  | 'connection'
  | 'TLS'
  | 'login'
  | 'permission'
  | 'path'
  | 'field'
  /** The store answered, but not with a secret: it is sealed, overloaded, or something else answered in its place. */
  | 'answer';

export type ReadStore = (options: StoreOptions, context: StoreContext) => Promise<StoreAnswer>;

export type StoreArguments =
  | { readonly kind: 'store'; readonly name: StoreName; readonly options: StoreOptions }
  /** What is wrong, as one sentence without a full stop. */
  | { readonly kind: 'wrong'; readonly reason: string };

function wrong(reason: string): StoreArguments {
  return { kind: 'wrong', reason };
}

/** The options of a store, the one that all stores take included. */
function optionsOf(name: StoreName): readonly StoreOption[] {
  const { options }: StoreSpec = STORES[name];
  return [...options, REGISTRY_OPTION];
}

/**
 * Reads what cargo's configuration says after the program: `STORE --option VALUE…` (or `--option=VALUE`). A word that
 * makes no sense is an error: a misspelt option must not mean another secret.
 */
export function parseStoreArguments(args: readonly string[]): StoreArguments {
  const [name, ...rest] = args;
  const known = STORE_NAMES.join(', ');
  if (name === undefined) return wrong(`no store is named: give one of ${known}`);
  if (!isStoreName(name)) return wrong(`there is no store '${quote(name)}': it is one of ${known}`);
  const specs = optionsOf(name);
  const options: Record<string, string> = {};
  const words = rest[Symbol.iterator]();
  for (const word of words) {
    if (!word.startsWith('--')) return wrong(`'${quote(word)}' is no option of the store ${name}`);
    const equals = word.indexOf('=');
    const option = word.slice(2, equals < 0 ? undefined : equals);
    const spec = specs.find((candidate) => candidate.name === option);
    if (spec === undefined) {
      const names = specs.map((candidate) => `--${candidate.name}`).join(', ');
      return wrong(`'--${quote(option)}' is no option of the store ${name}: it takes ${names}`);
    }
    const value = equals < 0 ? words.next().value : word.slice(equals + 1);
    if (value === undefined || value === '') return wrong(`--${option} needs a value`);
    if (Object.hasOwn(options, option)) return wrong(`--${option} is given twice`);
    if (spec.choices?.includes(value) === false) return wrong(`--${option} is one of ${spec.choices.join(', ')}`);
    options[option] = value;
  }
  const missing = specs.find((spec) => spec.required === true && options[spec.name] === undefined);
  if (missing !== undefined) return wrong(`the store ${name} needs --${missing.name} ${missing.value}`);
  return { kind: 'store', name, options };
}

/** Each store comes in only when it is asked: the AWS SDK alone outweighs all the rest many times over. */
export const STORE_MODULES: Readonly<Record<StoreName, () => Promise<ReadStore>>> = {
  env: async () => (await import('./stores/env')).readEnvironment,
  aws: async () => (await import('./stores/aws')).readAws,
  vault: async () => (await import('./stores/vault')).readVault,
  conjur: async () => (await import('./stores/conjur')).readConjur,
};
