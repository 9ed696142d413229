/** `cratesguard hook agent NAME [EVENT]`: an agent's event from standard input, its answer on standard output. */
import { homedir } from 'node:os';
import { GuardError } from '../base/error';
import { EVENT_KINDS, readEvent, type AgentEvent } from './event';
import { judgeEvent, stopUnjudged } from './judge';
import { agentOf, type AgentId } from './table';

/** An event is at most so large. */
const LARGEST_EVENT = 64 * 1024 * 1024;
/** Milliseconds; less than any agent waits, because an agent takes a hook that is late for consent. */
const TIME_LIMIT = 25_000;

export interface HookOptions {
  readonly agent: AgentId;
  /** As the command line names it. */
  readonly event: string | undefined;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * The answer for standard output; empty where nothing stops the event. What cannot be judged is stopped.
 *
 * @throws GuardError 'usage' for an event that cannot be read and that nobody named: every agent takes that status for
 *   a stop where it has no answer of ours
 */
export async function agentAnswer(options: HookOptions): Promise<string> {
  const agent = agentOf(options.agent);
  let event: AgentEvent | null = null;
  const limit = AbortSignal.timeout(TIME_LIMIT);
  try {
    const text = await withinLimit(readWhole(options.stdin), limit);
    event = readEvent(text, options.event, options.cwd);
    const world = {
      env: options.env,
      home: options.env['HOME'] ?? homedir(),
      signal: AbortSignal.any([options.signal, limit]),
    };
    const stop = await withinLimit(judgeEvent(event, world), limit);
    return stop === null ? '' : answer(agent.stop(stop, event));
  } catch (error) {
    const why = reasonOf(error);
    const shown = event ?? unread(options.event);
    if (shown === null) throw new GuardError('usage', `stopped, because the event could not be read: ${why}`);
    return answer(agent.stop(stopUnjudged(why, shown), shown));
  }
}

function answer(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** An event of which only the name is known. */
function unread(name: string | undefined): Pick<AgentEvent, 'kind' | 'name' | 'snakeCase' | 'output'> | null {
  const kind = EVENT_KINDS[name ?? ''];
  return name === undefined || kind === undefined ? null : { kind, name, snakeCase: false, output: undefined };
}

async function readWhole(stdin: HookOptions['stdin']): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stdin) {
    const bytes = Buffer.from(piece as Uint8Array);
    size += bytes.length;
    if (size > LARGEST_EVENT) throw new GuardError('unreadable', 'it is larger than 64 MB');
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function withinLimit<T>(work: Promise<T>, limit: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    limit.addEventListener('abort', () => {
      reject(new GuardError('unreadable', 'it took too long'));
    });
    work.then(resolve, reject);
  });
}

/** In words that quote nothing of the event. */
function reasonOf(error: unknown): string {
  if (error instanceof GuardError) return error.message;
  return error instanceof Error ? `${error.name} in cratesguard` : 'an unknown failure';
}
