import type { StoreContext } from '../stores';
import { readOptional, setting } from './settings';

/** Where Conjur's own command line and client libraries look for their settings. */

/** Scalars of a flat YAML file. */
function parseFlatYaml(text: string): Readonly<Record<string, string>> {
  const lines = [...text.matchAll(/^(\w+)[ \t]*:[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#][^\n#]*?))[ \t]*(?:#.*)?$/gm)];
  return Object.fromEntries(lines.map(([, key = '', double, single, bare]) => [key, double ?? single ?? bare ?? '']));
}

/** A setting from the environment, or else from the configuration file under one of the names it has there. */
export type ReadSetting = (variable: string, ...keys: readonly string[]) => string | undefined;

/** Reads `$CONJURRC` or `~/.conjurrc`, and never one of the current folder: a repository would choose the address. */
export async function conjurSettings(context: StoreContext): Promise<ReadSetting> {
  const file = setting(context, 'CONJURRC') ?? `${context.homeFolder}/.conjurrc`;
  const values = parseFlatYaml((await readOptional(context, file)) ?? '');
  return (variable, ...keys) =>
    setting(context, variable) ?? keys.map((key) => values[key]).find((value) => value !== undefined && value !== '');
}

export interface NetrcLogin {
  readonly login: string;
  readonly password: string;
}

/** The login for one of these machines, the first named one first. */
export function netrcLogin(text: string, machines: readonly string[]): NetrcLogin | undefined {
  const words = text
    .replace(/^\s*#.*$/gm, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = new Map<string, Partial<Record<string, string>>>();
  let entry: Partial<Record<string, string>> = {};
  for (let index = 0; index < words.length; index += 2) {
    const [keyword = '', value = ''] = words.slice(index, index + 2);
    if (keyword === 'machine') found.set(value.replace(/\/+$/, ''), (entry = {}));
    else if (keyword === 'default') {
      entry = {};
      index -= 1; // it has no value
    } else entry[keyword] = value;
  }
  const { login, password } = machines.map((machine) => found.get(machine)).find((item) => item !== undefined) ?? {};
  return login === undefined || password === undefined ? undefined : { login, password };
}
