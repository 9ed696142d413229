import { Readable } from 'node:stream';
import { agentAnswer } from '../../src/agents/hook';
import type { AgentId } from '../../src/agents/table';
import type { Repository } from './repository';

type Json = Readonly<Record<string, unknown>>;

/** Asks the guard as an agent would: its answer, null where it lets the event pass. */
export async function ask(
  { path, env }: Pick<Repository, 'path' | 'env'>,
  agent: AgentId,
  event: Json | string,
  name?: string,
): Promise<Json | null> {
  const text = typeof event === 'string' ? event : JSON.stringify({ cwd: path, ...event });
  const answer = await agentAnswer({
    agent,
    event: name,
    stdin: Readable.from([Buffer.from(text)]),
    cwd: path,
    env,
    signal: new AbortController().signal,
  });
  return answer === '' ? null : (JSON.parse(answer) as Json);
}

/** Claude Code's event before a command runs. */
export const bash = (command: string): Json => ({
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command, description: 'runs it' },
});

/** Claude Code's event before any other tool runs. */
export const call = (tool: string, input: Json): Json => ({
  hook_event_name: 'PreToolUse',
  tool_name: tool,
  tool_input: input,
});

export const prompt = (text: string): Json => ({ hook_event_name: 'UserPromptSubmit', prompt: text });
