import { GuardError } from '../../base/error';
import type { RunCommand } from '../command';
import { commands } from '../commands';
import { bashCompletion } from './bash';
import { fishCompletion } from './fish';
import type { CommandTable } from './table';
import { zshCompletion } from './zsh';
import { SHELLS } from './commands';
import type { Shell } from './commands';

/** The completion script of a shell for these commands. */
export function completionScript(shell: Shell, table: CommandTable): string {
  switch (shell) {
    case 'bash':
      return bashCompletion(table);
    case 'zsh':
      return zshCompletion(table);
    case 'fish':
      return fishCompletion(table);
  }
}

export const runCompletion: RunCommand = ({ args }, io) => {
  const shell = SHELLS.find((name) => name === args[0]);
  if (shell === undefined) return Promise.reject(new GuardError('usage', `SHELL is one of: ${SHELLS.join(', ')}`));
  io.stdout.write(completionScript(shell, commands));
  return Promise.resolve({ kind: 'clean' });
};
