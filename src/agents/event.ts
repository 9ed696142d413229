/** What an agent sends to a hook, in one form for all of them. */
import { GuardError } from '../base/error';
import { isRecord, parseJson, parseObject, type JsonObject } from '../base/json';

/** When an event comes: before the model sees a prompt, before a tool runs, after it ran, after it failed. */
export type EventKind = 'prompt' | 'call' | 'output' | 'failed-output';

export interface AgentEvent {
  readonly kind: EventKind;
  /** As the agent calls it; empty where neither the event nor the command line names it. */
  readonly name: string;
  /** True where the fields are called as Claude Code calls them (`hook_event_name`, `tool_name`…). */
  readonly snakeCase: boolean;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The prompt; empty for other events. */
  readonly prompt: string;
  /** The tool's name; empty where there is none. */
  readonly tool: string;
  /** What the tool is given; null where it is no call of a tool. */
  readonly input: unknown;
  /** What the tool gave; undefined where it has not run. */
  readonly output: unknown;
  /** Everything that can reach the model by this event. */
  readonly payload: JsonObject;
}

export const EVENT_KINDS: Readonly<Record<string, EventKind>> = {
  UserPromptSubmit: 'prompt',
  userPromptSubmitted: 'prompt',
  BeforeAgent: 'prompt',
  beforeSubmitPrompt: 'prompt',
  PreToolUse: 'call',
  preToolUse: 'call',
  BeforeTool: 'call',
  beforeShellExecution: 'call',
  beforeMCPExecution: 'call',
  beforeReadFile: 'call',
  beforeTabFileRead: 'call',
  PostToolUse: 'output',
  postToolUse: 'output',
  AfterTool: 'output',
  PostToolUseFailure: 'failed-output',
};

/** What an agent says of itself and its session; none of it is sent to a model because of this event. */
const ABOUT_THE_SESSION = new Set([
  'session_id',
  'sessionId',
  'conversation_id',
  'generation_id',
  'turn_id',
  'prompt_id',
  'tool_use_id',
  'transcript_path',
  'transcriptPath',
  'cwd',
  'workspace_roots',
  'permission_mode',
  'hook_event_name',
  'timestamp',
  'model',
  'cursor_version',
  'user_email',
]);

const INPUTS = ['tool_input', 'toolArgs', 'toolInput'];
const OUTPUTS = ['tool_response', 'toolResult', 'tool_result', 'tool_output', 'error'];

/**
 * Reads an event.
 *
 * @param named the event's name from the command line, for agents that do not send it
 * @throws GuardError 'unreadable' where it is no JSON object
 */
export function readEvent(text: string, named: string | undefined, cwd: string): AgentEvent {
  const value = parsed(text);
  const own = value['hook_event_name'];
  const name = typeof own === 'string' ? own : (named ?? '');
  const kind = EVENT_KINDS[name] ?? kindOf(value);
  const payload = Object.entries(value).filter(
    ([key]) =>
      !ABOUT_THE_SESSION.has(key) && !((kind === 'output' || kind === 'failed-output') && INPUTS.includes(key)),
  );
  const prompt = value['prompt'];
  const tool = value['tool_name'] ?? value['toolName'];
  return {
    kind,
    name,
    snakeCase: typeof own === 'string',
    cwd: folderOf(value) ?? cwd,
    prompt: typeof prompt === 'string' ? prompt : '',
    tool: typeof tool === 'string' ? tool : '',
    input: kind === 'prompt' ? value['attachments'] : (decoded(firstOf(value, INPUTS)) ?? Object.fromEntries(payload)),
    output: firstOf(value, OUTPUTS),
    payload: Object.fromEntries(payload.map(([key, item]) => [key, INPUTS.includes(key) ? decoded(item) : item])),
  };
}

function parsed(text: string): JsonObject {
  const value = parseObject(text); // the parser's own message would quote it
  if (value === undefined) throw new GuardError('unreadable', 'the event is no JSON object');
  return value;
}

/** The kind of an event whose name says nothing: an agent's newer version may have others. */
function kindOf(value: JsonObject): EventKind {
  if (firstOf(value, OUTPUTS) !== undefined) return 'output';
  return typeof value['prompt'] === 'string' ? 'prompt' : 'call';
}

function firstOf(value: JsonObject, keys: readonly string[]): unknown {
  for (const key of keys) if (value[key] !== undefined) return value[key];
  return undefined;
}

/** Some versions send a tool's arguments as an object, others as its JSON. */
function decoded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  return parseJson(value) ?? value; // text may only begin so
}

function folderOf(value: JsonObject): string | null {
  const { cwd, workspace_roots: roots } = value;
  if (typeof cwd === 'string' && cwd !== '') return cwd;
  const first: unknown = Array.isArray(roots) ? roots[0] : null;
  return typeof first === 'string' && first !== '' ? first : null;
}

/** A string somewhere in a value, and the key that it, or the list that it is in, is called by. */
export interface Leaf {
  readonly key: string;
  readonly text: string;
}

/** Every string of a value, at any depth. No recursion: depth is the sender's. */
export function leavesOf(value: unknown): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const waiting: { readonly key: string; readonly value: unknown }[] = [{ key: '', value }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { key } = next;
    if (typeof next.value === 'string') leaves.push({ key, text: next.value });
    else if (Array.isArray(next.value)) for (const item of next.value.toReversed()) waiting.push({ key, value: item });
    else if (isRecord(next.value))
      for (const [name, item] of Object.entries(next.value).reverse()) waiting.push({ key: name, value: item });
  }
  return leaves;
}
