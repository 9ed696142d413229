import type { Outcome } from '../outcome';
import type { Io } from './io';

/** One option of a command. Parsing, help and completion all read this. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter, where it has one. */
  readonly short?: string;
  /** What the value is called in help (`FILE`); an option without one is a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** May be given several times; its value is then always an array. */
  readonly repeatable?: true;
  /** What completion proposes for the value. */
  readonly completes?: 'file' | 'directory' | 'revision';
  readonly summary: string;
}

export interface ArgumentSpec {
  /** In capitals, as help shows it. */
  readonly name: string;
  readonly required: boolean;
  readonly variadic?: true;
  readonly choices?: readonly string[];
  readonly completes?: 'file' | 'directory' | 'revision';
  readonly summary: string;
}

export type OptionValue = string | true | readonly string[] | undefined;

/** A parsed command line. */
export interface Invocation {
  /** By the option's name in the table: a switch is true, a repeatable one an array; absent where it was not given. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly args: readonly string[];
}

export type RunCommand = (invocation: Invocation, io: Io) => Promise<Outcome>;

/** A row of the command table. `load` keeps a command's weight out of every other command's start. */
export interface CommandEntry {
  readonly summary: string;
  /** Paragraphs of help beyond the summary: what it reads, what it answers, examples. */
  readonly details?: string;
  readonly options: readonly OptionSpec[];
  readonly args: readonly ArgumentSpec[];
  /** Left out of the overview and of completion. */
  readonly hidden?: true;
  /**
   * Its arguments name what is there already (a path, a remote), so that a secret in one is a finding to report and not
   * a slip of whoever typed it. For every other command a secret among the arguments is wrong usage.
   */
  readonly mayNameSecrets?: true;
  readonly load: () => Promise<RunCommand>;
}

/** The value of an option; undefined where it was not given. */
export function textOption({ options }: Invocation, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that can be repeated. */
export function listOption({ options }: Invocation, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

export function isGiven({ options }: Invocation, name: string): boolean {
  return options[name] !== undefined;
}
