/**
 * argv → Invocation, by the command table. commander knows the grammar; the words of every complaint are ours, and none
 * of them repeats a value that was typed: it could be a key.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { maskText } from '../detect/mask';
import { GuardError } from '../base/error';
import type { ArgumentSpec, CommandEntry, Invocation, OptionSpec, OptionValue } from './command';
import { groupHelp, commandHelp, overview } from './help';
import type { HelpContext } from './help';

export type ParsedLine =
  | {
      readonly kind: 'run';
      readonly name: string;
      readonly entry: CommandEntry;
      readonly invocation: Invocation;
      /** `--no-color` was given. */
      readonly color: 'as-usual' | 'never';
    }
  /** Help or the version: text for stdout, and nothing else happens. */
  | { readonly kind: 'print'; readonly text: string };

/** The command that options without a command belong to. */
const DEFAULT_COMMAND = 'scan';

const OVERALL_OPTIONS = new Set(['-h', '--help', '-V', '--version', '--']);

/** `--staged …` means `scan --staged …`, `help X` means `X --help`. */
function withCommand(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word) => word !== '--no-color');
  const first = argv[at];
  if (first === undefined) return argv;
  if (first === 'help') return [...argv.slice(0, at), ...argv.slice(at + 1), '--help'];
  if (first.startsWith('-') && !OVERALL_OPTIONS.has(first))
    return [...argv.slice(0, at), DEFAULT_COMMAND, ...argv.slice(at)];
  return argv;
}

/** A first word that is no command is left alone on its line, so that nobody gets help about nothing. */
function knownOrAlone(words: readonly string[], { commands }: HelpContext): readonly string[] {
  const first = words.find((word) => word !== '--no-color');
  if (first === undefined || first.startsWith('-')) return words;
  return Object.keys(commands).some((name) => name === first || name.startsWith(`${first} `)) ? words : [first];
}

function usage(message: string, hint: string): GuardError {
  return new GuardError('usage', message, { hint });
}

const helpHint = (name: string): string => `See: cratesguard ${name === '' ? '' : `${name} `}--help`;

/** A secret in an argument is in the shell's history and in the process list by now: say so, and go no further. */
function refuseSecrets(entry: CommandEntry | undefined, argv: readonly string[]): void {
  if (entry?.mayNameSecrets === true || argv.every((word) => maskText(word) === word)) return;
  throw usage(
    'an argument holds a secret, so nothing was done: arguments end up in the shell history and in the process list',
    'Hand a secret over on standard input, and take this line out of the shell history.',
  );
}

function valueParser(spec: OptionSpec, name: string): (value: string, previous: unknown) => string | readonly string[] {
  return (value, previous) => {
    if (value === '') throw usage(`--${spec.name} needs a value`, helpHint(name));
    if (spec.choices !== undefined && !spec.choices.includes(value))
      throw usage(`--${spec.name} is one of: ${spec.choices.join(', ')}`, helpHint(name));
    if (spec.repeatable === true) return [...(Array.isArray(previous) ? (previous as string[]) : []), value];
    // the first one must not be dropped without a word: it may name what has to be scanned
    if (previous !== undefined) throw usage(`--${spec.name} was given twice`, helpHint(name));
    return value;
  };
}

function commanderOption(spec: OptionSpec, name: string): Option {
  const value = spec.value === undefined ? '' : ` <${spec.value}>`;
  const option = new Option(`${spec.short === undefined ? '' : `-${spec.short}, `}--${spec.name}${value}`);
  return spec.value === undefined ? option : option.argParser(valueParser(spec, name));
}

function commanderArgument(spec: ArgumentSpec, name: string): Argument {
  const text = spec.variadic === true ? `${spec.name}...` : spec.name;
  const argument = new Argument(spec.required ? `<${text}>` : `[${text}]`);
  const { choices } = spec;
  if (choices === undefined) return argument;
  return argument.argParser((value: string, previous: unknown) => {
    if (!choices.includes(value)) throw usage(`${spec.name} is one of: ${choices.join(', ')}`, helpHint(name));
    return spec.variadic === true ? [...(Array.isArray(previous) ? (previous as string[]) : []), value] : value;
  });
}

function optionValues(command: Command, specs: readonly OptionSpec[]): Record<string, OptionValue> {
  const values: Record<string, OptionValue> = {};
  for (const spec of specs) {
    const option = command.options.find(({ long }) => long === `--${spec.name}`);
    // a switch called no-X is kept by commander as X, true until it is given
    const value: unknown = option === undefined ? undefined : command.getOptionValue(option.attributeName());
    const given = option?.negate === true ? (value === false ? true : undefined) : value;
    if (given !== undefined) values[spec.name] = given as OptionValue;
  }
  return values;
}

