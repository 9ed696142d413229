import { STORE_NAMES, STORES, type StoreSpec } from '../../cargo/stores';
import { SNIPPET_LANGUAGES, SNIPPET_STORES } from './snippet-names';
import type { ArgumentSpec, CommandEntry, OptionSpec } from '../command';

/** The options of all stores, each once, with the stores that take it. */
function storeOptions(): readonly OptionSpec[] {
  const byName = new Map<string, OptionSpec & { readonly stores: readonly string[] }>();
  for (const store of STORE_NAMES) {
    const { options }: StoreSpec = STORES[store];
    for (const { name, value, choices, summary } of options) {
      const stores = [...(byName.get(name)?.stores ?? []), store];
      const completes = value === 'FILE' ? { completes: 'file' as const } : {};
      byName.set(name, { name, value, ...(choices && { choices }), ...completes, summary, stores });
    }
  }
  return [...byName.values()].map(({ stores, summary, ...option }) => ({
    ...option,
    summary: `${stores.join(', ')}: ${summary}`,
  }));
}

const STORE: ArgumentSpec = {
  name: 'STORE',
  required: false,
  choices: STORE_NAMES,
  summary: 'where the key is',
};

const REGISTRY: OptionSpec = {
  name: 'registry',
  value: 'NAME',
  summary: "a registry of cargo's configuration (default: crates-io)",
};

const PROJECT: OptionSpec = {
  name: 'project',
  summary: "the repository's .cargo/config.toml in place of the user's configuration",
};

const YES: OptionSpec = { name: 'yes', short: 'y', summary: 'make the change without asking' };

export const credentialCommands = {
  'credential setup': {
    summary: "add the credential provider to cargo's configuration",
    details: [
      'Shows the change and asks before it writes; comments and layout of the file stay. Then it asks the provider as cargo would and says what happened, without showing the key.',
      'Cargo asks nobody else for the key of this registry; with --fallback it asks its own store after that.',
      'A key that lies in plain text in a file of cargo can be taken out once the provider has answered.',
    ].join('\n\n'),
    args: [{ ...STORE, required: true }],
    options: [
      ...storeOptions(),
      REGISTRY,
      PROJECT,
      { name: 'fallback', summary: 'crates.io: ask the other providers where the store has no such key' },
      {
        name: 'program',
        value: 'FILE',
        completes: 'file',
        summary: 'how the configuration names the provider (default: the one of this package)',
      },
      {
        name: 'remove-plain-key',
        summary: 'take a plain key out of the files of cargo once the provider has answered',
      },
      YES,
    ],
    load: async () => (await import('./setup')).setUpCredential,
  },
  'credential test': {
    summary: 'ask the credential provider as cargo would, without showing the key',
    details: [
      "Without a store: asks whom cargo's configuration names for the registry. With a store and its options: asks this store, before any setup.",
      'Exit status: 0 there is a key, 1 there is none or the provider is not in use, 3 the store could not be asked.',
    ].join('\n\n'),
    args: [STORE],
    options: [...storeOptions(), REGISTRY],
    load: async () => (await import('./test')).testCredential,
  },
  'credential remove': {
    summary: "remove the credential provider from cargo's configuration",
    details: 'Undoes `credential setup`, and what that replaced comes back.',
    args: [STORE],
    options: [REGISTRY, PROJECT, YES],
    load: async () => (await import('./remove')).removeCredential,
  },
  snippet: {
    summary: 'print a program that reads a key from a store',
    details: 'Without arguments it prints which snippets there are.',
    args: [
      { name: 'STORE', required: false, choices: SNIPPET_STORES, summary: 'where the key is' },
      { name: 'LANGUAGE', required: false, choices: SNIPPET_LANGUAGES, summary: 'what the program is written in' },
    ],
    options: [{ name: 'list', summary: 'print which snippets there are' }],
    load: async () => (await import('./snippet')).printSnippet,
  },
} satisfies Record<string, CommandEntry>;
