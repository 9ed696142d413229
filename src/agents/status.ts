/** `cratesguard agents status`: whether each agent's hooks stop a made-up key, tried through the very commands. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GuardError } from '../base/error';
import { runProgram } from '../base/process';
import { madeUpToken } from '../hooks/probe';
import { parseObject, type JsonObject } from '../base/json';
import { isInside } from '../base/paths';
import type { EventKind } from './event';
import { isCurrent, realFile, textAt } from './install';
import { commandFor, settingsFile, type Environment, type Scope } from './places';
import { ownHooks } from './settings';
import { agentOf, type AgentId } from './table';

export interface AgentStatus {
  readonly agent: AgentId;
  readonly scope: Scope['kind'];
  readonly file: string;
  /** `failing` where a hook lets a key pass or stops clean work, with why; `other` where an older version wrote it. */
  readonly state: 'guarded' | 'failing' | 'other' | 'absent';
  readonly reason: string;
  /** What a person has to do before the agent runs the hooks; null where nothing is left. */
  readonly trust: { readonly todo: string; readonly isMissing: boolean } | null;
}

/** The state of one agent's configuration. Runs our own commands only, and only as this version writes them. */
export async function agentStatus(scope: Scope, agent: AgentId, env: Environment): Promise<AgentStatus> {
  const file = settingsFile(scope, agent, env);
  const base = { agent, scope: scope.kind, file, trust: null };
  try {
    const text = existsSync(file) ? await textAt(realFile(scope, file)) : null;
    if (text === null || ownHooks(text, agentOf(agent)).length === 0) return { ...base, state: 'absent', reason: '' };
    if (!isCurrent(text, agent, scope))
      return {
        ...base,
        state: 'other',
        reason: "not what this version writes: run 'cratesguard agents install' again",
      };
    const reason = await failure(scope, agent, env);
    const trust = await missingTrust(scope, agent, file, env);
    return { ...base, state: reason === null ? 'guarded' : 'failing', reason: reason ?? '', trust };
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return { ...base, state: 'failing', reason: error.message };
  }
}

async function failure(scope: Scope, agent: AgentId, env: Environment): Promise<string | null> {
  for (const [event, kind] of Object.entries(agentOf(agent).events)) {
    const key = madeUpToken();
    const answer = await answered(
      scope,
      agent,
      event,
      madeUpEvent(event, kind, scope.root, `before ${key} after`),
      env,
    );
    if (answer.includes(key)) return `${event}: the answer holds the key`;
    if (!isStop(answer)) return `${event}: a made-up key passed`;
    const clean = await answered(scope, agent, event, madeUpEvent(event, kind, scope.root, 'cargo test'), env);
    if (isStop(clean)) return `${event}: clean work is stopped: ${reasonIn(clean)}`;
  }
  return null;
}

/** What the configured command prints, run as the agent runs it. */
async function answered(scope: Scope, agent: AgentId, event: string, input: object, env: Environment): Promise<string> {
  const folders = { CLAUDE_PROJECT_DIR: scope.root, GEMINI_PROJECT_DIR: scope.root };
  const { stdout, exit } = await runProgram('sh', ['-c', commandFor(scope, agent, event)], {
    cwd: scope.root,
    env: { ...env, ...folders },
    input: JSON.stringify(input),
  });
  if (exit.status === 0) return stdout.toString('utf8');
  return JSON.stringify({ decision: 'block', reason: `it ended with status ${exit.status}` });
}

function madeUpEvent(event: string, kind: EventKind, cwd: string, text: string): JsonObject {
  const base = { session_id: 'cratesguard-status', cwd, hook_event_name: event };
  switch (kind) {
    case 'prompt':
      return { ...base, prompt: text };
    case 'call':
      return { ...base, tool_name: 'Bash', tool_input: { command: text } };
    case 'output':
      return { ...base, tool_name: 'Bash', tool_input: { command: 'x' }, tool_response: { stdout: text } };
    case 'failed-output':
      return { ...base, tool_name: 'Bash', tool_input: { command: 'x' }, error: text };
  }
}

/** Every form of a stop has one of these. */
function isStop(answer: string): boolean {
  return Object.keys(parseObject(answer) ?? {}).length > 0;
}

function reasonIn(answer: string): string {
  return (
    /"(?:permissionDecisionReason|stopReason|user_message|reason)":"([^"]*)"/.exec(answer)?.[1] ?? 'no reason given'
  );
}

/** What is known of trust from the agents' own files; where they do not say, it is not taken to be missing. */
async function missingTrust(
  scope: Scope,
  agent: AgentId,
  file: string,
  env: Environment,
): Promise<AgentStatus['trust']> {
  const todo = agentOf(agent).trust[scope.kind];
  if (todo === null) return null;
  const needed = { todo, isMissing: true };
  const home = env['HOME'] ?? '';
  if (agent === 'codex') {
    const config = await readIfThere(join(env['CODEX_HOME'] ?? join(home, '.codex'), 'config.toml'));
    const names = ['user_prompt_submit', 'pre_tool_use', 'post_tool_use'];
    const isTrusted = names.every((name) =>
      config
        .split(/^\[/m)
        .some((table) => table.startsWith(`hooks.state."${file}:${name}:`) && /^trusted_hash\s*=/m.test(table)),
    );
    return isTrusted ? null : needed;
  }
  if (agent === 'gemini') {
    if (env['GEMINI_CLI_TRUST_WORKSPACE'] === 'true') return null;
    const folders = await readIfThere(join(home, '.gemini', 'trustedFolders.json'));
    return isTrustedFolder(folders, scope.root) ? null : needed;
  }
  return { todo, isMissing: false };
}

async function readIfThere(path: string): Promise<string> {
  return existsSync(path) ? ((await textAt(path)) ?? '') : '';
}

function isTrustedFolder(text: string, root: string): boolean {
  const value = parseObject(text);
  if (value === undefined) return false; // none, or one that Gemini cannot read either
  for (const [folder, level] of Object.entries(value)) {
    const trusted = level === 'TRUST_PARENT' ? dirname(folder) : level === 'TRUST_FOLDER' ? folder : null;
    if (trusted !== null && isInside(trusted, root)) return true;
  }
  return false;
}
