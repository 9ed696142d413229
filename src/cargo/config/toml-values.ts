import { parse, TomlError } from 'smol-toml';
import { GuardError } from '../../base/error';

export type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Parses a configuration file of cargo's. Throws a `config` error with the place and without the text: it may hold a key. */
export function parseToml(text: string, file: string): Table {
  try {
    return parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new GuardError('config', `${file}:${error.line}:${error.column}: this is not valid TOML`, {
      hint: 'cargo can not read it either; correct it first',
    });
  }
}

/** The value at `path`; undefined where there is none. */
export function valueAt(table: Table, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (isTable(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    table,
  );
}

/** A copy without what is at `path`, and without the tables that this leaves empty; two of them can be compared. */
export function withoutValue(table: Table, path: readonly string[]): Table {
  const [first, ...rest] = path;
  const copy = { ...table };
  if (first === undefined || !Object.hasOwn(table, first)) return copy;
  const { [first]: value, ...others } = table;
  if (rest.length === 0) return others;
  if (!isTable(value)) return copy;
  const smaller = withoutValue(value, rest);
  return Object.keys(smaller).length === 0 ? others : { ...copy, [first]: smaller };
}

/** A TOML string or an array of strings on one line. JSON's escapes are all TOML's too. */
export function formatValue(value: string | readonly string[]): string {
  const quoteOne = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f');
  return typeof value === 'string' ? quoteOne(value) : `[${value.map(quoteOne).join(', ')}]`;
}
