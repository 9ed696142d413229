/** Where the hooks are written, for a repository and for a user, and the command that stands there. */
import { join } from 'node:path';
import { GuardError } from '../base/error';
import { quote } from '../hooks/block';
import { globalFolders } from '../hooks/global';
import type { RepositoryFacts } from '../hooks/repository';
import { agentOf, type AgentId } from './table';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A repository's configuration, or the user's. All paths are absolute. */
export interface Scope {
  readonly kind: 'project' | 'user';
  /** The copied program, and what install must remember. Never tracked. */
  readonly programFolder: string;
  /** The shell script that the configured commands start; in a repository it travels with it. */
  readonly script: string;
  /** What the configuration files lie below. */
  readonly root: string;
}

/** The tracked script, from the top of the work tree. */
const PROJECT_SCRIPT = '.cratesguard/agent';

/** @throws GuardError 'unsupported' in a bare repository */
export function projectScope({ topLevel, commonDir }: RepositoryFacts): Scope {
  if (topLevel === null)
    throw new GuardError('unsupported', 'this is a bare repository, where no agent works', {
      hint: "'cratesguard agents install --user' writes to your own configuration.",
    });
  return {
    kind: 'project',
    programFolder: join(commonDir, 'cratesguard-agents'),
    script: join(topLevel, PROJECT_SCRIPT),
    root: topLevel,
  };
}

export function userScope(env: Environment, home: string): Scope {
  const programFolder = join(globalFolders(env).program, 'agents');
  return { kind: 'user', programFolder, script: join(programFolder, 'agent'), root: home };
}

/** The configuration file of an agent. */
export function settingsFile(scope: Scope, id: AgentId, env: Environment): string {
  const { project, user, userFolder } = agentOf(id).files;
  if (scope.kind === 'project') return join(scope.root, project);
  const own = userFolder === undefined ? undefined : env[userFolder.variable];
  if (userFolder === undefined || own === undefined || own === '') return join(scope.root, user);
  return join(own, user.slice(userFolder.instead.length + 1));
}

/**
 * The command for an event. In a repository it is relative to the project, so that it works for everyone who clones it.
 * Whatever goes wrong ends in status 2, which agents take for a stop.
 */
export function commandFor(scope: Scope, id: AgentId, event: string, platform = process.platform): string {
  if (scope.kind === 'user' && platform === 'win32')
    return `node "${join(scope.programFolder, 'hook.cjs')}" agent ${id} ${event} || exit 2`;
  const script = scope.kind === 'user' ? quote(scope.script) : `"${agentOf(id).projectFolder}/${PROJECT_SCRIPT}"`;
  return `sh ${script} ${id} ${event} || exit 2`;
}
