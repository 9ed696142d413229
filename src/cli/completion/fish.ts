import type { OptionSpec } from '../command';
import { completes, firstWords, groupsOf, leadingOptions, optionsOf, visibleCommands } from './table';
import type { Completes, CommandTable } from './table';

/** Text between single quotes. */
const quote = (text: string): string => `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;

function proposal(what: Completes): string {
  switch (what.kind) {
    case 'words':
      return ` -x -a ${quote(what.words.join(' '))}`;
    case 'file':
      return ' -r -F';
    case 'directory':
      return " -x -a '(__fish_complete_directories)'";
    case 'revision':
      return " -x -a '(__cratesguard_revisions)'";
    case 'none':
      return ' -x';
  }
}

function optionLine(condition: string, option: OptionSpec): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`;
  const value = option.value === undefined ? '' : proposal(completes(option));
  return `complete -c cratesguard -n ${quote(condition)}${short} -l ${option.name}${value} -d ${quote(option.summary)}`;
}

/** A script for fish 3 and later. */
export function fishCompletion(table: CommandTable): string {
  const commands = visibleCommands(table);
  const groups = groupsOf(table);
  const lines: string[] = [];
  for (const option of leadingOptions(table)) lines.push(optionLine("__cratesguard_in ''", option));
  for (const { word, summary } of firstWords(table))
    lines.push(`complete -c cratesguard -n ${quote("__cratesguard_in ''")} -a ${word} -d ${quote(summary)}`);
  lines.push(`complete -c cratesguard -n ${quote("__cratesguard_in ''")} -a help -d 'help on a command'`);
  for (const command of commands) {
    const condition = `__cratesguard_in '${command.name}'`;
    const [word = '', second] = command.name.split(' ');
    if (second !== undefined)
      lines.push(
        `complete -c cratesguard -n ${quote(`__cratesguard_in '${word}'`)} -a ${second} -d ${quote(command.summary)}`,
      );
    for (const option of optionsOf(command)) lines.push(optionLine(condition, option));
    for (const argument of command.args) {
      const what = completes(argument);
      if (what.kind !== 'none')
        lines.push(`complete -c cratesguard -n ${quote(condition)}${proposal(what).replace(/^ -[rx]/, '')}`);
    }
  }
  return `# fish completion for cratesguard, made by: cratesguard completion fish

# the command on the line, one word or two; options in front of any are those of scan
function __cratesguard_command
  set -l name
  for word in (commandline -opc)[2..-1]
    if string match -q -- '-*' $word
      set -q name[1]; or set name scan
      continue
    end
    set -a name $word
    contains -- "$name" ${groups.length === 0 ? "''" : groups.join(' ')}; or break
  end
  printf "%s\\n" "$name"
end

function __cratesguard_in
  test (__cratesguard_command) = "$argv[1]"
end

# the part after the dots of A..B is completed too
function __cratesguard_revisions
  set -l start (string match -r -- '^.*\\.\\.' (commandline -ct | string replace -r -- '^--[a-z-]+=' ''))
  for name in HEAD (git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)
    printf "%s\\n" "$start$name"
  end
end

complete -c cratesguard -f
${lines.join('\n')}
`;
}
