import { isDeepStrictEqual } from 'node:util';
import { isBelow, isSamePath, statementsOf, type EntryStatement } from './toml-statements';
import { formatValue, parseToml, valueAt, withoutValue } from './toml-values';

/**
 * Changes to a configuration file of cargo's that can be taken back exactly. What is put in stands in a managed block;
 * a statement that it replaces is kept in the block as a comment:
 *
 *     # >>> cratesguard credential crates-io
 *     #| credential-provider = "cargo:libsecret"
 *     credential-provider = ["/path/to/cargo-credential-cratesguard.cjs", "env"]
 *     # <<< cratesguard credential crates-io
 */

export interface Setting {
  readonly table: readonly string[];
  readonly key: string;
  readonly value: string | readonly string[];
}

export type Edit =
  | { readonly kind: 'edited'; readonly text: string }
  /** The file is written in a way that can't be changed safely. `lines` is what to put in or take out by hand. */
  | { readonly kind: 'refused'; readonly lines: readonly string[] };

const OPEN = '# >>> cratesguard credential';
const CLOSE = '# <<< cratesguard credential';
const KEPT = '#| ';

/** What did not exist before, so that taking the block out takes it away too. */
export type Origin = 'old file' | 'new file' | 'new folder';

/** The lines that do the same by hand. */
function linesByHand(settings: readonly Setting[]): readonly string[] {
  return settings.flatMap(({ table, key, value }) => [`[${table.join('.')}]`, `${key} = ${formatValue(value)}`]);
}

function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

interface Place {
  /** What the block takes the place of; empty where it only goes in. */
  readonly start: number;
  readonly end: number;
  /** The lines of the block, without its marks. */
  readonly lines: readonly string[];
}

function replacing(text: string, entry: EntryStatement, value: string): Place {
  const kept = text.slice(entry.start, entry.end).split(/\r?\n/);
  const lines = [...kept.map((line) => KEPT + line), text.slice(entry.start, entry.valueStart) + value];
  return { start: entry.start, end: entry.end, lines };
}

/** Where a setting goes: in place of the one that is there, into its table, beside its dotted sisters, or at the end. */
function placeFor(text: string, { table, key, value }: Setting): Place {
  const statements = statementsOf(text);
  const path = [...table, key];
  const assignment = formatValue(value);
  const entries = statements.filter((statement) => statement.kind === 'entry');
  const present = entries.find((entry) => isSamePath(entry.path, path));
  if (present !== undefined) return replacing(text, present, assignment);

  const header = statements.findIndex(
    (statement) => statement.kind === 'table' && !statement.isArray && isSamePath(statement.path, table),
  );
  if (header >= 0) {
    const next = statements.findIndex((statement, index) => index > header && statement.kind === 'table');
    const last = statements.slice(header, next < 0 ? undefined : next).at(-1);
    const at = last?.end ?? text.length;
    return { start: at, end: at, lines: [`${key} = ${assignment}`] };
  }

  const sister = entries.findLast((entry) => isBelow(entry.path, table));
  if (sister !== undefined) {
    const dotted = path.slice(sister.table.length).join('.');
    return { start: sister.end, end: sister.end, lines: [`${dotted} = ${assignment}`] };
  }
  return { start: text.length, end: text.length, lines: [`[${table.join('.')}]`, `${key} = ${assignment}`] };
}

function putOne(text: string, id: string, setting: Setting, origin: Origin): string {
  const { start, end, lines } = placeFor(text, setting);
  const lineEnd = lineEndOf(text);
  const mark = origin === 'old file' ? '' : ` (${origin})`;
  const block = [`${OPEN} ${id}${mark}`, ...lines, `${CLOSE} ${id}`];
  if (start !== end) return text.slice(0, start) + block.join(lineEnd) + text.slice(end);
  if (start < text.length || (text !== '' && !text.endsWith('\n')))
    // Behind a statement; at the end of a file without a last line end the block has none either.
    return text.slice(0, start) + lineEnd + block.join(lineEnd) + text.slice(start);
  const gap = text === '' ? '' : lineEnd;
  return text + gap + block.join(lineEnd) + lineEnd;
}

/** Puts settings into a file, each in a block of its own under `id`; none of that id may be there. */
export function putSettings(text: string, id: string, settings: readonly Setting[], origin: Origin): Edit {
  let changed = text;
  for (const setting of settings) {
    const path = [...setting.table, setting.key];
    const before = parseToml(changed, 'the configuration');
    const next = putOne(changed, id, setting, origin);
    if (!holds(next, path, setting.value, before)) return { kind: 'refused', lines: linesByHand(settings) };
    changed = next;
  }
  return { kind: 'edited', text: changed };
}

