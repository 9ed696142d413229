import type { ArgumentSpec, OptionSpec } from '../command';
import { completes, groupsOf, firstWords, leadingOptions, optionsOf, spellings, visibleCommands } from './table';
import type { Completes, CommandTable } from './table';

/** Text between single quotes. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Text inside the brackets of an `_arguments` specification. */
const described = (text: string): string => text.replace(/[\\[\]:]/g, (character) => `\\${character}`);

function action(what: Completes): string {
  switch (what.kind) {
    case 'words':
      return `(${what.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'revision':
      return '_cratesguard_revisions';
    case 'none':
      return ' ';
  }
}

function optionSpecs(option: OptionSpec): string[] {
  const all = spellings(option);
  const exclusive = option.repeatable === true ? '*' : `(${all.join(' ')})`;
  const value = option.value === undefined ? '' : `:${described(option.value)}:${action(completes(option))}`;
  return all.map((spelling) => {
    const joined = value !== '' && spelling.startsWith('--') ? '=' : '';
    return quote(`${exclusive}${spelling}${joined}[${described(option.summary)}]${value}`);
  });
}

function argumentSpec(argument: ArgumentSpec): string {
  const repeat = argument.variadic === true ? '*' : '';
  return quote(
    `${repeat}${argument.required || repeat !== '' ? ':' : '::'}${described(argument.name)}:${action(completes(argument))}`,
  );
}

function argumentsCall(specs: readonly string[], indent: string): string {
  return ['_arguments -s -S', ...specs].join(` \\\n${indent}  `);
}

const describedWords = (
  words: readonly { readonly word: string; readonly summary: string }[],
  indent: string,
): string => words.map(({ word, summary }) => `${indent}${quote(`${word}:${summary}`)}`).join('\n');

/** A script for zsh's completion system: in `$fpath` as `_cratesguard`, or evaluated after `compinit`. */
export function zshCompletion(table: CommandTable): string {
  const groups = groupsOf(table);
  const inGroup = (group: string): { word: string; summary: string }[] =>
    visibleCommands(table)
      .filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name, summary }) => ({ word: name.slice(group.length + 1), summary }));
  return `#compdef cratesguard
# zsh completion for cratesguard, made by: cratesguard completion zsh

_cratesguard_revisions() {
  local -a revisions
  revisions=(HEAD \${(f)"$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"})
  # the part after the dots of A..B is completed too
  compset -P '*..'
  compadd -a revisions
}

_cratesguard_commands() {
  local -a names
  names=(
${describedWords([...firstWords(table), { word: 'help', summary: 'help on a command' }], '    ')}
  )
  _describe -t commands command names
}

_cratesguard_arguments() {
  case $1 in
${visibleCommands(table)
  .map(
    (command) => `    ${quote(command.name)})
      ${argumentsCall([...optionsOf(command).flatMap(optionSpecs), ...command.args.map(argumentSpec)], '      ')}
      ;;`,
  )
  .join('\n')}
  esac
}

_cratesguard() {
  local first=$words[2]
  if (( CURRENT == 2 )) && [[ $first != -* ]]; then
    _cratesguard_commands
    return
  fi
  case $first in
    -*)
      ${argumentsCall(leadingOptions(table).flatMap(optionSpecs), '      ')}
      ;;
    help)
      _cratesguard_commands
      ;;
${groups
  .map(
    (group) => `    ${group})
      if (( CURRENT == 3 )); then
        local -a names
        names=(
${describedWords(inGroup(group), '          ')}
        )
        _describe -t commands command names
      else
        local name="$words[2] $words[3]"
        words=("$name" "\${(@)words[4,-1]}")
        (( CURRENT -= 2 ))
        _cratesguard_arguments $name
      fi
      ;;`,
  )
  .join('\n')}
    *)
      shift words
      (( CURRENT-- ))
      _cratesguard_arguments $first
      ;;
  esac
}

if [ "$funcstack[1]" = _cratesguard ]; then
  _cratesguard "$@"
else
  compdef _cratesguard cratesguard
fi
`;
}
