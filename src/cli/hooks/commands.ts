import type { CommandEntry } from '../command';

/** The commands that put the hooks in, take them out and try them. */
export const hooksCommands = {
  install: {
    summary: 'install the git hooks that block a leaked key',
    details: [
      'Writes pre-commit, pre-merge-commit, commit-msg and pre-push where git looks for them; in a bare repository pre-receive. ' +
        'Hooks that are there stay and still decide. The program is copied into the git folder, so the hooks need no package ' +
        'afterwards; run it again after an update.',
      "Under a hook manager that owns its files (lefthook, pre-commit, prek) nothing is changed: it prints the lines to add, with exit status 1. In a 'prepare' script with CI=true it does nothing.",
    ].join('\n\n'),
    options: [
      { name: 'hooks', value: 'LIST', summary: 'only these hooks, separated by commas' },
      { name: 'global', summary: 'guard every repository of this user, through core.hooksPath' },
    ],
    args: [],
    load: async () => (await import('./install')).runInstall,
  },
  uninstall: {
    summary: 'remove the hooks and restore what was there before',
    details: 'Every file, mode and setting is as it was before; your own hooks stay.',
    options: [{ name: 'global', summary: "remove what 'install --global' wrote" }],
    args: [],
    load: async () => (await import('./install')).runUninstall,
  },
  status: {
    summary: 'check that the hooks really block a leaked key',
    details:
      'For each hook: would git run it here, and would it stop a leak? It is tried with a made-up key in a temporary index; ' +
      'your own hooks are not run and nothing in the repository changes.\n\nExit status: 0 the repository is protected, 1 it is not.',
    options: [
      { name: 'format', value: 'FORMAT', choices: ['text', 'json'], summary: 'how to print it (default: text)' },
    ],
    args: [],
    load: async () => (await import('./install')).runStatus,
  },
} satisfies Record<string, CommandEntry>;
