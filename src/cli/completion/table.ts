/** The command table as completion scripts need it. */
import type { ArgumentSpec, CommandEntry, OptionSpec } from '../command';
import { COMMON_OPTIONS, VERSION_OPTION } from '../help';

export type CommandTable = Readonly<Record<string, CommandEntry>>;

export interface VisibleCommand extends CommandEntry {
  readonly name: string;
}

export function visibleCommands(table: CommandTable): VisibleCommand[] {
  return Object.entries(table)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, entry]) => ({ name, ...entry }));
}

/** The first words of the commands, each once, with what to say of it. */
export function firstWords(table: CommandTable): { readonly word: string; readonly summary: string }[] {
  const words = new Map<string, string>();
  for (const { name, summary } of visibleCommands(table)) {
    const [word = name, second] = name.split(' ');
    if (!words.has(word)) words.set(word, second === undefined ? summary : secondWords(word, table).join(', '));
  }
  return [...words].map(([word, summary]) => ({ word, summary }));
}

/** The second words of a group's commands; empty for a command of one word. */
export function secondWords(group: string, table: CommandTable): string[] {
  return visibleCommands(table)
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name }) => name.slice(group.length + 1));
}

/** The groups: first words that are no command by themselves. */
export function groupsOf(table: CommandTable): string[] {
  return firstWords(table)
    .map(({ word }) => word)
    .filter((word) => secondWords(word, table).length > 0);
}

/** The options of a command with those that every command has. */
export function optionsOf({ options }: CommandEntry): readonly OptionSpec[] {
  return [...options, ...COMMON_OPTIONS];
}

/** What may stand in front: the options of `scan`, which needs no name, and those of the program. */
export function leadingOptions(table: CommandTable): readonly OptionSpec[] {
  return [...(table['scan']?.options ?? []), ...COMMON_OPTIONS, VERSION_OPTION];
}

/** `-o` and `--output` */
export function spellings({ name, short }: OptionSpec): string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
}

/** What may follow an option or stand as an argument. */
export type Completes =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'revision' }
  /** Something that nothing can be proposed for. */
  | { readonly kind: 'none' };

export function completes({ choices, completes: kind }: OptionSpec | ArgumentSpec): Completes {
  if (choices !== undefined) return { kind: 'words', words: choices };
  return { kind: kind ?? 'none' };
}
