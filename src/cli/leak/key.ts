import { DEFAULT_API, parseApiAddress, type ApiAddress } from '../../crates-io/address';
import { createClient, type Client } from '../../crates-io/client';
import { SETTINGS_PAGE } from '../../crates-io/keys';
import { GuardError } from '../../base/error';
import { secretFromStream, secretFromText, type SecretInput } from '../../leak/secret-input';
import type { Invocation, OptionValue } from '../command';
import type { Io } from '../io';
import { secretAt } from './key-at';
import { openTerminal, type Terminal } from '../prompt';

/** Any authenticated request does this, so it is said before the first one. */
export const LAST_USED_ADVICE = `crates.io overwrites the key's "last used" time with this request. That time tells whether somebody else has used the key:
note it first at ${SETTINGS_PAGE} (column "Last used").
`;

type OpenTerminal = () => Terminal | null;

/** @throws GuardError `usage` where words follow the command; they are not repeated, one of them may be a key. */
export function refuseArguments(invocation: Invocation): void {
  if (invocation.args.length > 0)
    throw new GuardError('usage', 'this command takes no arguments', {
      hint: 'a key given as an argument stays in the shell history and in process lists: treat it as leaked, and pipe it in instead',
    });
}

export function textOption(value: OptionValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The address of `--api`, or crates.io's. */
export function apiAddress(invocation: Invocation): ApiAddress {
  return parseApiAddress(textOption(invocation.options['api']) ?? DEFAULT_API);
}

/** From `--at`, from a pipe, or typed at the terminal without an echo. */
export async function readKey(invocation: Invocation, io: Io, open: OpenTerminal = openTerminal): Promise<SecretInput> {
  const place = textOption(invocation.options['at']);
  if (place !== undefined) return secretAt(place, io.cwd);
  if (io.stdin.isTTY !== true) return secretFromStream(io.stdin);
  return withTerminal(open, async (terminal) => {
    // The echo goes before the question comes: what is pasted the moment it shows must not show.
    const typed = terminal.readLine('hidden', io.signal);
    io.stderr.write('Paste the key and press Enter (it is not shown): ');
    const line = await typed;
    io.stderr.write('\n');
    return secretFromText(line);
  });
}

/**
 * Returns only where the user agrees: `--yes`, or "y" at the terminal.
 * @throws GuardError `usage` otherwise; nothing has been sent then.
 */
export async function confirm(
  invocation: Invocation,
  io: Io,
  question: string,
  open: OpenTerminal = openTerminal,
): Promise<void> {
  if (invocation.options['yes'] === true) return;
  const refusal = (message: string): GuardError =>
    new GuardError('usage', `${message}; nothing was sent`, { hint: 'add --yes to agree without being asked' });
  if (!io.stderr.isTerminal) throw refusal('this needs your consent, and there is no terminal to ask at');
  await withTerminal(open, async (terminal) => {
    io.stderr.write(`${question} [y/N] `);
    const answer = await terminal.readLine('shown', io.signal);
    if (!/^y(es)?$/i.test(answer.trim())) throw refusal('not confirmed');
  });
}

export function clientFor(address: ApiAddress, io: Io): Client {
  return createClient({
    address,
    env: io.env,
    signal: io.signal,
    notice: (text) => {
      io.stderr.write(`cratesguard: ${text}\n`);
    },
  });
}

async function withTerminal<T>(open: OpenTerminal, use: (terminal: Terminal) => Promise<T>): Promise<T> {
  const terminal = open();
  if (terminal === null)
    throw new GuardError('usage', 'there is no terminal to ask at; nothing was sent', {
      hint: 'pipe the key in and add --yes',
    });
  try {
    return await use(terminal);
  } finally {
    terminal.close();
  }
}
