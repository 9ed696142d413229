import type { CommandEntry } from '../command';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

export const completionCommands = {
  completion: {
    summary: 'print the completion script of a shell',
    details: `Where it goes
  bash
    cratesguard completion bash \\
      > ~/.local/share/bash-completion/completions/cratesguard
  zsh, into a folder of $fpath
    cratesguard completion zsh > ~/.zfunc/_cratesguard
  fish
    cratesguard completion fish > ~/.config/fish/completions/cratesguard.fish`,
    options: [],
    args: [{ name: 'SHELL', required: true, choices: SHELLS, summary: 'the shell' }],
    load: async () => (await import('./completion')).runCompletion,
  },
} satisfies Record<string, CommandEntry>;
