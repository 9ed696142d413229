import { verifyKey, type KeyAnswer, type KeyStatus } from '../crates-io/keys';
import type { Outcome } from '../outcome';
import type { RunCommand } from './command';
import { apiAddress, clientFor, confirm, LAST_USED_ADVICE, readKey, refuseArguments } from './leak-key';

const HEADLINES: Record<KeyStatus, string> = {
  alive: 'ALIVE: the key works. Revoke it now: cratesguard leak revoke',
  locked: 'LOCKED: the key is alive, its account is locked. Revoke it all the same',
  dead: 'DEAD: the key does not work',
  unknown: 'UNKNOWN: treat the key as alive',
  'not-checkable': 'NOT CHECKABLE: treat the key as alive until it has expired',
};

/** `leak verify`: 0 dead, 1 alive or locked, 3 where it is not known. */
export const runLeakVerify: RunCommand = async (invocation, io) => {
  refuseArguments(invocation);
  const address = apiAddress(invocation);
  const { kind, secret, fingerprint } = await readKey(invocation, io);
  if (kind === 'api-token') {
    io.stderr.write(LAST_USED_ADVICE);
    await confirm(invocation, io, `Ask ${address.base} whether the key ${secret.mask} is alive?`);
  }
  const answer = await verifyKey(clientFor(address, io), kind, secret);
  const { status, detail } = answer;
  if (invocation.options['format'] === 'json')
    io.stdout.write(`${JSON.stringify({ status, kind, fingerprint, detail }, null, 2)}\n`);
  else io.stdout.write(`${HEADLINES[status]}\n${detail}\nkey: ${secret.mask} (${fingerprint})\n`);
  return outcomeOf(answer);
};

function outcomeOf({ status }: KeyAnswer): Outcome {
  switch (status) {
    case 'dead':
      return { kind: 'clean' };
    case 'alive':
    case 'locked':
      return { kind: 'blocked' };
    case 'unknown':
    case 'not-checkable':
      return { kind: 'incomplete' };
  }
}
