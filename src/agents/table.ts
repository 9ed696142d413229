/** The agents that the guard works in: a row each, and nothing else of ours knows one from another. */
import { isRecord } from '../base/json';
import type { AgentEvent, EventKind } from './event';

/** Why something must not reach the model, and what the model may have in its place. */
export interface Stop {
  /** For whoever reads the agent's screen, and the model. */
  readonly reason: string;
  /** Of an output: the same value with the keys in it masked. */
  readonly masked: unknown;
}

/** An event of an agent that `agents install` hooks into, by its name in the agent's configuration. */
type HookedEvents = Readonly<Record<string, EventKind>>;

export interface Agent {
  readonly title: string;
  /** The program's name on PATH. */
  readonly program: string;
  readonly events: HookedEvents;
  /** The answer, as an object for standard output, that this agent takes for "no". */
  readonly stop: (stop: Stop, event: Pick<AgentEvent, 'kind' | 'name' | 'snakeCase'>) => object;
  /** Configuration files: below the top of the work tree, and below the user's home or the folder that a variable names. */
  readonly files: {
    readonly project: string;
    readonly user: string;
    readonly userFolder?: { readonly variable: string; readonly instead: string };
  };
  /** How a hook is written there: below a matcher as Claude Code has it, or by itself. */
  readonly layout: 'matchers' | 'list';
  /** What a configuration begins with that was not there before. */
  readonly newFile: object;
  /** The keys of one hook. `timeout` is longer than the guard's own. */
  readonly hook: (command: string, event: string) => object;
  /** The words of a command's line that lead to the top of the work tree. */
  readonly projectFolder: string;
  /** How a person tells the agent to run the hooks; null where it runs them unasked. */
  readonly trust: { readonly user: string | null; readonly project: string | null };
}

/** Seconds after which an agent ends a hook. It must be longer than the guard's own limit, which blocks. */
const AGENT_TIMEOUT = 60;

const TOP_LEVEL = '$(git rev-parse --show-toplevel)';

export const AGENTS = {
  claude: {
    title: 'Claude Code',
    program: 'claude',
    events: {
      UserPromptSubmit: 'prompt',
      PreToolUse: 'call',
      PostToolUse: 'output',
      PostToolUseFailure: 'failed-output',
    },
    stop: (stop, event) => claudeAnswer(stop, event),
    files: {
      project: '.claude/settings.json',
      user: '.claude/settings.json',
      userFolder: { variable: 'CLAUDE_CONFIG_DIR', instead: '.claude' },
    },
    layout: 'matchers',
    newFile: {},
    // Since 2.1.295 Claude Code can block where a hook fails; older versions pass over the key.
    hook: (command) => ({ type: 'command', command, timeout: AGENT_TIMEOUT, onFailure: 'block' }),
    projectFolder: '$CLAUDE_PROJECT_DIR',
    trust: { user: null, project: null },
  },
  codex: {
    title: 'Codex CLI',
    program: 'codex',
    events: { UserPromptSubmit: 'prompt', PreToolUse: 'call', PostToolUse: 'output' },
    stop: (stop, event) =>
      event.kind === 'output' ? { decision: 'block', reason: withOutput(stop) } : claudeAnswer(stop, event),
    files: {
      project: '.codex/hooks.json',
      user: '.codex/hooks.json',
      userFolder: { variable: 'CODEX_HOME', instead: '.codex' },
    },
    layout: 'matchers',
    newFile: {},
    hook: (command) => ({ type: 'command', command, timeout: AGENT_TIMEOUT }),
    projectFolder: TOP_LEVEL,
    trust: {
      user: 'start codex, enter /hooks and trust these hooks; until then it does not run them',
      project:
        'start codex here, trust the folder, then enter /hooks and trust these hooks; until then it does not run them',
    },
  },
  gemini: {
    title: 'Gemini CLI',
    program: 'gemini',
    events: { BeforeAgent: 'prompt', BeforeTool: 'call', AfterTool: 'output' },
    stop: (stop, { kind }) => ({ decision: 'deny', reason: kind === 'output' ? withOutput(stop) : stop.reason }),
    files: { project: '.gemini/settings.json', user: '.gemini/settings.json' },
    layout: 'matchers',
    newFile: {},
    hook: (command) => ({ type: 'command', name: 'cratesguard', command, timeout: AGENT_TIMEOUT * 1000 }),
    projectFolder: '$GEMINI_PROJECT_DIR',
    trust: {
      user: null,
      project:
        "start gemini here and trust the folder (or set GEMINI_CLI_TRUST_WORKSPACE=true); --skip-trust runs without the project's hooks",
    },
  },
  copilot: {
    title: 'GitHub Copilot CLI',
    program: 'copilot',
    events: { userPromptSubmitted: 'prompt', preToolUse: 'call', postToolUse: 'output' },
    stop: (stop, event) => copilotAnswer(stop, event),
    files: {
      project: '.github/hooks/cratesguard.json',
      user: '.copilot/hooks/cratesguard.json',
      userFolder: { variable: 'COPILOT_HOME', instead: '.copilot' },
    },
    layout: 'list',
    newFile: { version: 1 },
    hook: (command, event) => ({
      type: 'command',
      bash: command,
      powershell: `npx --no-install cratesguard hook agent copilot ${event}`,
      timeoutSec: AGENT_TIMEOUT,
    }),
    projectFolder: TOP_LEVEL,
    trust: {
      user: null,
      project:
        "start copilot here and trust the folder (or pass --trust-folder); until then it does not run the project's hooks, and does not say so",
    },
  },
  cursor: {
    title: 'Cursor',
    program: 'cursor',
    events: {
      beforeSubmitPrompt: 'prompt',
      beforeReadFile: 'call',
      beforeTabFileRead: 'call',
      beforeShellExecution: 'call',
      beforeMCPExecution: 'call',
      preToolUse: 'call',
    },
    stop: ({ reason }, { kind }) =>
      kind === 'call'
        ? { permission: 'deny', user_message: reason, agent_message: reason }
        : { continue: false, user_message: reason },
    files: { project: '.cursor/hooks.json', user: '.cursor/hooks.json' },
    layout: 'list',
    newFile: { version: 1 },
    hook: (command) => ({ command, timeout: AGENT_TIMEOUT, failClosed: true }),
    projectFolder: '.',
    trust: { user: null, project: 'open the folder as a trusted workspace' },
  },
} as const satisfies Readonly<Record<string, Agent>>;

