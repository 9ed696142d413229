/** Help, set for 80 columns, from the command table. */
import type { ArgumentSpec, CommandEntry, OptionSpec } from './command';

export interface HelpContext {
  readonly commands: Readonly<Record<string, CommandEntry>>;
  readonly groups: readonly { readonly title: string; readonly words: readonly string[] }[];
  readonly groupSummaries: Readonly<Record<string, string>>;
  readonly version: string;
}

const WIDTH = 80;
const INDENT = '  ';

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'no-color', summary: 'no color (so does NO_COLOR=1)' },
  { name: 'help', short: 'h', summary: 'this help' },
];

export const VERSION_OPTION: OptionSpec = { name: 'version', short: 'V', summary: 'the version' };

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'no finding blocks: nothing was found, or only allowed and warned findings'],
  ['1', 'at least one finding blocks, or the answer is not good news'],
  ['2', 'wrong usage or a wrong configuration; nothing was scanned'],
  ['3', 'it could not be done, or not completely: content that was not scanned is never reported as clean'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['CRATESGUARD_SKIP=1', 'the hooks let one command through and say so'],
  ['CRATESGUARD_NODE=FILE', 'the Node.js that the hooks start'],
  ['CRATESGUARD_DEBUG=1', 'errors of the program itself show where they happened'],
  ['NO_COLOR=1', 'no colours'],
];

/** Text in lines of at most `width` columns. A word longer than that has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const columnFor = (terms: readonly string[]): number =>
  Math.min(26, Math.max(...terms.map(({ length }) => length)) + 2);

/** Terms and what they mean, in two columns; a term too long for its column has a line of its own. */
function rows(pairs: readonly (readonly [string, string])[], column = columnFor(pairs.map(([term]) => term))): string {
  const hang = INDENT + ' '.repeat(column);
  return pairs
    .map(([term, text]) => {
      const lines = wrap(text, WIDTH - hang.length);
      const start = term.length + 2 > column ? `${INDENT}${term}\n${hang}` : INDENT + term.padEnd(column);
      return start + lines.join(`\n${hang}`);
    })
    .join('\n');
}

/** An indented line that is too long goes on below, deeper: a command in the way a shell takes it, all else as words. */
function indented(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  if (line.length <= WIDTH) return line;
  const end = line.includes('cratesguard ') ? ' \\' : '';
  const words = wrap(line.trim(), WIDTH - indent.length - INDENT.length - end.length);
  return indent + words.join(`${end}\n${indent}${INDENT}`);
}

/** Lines of prose that follow each other are one paragraph, and wrapped; an indented line stays one of its own. */
function paragraphs(text: string): string {
  return text
    .replace(/(?<=^[^ \n].*)\n(?=[^ \n])/gm, ' ')
    .split('\n')
    .map((line) => (line.startsWith(' ') ? indented(line) : wrap(line, WIDTH).join('\n')))
    .join('\n');
}

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

function optionTerm({ name, short, value }: OptionSpec): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function optionText({ summary, choices }: OptionSpec): string {
  return choices === undefined ? summary : `${summary}: ${choices.join(', ')}`;
}

function argumentTerm({ name, required, variadic }: ArgumentSpec): string {
  const many = variadic === true ? `${name}…` : name;
  return required ? many : `[${many}]`;
}

function argumentText({ name, summary, choices }: ArgumentSpec): readonly [string, string] {
  return [name, choices === undefined ? summary : `${summary}: ${choices.join(', ')}`];
}

/** `cratesguard scan --help` */
export function commandHelp(name: string, { summary, details, options, args }: CommandEntry): string {
  const words = ['cratesguard', name, ...(options.length > 0 ? ['[OPTION…]'] : []), ...args.map(argumentTerm)];
  const parts = [wrap(`cratesguard ${name}: ${summary}`, WIDTH).join('\n'), section('Usage', INDENT + words.join(' '))];
  if (args.length > 0) parts.push(section('Arguments', rows(args.map(argumentText))));
  parts.push(
    section(
      'Options',
      rows([...options, ...COMMON_OPTIONS].map((option) => [optionTerm(option), optionText(option)] as const)),
    ),
  );
  if (details !== undefined) parts.push(paragraphs(details));
  return `${parts.join('\n\n')}\n`;
}

function commandRows(names: readonly string[], { commands }: HelpContext): string {
  return rows(
    names.map((name) => [name, commands[name]?.summary ?? ''] as const),
    columnFor(Object.keys(commands)),
  );
}

const firstWord = (name: string): string => name.split(' ', 1)[0] ?? name;

/** The names of the table in the groups of help, hidden ones left out; a name that no group lists comes last. */
export function groupedNames(
  context: HelpContext,
): readonly { readonly title: string; readonly names: readonly string[] }[] {
  const visible = Object.keys(context.commands).filter((name) => context.commands[name]?.hidden !== true);
  const grouped = context.groups.map(({ title, words }) => ({
    title,
    names: words.flatMap((word) => visible.filter((name) => firstWord(name) === word)),
  }));
  const listed = new Set(grouped.flatMap(({ names }) => names));
  const rest = visible.filter((name) => !listed.has(name));
  return [...grouped, { title: 'More', names: rest }].filter(({ names }) => names.length > 0);
}

/** `cratesguard leak --help` */
export function groupHelp(group: string, context: HelpContext): string {
  const names = Object.keys(context.commands).filter((name) => name.startsWith(`${group} `));
  const summary = context.groupSummaries[group];
  return `${[
    `cratesguard ${group}${summary === undefined ? '' : `: ${summary}`}`,
    section('Usage', `${INDENT}cratesguard ${group} COMMAND [OPTION…]`),
    section('Commands', commandRows(names, context)),
    `More: cratesguard ${group} COMMAND --help`,
  ].join('\n\n')}\n`;
}

/** `cratesguard --help` */
export function overview(context: HelpContext): string {
  return `${[
    `cratesguard ${context.version}: stops crates.io keys from being committed or pushed`,
    section(
      'Usage',
      `${INDENT}cratesguard COMMAND [OPTION…]\n${INDENT}cratesguard --staged   the same as cratesguard scan --staged`,
    ),
    ...groupedNames(context).map(({ title, names }) => section(title, commandRows(names, context))),
    section(
      'Options',
      rows([...COMMON_OPTIONS, VERSION_OPTION].map((option) => [optionTerm(option), optionText(option)] as const)),
    ),
    section('Exit status', rows(EXIT_STATUS)),
    section('Environment', rows(ENVIRONMENT)),
    'More: cratesguard COMMAND --help',
  ].join('\n\n')}\n`;
}
