import {
  completes,
  groupsOf,
  firstWords,
  leadingOptions,
  optionsOf,
  secondWords,
  spellings,
  visibleCommands,
} from './table';
import type { Completes, CommandTable } from './table';
import type { OptionSpec } from '../command';

const quoted = (words: readonly string[]): string => `'${words.join(' ')}'`;

function action(what: Completes): string {
  switch (what.kind) {
    case 'words':
      return `_cratesguard_words ${quoted(what.words)}`;
    case 'file':
      return '_cratesguard_files -f';
    case 'directory':
      return '_cratesguard_files -d';
    case 'revision':
      return '_cratesguard_revisions';
    case 'none':
      return ':';
  }
}

function valueCases(command: string, options: readonly OptionSpec[]): string[] {
  return options
    .filter(({ value }) => value !== undefined)
    .map(
      (option) =>
        `    ${spellings(option)
          .map((spelling) => `'${command}:${spelling}'`)
          .join(' | ')}) ${action(completes(option))}; return ;;`,
    );
}

function optionCase(command: string, options: readonly OptionSpec[]): string {
  return `      '${command}') _cratesguard_words ${quoted(options.map(({ name }) => `--${name}`))} ;;`;
}

/** A script for bash 3.2 and later; it needs nothing of the bash-completion package. */
export function bashCompletion(table: CommandTable): string {
  const commands = visibleCommands(table);
  const groups = groupsOf(table);
  return `# bash completion for cratesguard, made by: cratesguard completion bash

_cratesguard_words() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

_cratesguard_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}

# the part after the dots of A..B is completed too
_cratesguard_revisions() {
  local IFS=$'\\n' start=
  case $cur in *..*) start=\${cur%..*}.. ;; esac
  COMPREPLY=($(compgen -P "$start" -W "HEAD
$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)" -- "\${cur#"$start"}"))
}

_cratesguard() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= group= word i
  COMPREPLY=()
  # bash makes words of its own at the equals sign: --format=json
  if [ "$cur" = '=' ]; then
    cur=
  elif [ "$prev" = '=' ]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      -*) [ -n "$command$group" ] || command=scan ;;
      *)
        if [ -n "$group" ]; then
          command="$group $word"
          group=
        elif [ -z "$command" ]; then
          case $word in
            ${groups.length === 0 ? "''" : groups.join(' | ')}) group=$word ;;
            *) command=$word ;;
          esac
        fi
        ;;
    esac
  done
  case "$command:$prev" in
${commands.flatMap(({ name, options }) => valueCases(name, options)).join('\n')}
  esac
  case $cur in
    -*)
      case $command in
${[optionCase('', leadingOptions(table)), ...commands.map((command) => optionCase(command.name, optionsOf(command)))].join('\n')}
      esac
      return
      ;;
  esac
  case $group in
${groups.map((group) => `    ${group}) _cratesguard_words ${quoted(secondWords(group, table))}; return ;;`).join('\n')}
  esac
  case $command in
    '') _cratesguard_words ${quoted([...firstWords(table).map(({ word }) => word), 'help'])} ;;
${commands
  .filter(({ args }) => args.length > 0)
  .map(({ name, args }) => `    '${name}') ${argumentAction(args.map(completes))} ;;`)
  .join('\n')}
  esac
}

complete -F _cratesguard cratesguard
`;
}

/** Arguments of one command are told apart no further: all that any of them may be is proposed. */
function argumentAction(all: readonly Completes[]): string {
  const words = all.flatMap((what) => (what.kind === 'words' ? what.words : []));
  const other = all.find(({ kind }) => kind !== 'words' && kind !== 'none');
  if (words.length > 0) return action({ kind: 'words', words });
  return action(other ?? { kind: 'none' });
}