export type AgentId = keyof typeof AGENTS;

export const AGENT_IDS = Object.keys(AGENTS) as readonly AgentId[];

export function isAgentId(name: string): name is AgentId {
  return Object.hasOwn(AGENTS, name);
}

export function agentOf(id: AgentId): Agent {
  return AGENTS[id];
}

type Place = Pick<AgentEvent, 'kind' | 'name' | 'snakeCase'>;

function claudeAnswer({ reason, masked }: Stop, { kind, name }: Place): object {
  switch (kind) {
    case 'prompt':
      return { decision: 'block', reason };
    case 'call':
      return {
        hookSpecificOutput: {
          hookEventName: name === '' ? 'PreToolUse' : name,
          permissionDecision: 'deny',
          permissionDecisionReason: reason,
        },
      };
    case 'output':
      // Nothing to put in its place: end the turn, so that the model is not asked again.
      if (masked === undefined) return { continue: false, stopReason: reason, decision: 'block', reason };
      return {
        hookSpecificOutput: {
          hookEventName: name === '' ? 'PostToolUse' : name,
          updatedToolOutput: masked,
          additionalContext: reason,
        },
      };
    case 'failed-output':
      return { systemMessage: reason, hookSpecificOutput: { hookEventName: name, additionalContext: reason } };
  }
}

/** Under snake_case, as VS Code sends it, the answers are Claude Code's; it shows `stopReason` where a prompt is stopped. */
function copilotAnswer(stop: Stop, event: Place): object {
  const { reason } = stop;
  if (event.kind === 'prompt')
    return { decision: 'block', reason, ...(event.snakeCase ? { continue: false, stopReason: reason } : {}) };
  if (event.kind === 'call' && !event.snakeCase)
    return { permissionDecision: 'deny', permissionDecisionReason: reason };
  return event.kind === 'call' ? claudeAnswer(stop, event) : { decision: 'block', reason: withOutput(stop) };
}

/** So much of an output is given back, masked, within a reason. */
const LONGEST_OUTPUT = 100_000;

/** Where an agent replaces the output by the reason, the reason brings the rest of the output along. */
function withOutput({ reason, masked }: Stop): string {
  const text = outputText(masked);
  if (text === '') return reason;
  const shown = text.length > LONGEST_OUTPUT ? `${text.slice(0, LONGEST_OUTPUT)}\n[cut here]` : text;
  return `${reason}\n\n${shown}`;
}

/** What of a tool's result the agent would have shown to the model. */
function outputText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isRecord(value)) return value === undefined ? '' : JSON.stringify(value);
  for (const key of ['llmContent', 'textResultForLlm', 'text_result_for_llm'])
    if (typeof value[key] === 'string') return value[key];
  return JSON.stringify(value);
}