/** What commander says, in our words. Option and command names are repeated only where they look like names. */
function complaint(error: CommanderError, name: string): GuardError {
  const [said = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n');
  const word = /'(?<word>[^]*)'/.exec(said)?.groups?.['word'] ?? '';
  const shown = /^-{0,2}[A-Za-z][A-Za-z-]{0,30}$/.test(word.split('=', 1)[0] ?? '')
    ? ` ${word.split('=', 1)[0] ?? ''}`
    : '';
  const nearest = /^\(Did you mean (?<nearest>.+)\?\)$/.exec(suggestion)?.groups?.['nearest'];
  const hint = nearest === undefined ? helpHint(name) : `Did you mean ${nearest}? ${helpHint(name)}`;
  const of = name === '' ? 'cratesguard' : name;
  switch (error.code) {
    case 'commander.unknownOption':
      return usage(shown === '' ? `${of} has no such option` : `${of} has no option${shown}`, hint);
    case 'commander.unknownCommand':
      return usage(
        `${name === '' ? '' : `${name}: `}there is no ${shown === '' ? 'such command' : `command${shown}`}`,
        hint,
      );
    case 'commander.missingArgument':
      return usage(`${of} needs ${word}`, hint);
    case 'commander.optionMissingArgument':
      return usage(`${word.replace(/[<>]/g, '')} is missing its value`, hint);
    case 'commander.excessArguments':
      return usage(`${of}: too many arguments`, hint);
    default:
      return usage(said, hint);
  }
}

/** What commander's callbacks leave behind. */
interface Line {
  parsed: ParsedLine | undefined;
  printed: string;
}

function prepare(command: Command, line: Line, help: () => string): Command {
  command
    .helpOption('-h, --help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        line.printed += text;
      },
      writeErr: () => undefined,
    });
  command.helpInformation = help;
  return command;
}

/** `chosen` is the command that the line names. */
function buildProgram(context: HelpContext, line: Line, chosen: string): Command {
  const program = prepare(new Command('cratesguard'), line, () => overview(context)).addOption(
    new Option('--no-color'),
  );
  // commander would take a command's own --version for the program's.
  if (context.commands[chosen]?.options.some(({ name }) => name === 'version') !== true)
    program.version(context.version, '-V, --version');
  const groups = new Map<string, Command>();
  for (const [name, entry] of Object.entries(context.commands)) {
    const [word = '', second] = name.split(' ');
    let parent = program;
    if (second !== undefined) {
      parent = groups.get(word) ?? prepare(program.command(word), line, () => groupHelp(word, context));
      groups.set(word, parent);
    }
    const command = prepare(parent.command(second ?? word), line, () => commandHelp(name, entry));
    command.allowExcessArguments(false);
    for (const option of entry.options) command.addOption(commanderOption(option, name));
    for (const argument of entry.args) command.addArgument(commanderArgument(argument, name));
    command.action(() => {
      line.parsed = {
        kind: 'run',
        name,
        entry,
        invocation: {
          options: optionValues(command, entry.options),
          args: command.processedArgs.flat().filter((arg): arg is string => typeof arg === 'string'),
        },
        color: program.getOptionValue('color') === false ? 'never' : 'as-usual',
      };
    });
  }
  return program;
}

/** The longest name of a command or group that the words begin with, options left out; '' where there is none. */
function commandNameIn(words: readonly string[], { commands }: HelpContext): string {
  const [first = '', second = ''] = words.filter((word) => word !== '--no-color');
  const known = new Set(Object.keys(commands).flatMap((name) => [name, name.split(' ', 1)[0]]));
  return [`${first} ${second}`, first].find((name) => known.has(name)) ?? '';
}

/**
 * Reads a command line (without the program's own name).
 * @throws GuardError `usage`: an unknown command, option or choice (with the nearest known one), something missing or
 * too much, a secret among the arguments.
 */
export function parseCommandLine(argv: readonly string[], context: HelpContext): ParsedLine {
  const words = knownOrAlone(withCommand(argv), context);
  const line: Line = { parsed: undefined, printed: '' };
  const name = commandNameIn(words, context);
  const program = buildProgram(context, line, name);
  refuseSecrets(context.commands[name], words);
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version')
      return { kind: 'print', text: line.printed };
    if (error.code === 'commander.help')
      throw usage(
        name === ''
          ? 'no command was given'
          : `${name} needs one of its commands: ${secondWords(name, context).join(', ')}`,
        helpHint(name),
      );
    // commander looks for the nearest option with the value still on it
    const valued = /'(?<option>--[^=]+)=[^]*'/.exec(error.message)?.groups?.['option'];
    if (error.code === 'commander.unknownOption' && valued !== undefined)
      return parseCommandLine(
        words.map((word) => (word.startsWith(`${valued}=`) ? valued : word)),
        context,
      );
    throw complaint(error, name);
  }
  if (line.parsed === undefined) throw usage('no command was given', helpHint(''));
  return line.parsed;
}

function secondWords(group: string, context: HelpContext): string[] {
  return Object.keys(context.commands)
    .filter((name) => name.startsWith(`${group} `))
    .map((name) => name.slice(group.length + 1));
}
