import { quote } from './quote';
import {
  isStoreName,
  REGISTRY_OPTION,
  STORE_NAMES,
  STORES,
  type StoreName,
  type StoreOption,
  type StoreOptions,
  type StoreSpec,
} from './stores';

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
