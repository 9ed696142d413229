import { GuardError } from '../../base/error';
import { gitSetting } from '../../git/revision';
import type { Io } from '../io';

const SETTING = 'cratesguard.timeLimit';

/** What a timer of Node.js can count, some 24 days; a longer one would ring at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * How long the server's hook may judge one push, in seconds, as the administrator set it
 * (`git config cratesguard.timeLimit SECONDS`); null where nothing is set.
 *
 * @throws GuardError 'config' for anything but a positive number
 */
export async function serverTimeLimit({ cwd, env }: Pick<Io, 'cwd' | 'env'>): Promise<number | null> {
  const value = await gitSetting({ cwd, env }, SETTING);
  if (value === null) return null;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  if (seconds > 0) return seconds;
  throw new GuardError('config', `the time limit of this server is no positive number of seconds: '${value}'`, {
    hint: `its administrator sets it: git config ${SETTING} 60, or takes it out: git config --unset ${SETTING}`,
  });
}

export interface TimeLimit {
  /** Aborted when the time is up, and when `signal` is. */
  readonly signal: AbortSignal;
  release(): void;
}

/** Starts the clock. The signal's reason is a GuardError that says what happened and what to do. */
export function startTimeLimit(signal: AbortSignal, seconds: number): TimeLimit {
  const controller = new AbortController();
  const onAbort = (): void => {
    controller.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(
    () => {
      controller.abort(timeIsUp(seconds));
    },
    Math.min(seconds * 1000, LONGEST_TIMER),
  );
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

function timeIsUp(seconds: number): GuardError {
  return new GuardError(
    'interrupted',
    `the time limit of this server (${seconds} ${seconds === 1 ? 'second' : 'seconds'}) ran out before everything that is pushed was read`,
    {
      hint: `push fewer commits at once, or have the server's administrator raise it: git config ${SETTING} SECONDS`,
    },
  );
}
