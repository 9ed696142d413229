import { AGENT_IDS } from '../../agents/table';
import type { ArgumentSpec, CommandEntry, OptionSpec } from '../command';

const USER: OptionSpec = { name: 'user', summary: "your own configuration instead of this repository's" };
const AGENT: ArgumentSpec = {
  name: 'AGENT',
  required: false,
  variadic: true,
  choices: AGENT_IDS,
  summary: `only these: ${AGENT_IDS.join(', ')}`,
};

/** The commands for the guard inside AI coding agents. */
export const agentsCommands = {
  'agents install': {
    summary: 'keep keys from AI coding agents',
    details: [
      "Writes hooks into the agents' own configuration: Claude Code, Codex CLI, Gemini CLI, GitHub Copilot CLI, Cursor. Without AGENT, of every agent whose configuration or program is there. A prompt, a command, a file or an output that holds a key does not reach the model. Everything else in the configuration stays as it is.",
      "In a repository, commit the files that it names: the commands in them work for everyone who clones it and runs 'cratesguard agents install' once. With --user they guard every project of yours.",
    ].join('\n\n'),
    options: [USER],
    args: [AGENT],
    load: async () => (await import('./run')).runAgentsInstall,
  },
  'agents uninstall': {
    summary: 'remove those hooks and restore what was there before',
    options: [USER],
    args: [AGENT],
    load: async () => (await import('./run')).runAgentsUninstall,
  },
  'agents status': {
    summary: 'check that the hooks really stop a key',
    details:
      'Gives a made-up key to the very command that the agent would run, for each event, and says where an agent still has to be told to trust the hooks.\n\nExit status: 0 every agent that is there is guarded, 1 one is not.',
    options: [USER],
    args: [AGENT],
    load: async () => (await import('./run')).runAgentsStatus,
  },
} satisfies Record<string, CommandEntry>;
