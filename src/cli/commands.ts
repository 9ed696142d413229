import { agentsCommands } from './agents/commands';
import type { CommandEntry } from './command';
import { completionCommands } from './completion/commands';
import { credentialCommands } from './credential/commands';
import { hooksCommands } from './hooks/commands';
import { leakCommands } from './leak/commands';
import { policyCommands } from './allow/commands';
import { scanCommands } from './scan/commands';

/**
 * Every command, by name; parsing, help and completion read this table and nothing else. A name of two words is a
 * command of a group. What a command needs is loaded when it runs: a commit must not pay for the HTTP client.
 */
export const commands: Readonly<Record<string, CommandEntry>> = {
  ...scanCommands,
  ...hooksCommands,
  ...agentsCommands,
  ...policyCommands(async () => (await import('./allow/allow')).allowWorld),
  ...leakCommands,
  ...credentialCommands,
  ...completionCommands,
};

/** How help arranges the commands: by the first word of their names, in this order. */
export const commandGroups: readonly { readonly title: string; readonly words: readonly string[] }[] = [
  { title: 'Guard a repository', words: ['install', 'uninstall', 'status', 'scan', 'allow', 'agents'] },
  { title: 'After a leak', words: ['leak'] },
  { title: 'Keep keys out of files', words: ['credential', 'snippet'] },
  { title: 'Shell', words: ['completion'] },
];

/** What `COMMAND` alone stands for where it is the first word of others (`leak`). */
export const groupSummaries: Readonly<Record<string, string>> = {
  agents: 'the guard inside AI coding agents: install, uninstall, status',
  leak: 'what to do after a key leaked',
  credential: 'the Cargo credential provider: set up, test, remove',
};
