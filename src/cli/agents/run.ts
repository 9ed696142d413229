import { homedir } from 'node:os';
import { installAgents, seenAgents, uninstallAgents, type AgentResult } from '../../agents/install';
import { projectScope, userScope, type Scope } from '../../agents/places';
import { agentStatus, type AgentStatus } from '../../agents/status';
import { agentOf, isAgentId, type AgentId } from '../../agents/table';
import { repositoryFacts } from '../../hooks/repository';
import { shown } from '../../hooks/text';
import type { Outcome } from '../../outcome';
import type { Invocation } from '../command';
import { RUNNING_PROGRAM } from '../hooks/install';
import type { Io } from '../io';
import { isGiven } from '../command';

interface Setting {
  readonly scope: Scope;
  readonly agents: readonly AgentId[];
  /** True where the command line names the agents. */
  readonly named: boolean;
  readonly show: (path: string) => string;
}

async function settingOf(invocation: Invocation, { cwd, env }: Pick<Io, 'cwd' | 'env'>): Promise<Setting> {
  const user = userScope(env, env['HOME'] ?? homedir());
  const named = invocation.args.filter(isAgentId);
  if (isGiven(invocation, 'user')) {
    const agents = named.length > 0 ? named : seenAgents([user], env);
    return { scope: user, agents, named: named.length > 0, show: (path) => path };
  }
  const facts = await repositoryFacts(cwd);
  const scope = projectScope(facts);
  const agents = named.length > 0 ? named : seenAgents([scope, user], env);
  return { scope, agents, named: named.length > 0, show: (path) => shown(path, facts) };
}

const NONE =
  "No AI coding agent was found: neither a configuration nor a program. Name one, for example 'cratesguard agents install claude'.\n";

/** `cratesguard agents install` */
export async function runAgentsInstall(
  invocation: Invocation,
  io: Io,
  programFolder: string = RUNNING_PROGRAM,
): Promise<Outcome> {
  const { scope, agents, show } = await settingOf(invocation, io);
  if (agents.length === 0) {
    io.stdout.write(NONE);
    return { kind: 'blocked' };
  }
  const source = { programFolder, node: process.execPath };
  const results = await installAgents({ scope, agents, env: io.env, source, signal: io.signal });
  const lines = [
    scope.kind === 'user' ? 'Your AI coding agents, in every project:' : 'AI coding agents in this repository:',
    ...results.map((result) => line(result, show, INSTALLED[result.action])),
    ...(scope.kind === 'user'
      ? []
      : [`Commit these files and ${show(scope.script)}; each clone runs 'cratesguard agents install' once.`]),
    ...results.flatMap(({ agent }) => {
      const needed = agentOf(agent).trust[scope.kind];
      return needed === null ? [] : [`${agentOf(agent).title}: ${needed}.`];
    }),
    `Next: 'cratesguard agents status${scope.kind === 'user' ? ' --user' : ''}' tries the hooks out with a made-up key.`,
  ];
  io.stdout.write(`${lines.join('\n')}\n`);
  return { kind: 'clean' };
}

const INSTALLED: Readonly<Record<AgentResult['action'], string>> = {
  written: 'hooks added',
  updated: 'updated',
  unchanged: 'in place',
  deleted: 'deleted',
  absent: 'no hooks of cratesguard',
};

function line(
  { agent, file }: Pick<AgentResult, 'agent' | 'file'>,
  show: (path: string) => string,
  said: string,
): string {
  return `  ${agentOf(agent).title.padEnd(18)}  ${show(file)}  (${said})`;
}

/** `cratesguard agents uninstall` */
export async function runAgentsUninstall(invocation: Invocation, io: Io): Promise<Outcome> {
  const { scope, agents, named, show } = await settingOf(invocation, io);
  const results = await uninstallAgents({ scope, agents, env: io.env, signal: io.signal });
  const told = named ? results : results.filter(({ action }) => action !== 'absent');
  io.stdout.write(
    told.length === 0
      ? 'No agent had hooks of cratesguard here.\n'
      : `${['Hooks removed:', ...told.map((result) => line(result, show, REMOVED[result.action]))].join('\n')}\n`,
  );
  return { kind: 'clean' };
}

const REMOVED = { ...INSTALLED, updated: 'as it was before' };

/** `cratesguard agents status` */
export async function runAgentsStatus(invocation: Invocation, io: Io): Promise<Outcome> {
  const { scope, agents, show } = await settingOf(invocation, io);
  const user = userScope(io.env, io.env['HOME'] ?? homedir());
  if (agents.length === 0) {
    io.stdout.write(NONE);
    return { kind: 'blocked' };
  }
  const lines: string[] = [];
  let isGuarded = true;
  for (const agent of agents) {
    // The user's own configuration guards this repository too.
    const scopes = scope.kind === 'user' ? [scope] : [scope, user];
    const states: AgentStatus[] = [];
    for (const place of scopes) states.push(await agentStatus(place, agent, io.env));
    const present = states.filter(({ state }) => state !== 'absent');
    isGuarded &&= present.some(({ state, trust }) => state === 'guarded' && trust?.isMissing !== true);
    if (present.length === 0) lines.push(`  ${agentOf(agent).title.padEnd(18)}  not guarded`);
    for (const status of present) {
      lines.push(line(status, show, status.state === 'guarded' ? 'stops a made-up key' : status.reason));
      if (status.trust === null) continue;
      const { todo, isMissing } = status.trust;
      lines.push(`  ${''.padEnd(18)}  ${isMissing ? 'not trusted yet' : 'if not done yet'}: ${todo}`);
    }
  }
  const install = `'cratesguard agents install${scope.kind === 'user' ? ' --user' : ''}'`;
  const verdict = isGuarded
    ? 'Every agent that is here is guarded.'
    : `Not every agent is guarded; ${install} writes the hooks.`;
  io.stdout.write(`${[verdict, ...lines].join('\n')}\n`);
  return isGuarded ? { kind: 'clean' } : { kind: 'blocked' };
}
