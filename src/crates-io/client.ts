import { setTimeout as delay } from 'node:timers/promises';
import { GuardError } from '../base/error';
import type { ApiAddress } from './address';
import { exchange, type Answer, type ApiRequest } from './exchange';
import { proxyFor } from './proxy';
import { retryAfter } from './retry-after';

/** Time as the client sees it, in milliseconds; tests hand in one that does not wait. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface ClientOptions {
  readonly address: ApiAddress;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Told, in a sentence, when the server makes us wait. */
  readonly notice: (text: string) => void;
  readonly clock?: Clock;
  /** Milliseconds for one request; 10 seconds unless told. */
  readonly timeout?: number;
}

/** An answer, and how long its server took, in milliseconds; waits before and between requests do not count. */
type TimedAnswer = Answer & { readonly elapsed: number };

/** The one door to crates.io. */
export interface Client {
  /** Scheme and host that requests go to. */
  readonly base: string;
  /**
   * At most one request a second leaves, repeats included. An answer of 429 or 5xx is asked again, as often as
   * RETRIES and after the wait that it names; a request without an answer is never repeated here, because it may have
   * arrived.
   * @throws GuardError `interrupted` when the signal is aborted.
   */
  send(request: ApiRequest): Promise<TimedAnswer>;
  /** @throws GuardError `interrupted` when the signal is aborted. */
  pause(milliseconds: number): Promise<void>;
}

/** crates.io's access policy: https://crates.io/data-access */
const INTERVAL = 1000;
const RETRIES = 3;
/** A server that asks for more than this is taken at its word, and the user is told to come back. */
const LONGEST_WAIT = 60_000;
/** Before the first repeat where the server names no wait; doubled each time. */
const FIRST_WAIT = 2000;
const TIMEOUT = 10_000;

const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, { signal });
  },
};

/** @throws GuardError `usage` where the environment names a proxy that cannot be used. */
export function createClient(options: ClientOptions): Client {
  const { address, env, signal, notice, clock = systemClock, timeout = TIMEOUT } = options;
  const wire = { base: address.base, proxy: proxyFor(address, env), timeout };
  let earliest = -Infinity;

  async function once(request: ApiRequest): Promise<TimedAnswer> {
    const wait = earliest - clock.now();
    if (wait > 0) await clock.sleep(wait, signal);
    const start = clock.now();
    try {
      const answer = await exchange(request, wire, signal);
      return { ...answer, elapsed: clock.now() - start };
    } finally {
      // Counted from the answer: when the request arrived, nobody here knows, and the server's clock is what counts.
      earliest = clock.now() + INTERVAL;
    }
  }

  async function interruptible<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (signal.aborted) throw new GuardError('interrupted', 'interrupted', { cause: error });
      throw error;
    }
  }

  async function sendPatiently(request: ApiRequest): Promise<TimedAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(request);
      if (answer.kind === 'failed' || !asksToWait(answer.status) || attempt > RETRIES) return answer;
      const wait = retryAfter(answer.headers, Date.now()) ?? FIRST_WAIT * 2 ** (attempt - 1);
      const seconds = Math.ceil(wait / 1000);
      if (wait > LONGEST_WAIT) {
        notice(`the server answered ${answer.status} and asks to wait ${seconds} seconds; not asked again, try later`);
        return answer;
      }
      notice(`the server answered ${answer.status}; asking again in ${seconds} s (${attempt} of ${RETRIES})`);
      await clock.sleep(wait, signal);
    }
  }

  return {
    base: address.base,
    send: (request) => interruptible(sendPatiently(request)),
    pause: (milliseconds) => interruptible(clock.sleep(milliseconds, signal)),
  };
}

function asksToWait(status: number): boolean {
  return status === 429 || (status >= 500 && status <= 599);
}