/** Whether `text` has the value at `path` and is otherwise what it was: the check that makes editing by text safe. */
function holds(
  text: string,
  path: readonly string[],
  value: unknown,
  before: Readonly<Record<string, unknown>>,
): boolean {
  try {
    const after = parseToml(text, 'the configuration');
    return (
      isDeepStrictEqual(valueAt(after, path), value) &&
      isDeepStrictEqual(withoutValue(after, path), withoutValue(before, path))
    );
  } catch {
    // The edited text is no TOML: this layout can't be changed by text, and the caller says so.
    return false;
  }
}

interface Block {
  readonly origin: Origin;
  /** From the line of the opening mark to the end of the closing one's, without its line end. */
  readonly start: number;
  readonly end: number;
  readonly inner: readonly string[];
}

function originOf(mark: string): Origin {
  if (mark === ' (new folder)') return 'new folder';
  return mark === ' (new file)' ? 'new file' : 'old file';
}

/** The blocks of an id, from last to first, so that taking one out moves none of the others. */
function blocksOf(text: string, id: string): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  let open: { readonly start: number; readonly inner: string[]; readonly origin: Origin } | undefined;
  for (const line of text.split('\n')) {
    const words = line.replace(/\r$/, '');
    if (words === `${OPEN} ${id}` || words.startsWith(`${OPEN} ${id} (`))
      open = { start: at, inner: [], origin: originOf(words.slice(OPEN.length + 1 + id.length)) };
    else if (words === `${CLOSE} ${id}` && open !== undefined) {
      blocks.unshift({ ...open, end: at + words.length });
      open = undefined;
    } else open?.inner.push(words);
    at += line.length + 1;
  }
  return blocks;
}

/** The ids of the blocks in a file. */
export function blockIds(text: string): readonly string[] {
  const ids = text.split(/\r?\n/).flatMap((line) => (line.startsWith(`${OPEN} `) ? [line.slice(OPEN.length + 1)] : []));
  return [...new Set(ids.map((id) => id.replace(/ \(new (?:file|folder)\)$/, '')))];
}

function cut(text: string, block: Block, header: 'cut' | 'keep'): string {
  const lineEnd = lineEndOf(text);
  const isHeader = (line: string): boolean => line.startsWith('[');
  const kept = block.inner.filter((line) => line.startsWith(KEPT)).map((line) => line.slice(KEPT.length));
  if (header === 'keep') kept.unshift(...block.inner.filter(isHeader));
  const before = text.slice(0, block.start);
  const after = text.slice(block.end);
  if (kept.length > 0) return before + kept.join(lineEnd) + after;
  const bare = block.inner.some(isHeader) ? before.replace(/(^|\n)\r?\n$/, '$1') : before;
  // The block's own line end goes with it; where it has none, the one before it was its.
  return /^\r?\n/.test(after) ? bare + after.replace(/^\r?\n/, '') : bare.replace(/\r?\n$/, '') + after;
}

/** The path that a block sets, by the whole file's structure. */
function pathIn(text: string, block: Block): readonly string[] | undefined {
  return statementsOf(text).find(({ kind, start, end }) => kind === 'entry' && start >= block.start && end <= block.end)
    ?.path;
}

function cutSafely(text: string, block: Block): string | undefined {
  const path = pathIn(text, block);
  if (path === undefined) return undefined;
  const rest = withoutValue(parseToml(text, 'the configuration'), path);
  return (['cut', 'keep'] as const)
    .map((header) => cut(text, block, header))
    .find((next) => {
      try {
        return isDeepStrictEqual(withoutValue(parseToml(next, 'the configuration'), path), rest);
      } catch {
        // No TOML without the block: someone built on it.
        return false;
      }
    });
}

export interface TakenOut {
  readonly edit: Edit;
  readonly origin: Origin;
}

/** Takes the blocks of an id out and brings back what they replaced; undefined where there is none. */
export function takeSettings(text: string, id: string): TakenOut | undefined {
  const blocks = blocksOf(text, id);
  const [last] = blocks;
  if (last === undefined) return undefined;
  let changed = text;
  for (const block of blocks) {
    const next = cutSafely(changed, block);
    if (next === undefined) return { edit: { kind: 'refused', lines: block.inner }, origin: last.origin };
    changed = next;
  }
  return { edit: { kind: 'edited', text: changed }, origin: last.origin };
}

/** Takes one statement out, lines and all; undefined where the text has it in another form than `key = value`. */
export function dropEntry(text: string, path: readonly string[]): string | undefined {
  const entry = statementsOf(text).find((statement) => statement.kind === 'entry' && isSamePath(statement.path, path));
  if (entry === undefined) return undefined;
  const next = text.slice(0, entry.start) + text.slice(entry.end).replace(/^\r?\n/, '');
  const before = parseToml(text, 'the file');
  return isDeepStrictEqual(withoutValue(parseToml(next, 'the file'), path), withoutValue(before, path)) &&
    valueAt(parseToml(next, 'the file'), path) === undefined
    ? next
    : undefined;
}
