import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { putSettings, takeSettings, type Edit, type Origin, type Setting } from '../../cargo/config/managed-block';
import { CRATES_IO, tableOf } from '../../cargo/config/providers';
import { parseToml, valueAt } from '../../cargo/config/toml-values';
import { GuardError } from '../../base/error';
import type { Invocation } from '../command';
import {
  configPlace,
  programOption,
  providerArguments,
  registryOption,
  storeArgument,
  type ConfigPlace,
} from './options';
import type { Io } from '../io';

/** `list`: one of several that cargo asks in turn, for crates.io. `only`: nobody else is asked. */
type Mode = 'only' | 'list';

export interface Setup {
  readonly registry: string;
  readonly mode: Mode;
  readonly place: ConfigPlace;
  readonly program: string;
  readonly args: readonly string[];
}

/** The blocks that a registry may have in a file; a new setup takes the place of an old one of either kind. */
export function blockIdsOf(registry: string): readonly string[] {
  return registry === CRATES_IO ? [CRATES_IO, 'fallback'] : [registry];
}

const ALIAS = 'cratesguard';
const LIST = ['registry', 'global-credential-providers'] as const;

/** What the command line asks for. Throws `usage` or `missing-tool`. */
export function readSetup(invocation: Invocation, io: Io): Setup {
  const store = storeArgument(invocation);
  if (store === undefined) throw new GuardError('usage', 'name the store that the key is in');
  const registry = registryOption(invocation);
  const mode = invocation.options['fallback'] === true ? 'list' : 'only';
  if (mode === 'list' && registry !== CRATES_IO)
    throw new GuardError('usage', '--fallback is for crates.io: any other registry has a provider of its own');
  const args = providerArguments(store, invocation);
  const place = configPlace(invocation, io);
  const program = programOption(invocation, io, place);
  // The list serves every registry, and the key of crates.io must go to crates.io only.
  return { registry, mode, place, program, args: mode === 'list' ? [...args, '--registry', CRATES_IO] : args };
}

function settingsOf({ mode, registry, program, args }: Setup, text: string, file: string): readonly Setting[] {
  if (mode === 'only') return [{ table: tableOf(registry), key: 'credential-provider', value: [program, ...args] }];
  const present = valueAt(parseToml(text, file), LIST) ?? ['cargo:token'];
  const entries = (typeof present === 'string' ? present.split(/\s+/) : (present as readonly unknown[])).map(String);
  return [
    { table: ['credential-alias'], key: ALIAS, value: [program, ...args] },
    // Cargo asks the last one first.
    { table: [LIST[0]], key: LIST[1], value: [...entries.filter((entry) => entry !== ALIAS), ALIAS] },
  ];
}

/** The configuration file with the setup in it, an earlier one for the same registry replaced. */
export function editFor(setup: Setup, text: string | undefined): Edit {
  const { file } = setup.place;
  let base = text ?? '';
  let origin: Origin = 'old file';
  if (text === undefined) origin = existsSync(dirname(file)) ? 'new file' : 'new folder';
  parseToml(base, file);
  for (const id of blockIdsOf(setup.registry)) {
    const taken = takeSettings(base, id);
    if (taken?.edit.kind === 'refused') return taken.edit;
    if (taken === undefined) continue;
    base = taken.edit.text;
    if (base === '') origin = taken.origin;
  }
  const id = setup.mode === 'list' ? 'fallback' : setup.registry;
  return putSettings(base, id, settingsOf(setup, base, file), origin);
}
