import {
  verifyKey,
  type KeyAnswer,
  type KeyStatus,
  revokeKey,
  SETTINGS_PAGE,
  type RevokeAnswer,
} from '../../crates-io/keys';
import type { Outcome } from '../../outcome';
import type { RunCommand } from '../command';
import { apiAddress, clientFor, confirm, LAST_USED_ADVICE, readKey, refuseArguments } from './key';
import type { TokenKind } from '../../crates-io/token-kind';
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

/** The request before has just set this key's "last used" time, and that is what tells it from its neighbours. */
const SETTINGS_STEPS = `How to revoke it by hand:
  1. Open ${SETTINGS_PAGE} and sign in as the key's owner.
  2. Find the key: where this command reached crates.io, it is the one that was last used a moment ago.
  3. Press "Revoke" beside it.
  4. Run "cratesguard leak verify" with the key: it must say DEAD.
`;

/** These keys are on no page: the key itself is the only way to end one early. */
const TRUSTPUB_STEPS = `Next: run it again, until it says REVOKED or 30 minutes have passed since the key was made.
`;

const AFTERWARDS = `What the key may have left behind, which outlives it: look at each crate of its owner.
  - Trusted Publishing configurations: https://crates.io/crates/NAME/settings
  - Owners, and invitations to become one (valid for 30 days): https://crates.io/crates/NAME/settings
  - Versions of your crates: https://crates.io/crates/NAME/versions
Next: see what was published while it was out, "cratesguard leak audit", and put a new key where the old one
was used, "cratesguard leak inventory".
`;

/** `leak revoke`: 0 revoked or dead already, 1 still alive, 3 where it is not known. */
export const runLeakRevoke: RunCommand = async (invocation, io) => {
  refuseArguments(invocation);
  const address = apiAddress(invocation);
  const { kind, secret } = await readKey(invocation, io);
  if (kind === 'api-token') io.stderr.write(LAST_USED_ADVICE);
  await confirm(
    invocation,
    io,
    `Revoke the key ${secret.mask} at ${address.base}? It cannot be undone, and whatever uses the key stops working.`,
  );
  const answer = await revokeKey(clientFor(address, io), kind, secret);
  const { revoked, status, detail } = answer;
  if (invocation.options['format'] === 'json')
    io.stdout.write(`${JSON.stringify({ revoked, status, detail }, null, 2)}\n`);
  else io.stdout.write(`${headline(answer)}\n${detail}\n${nextSteps(answer, kind)}`);
  if (status === 'dead') return { kind: 'clean' };
  return revoked === false ? { kind: 'blocked' } : { kind: 'incomplete' };
};

function headline({ revoked, status }: RevokeAnswer): string {
  if (revoked === true) return 'REVOKED: the key does not work';
  if (status === 'dead') return HEADLINES.dead;
  if (revoked === false)
    return status === 'locked'
      ? 'NOT REVOKED: the account is locked, the key lives on'
      : 'NOT REVOKED: the key is still alive';
  return HEADLINES.unknown;
}

function nextSteps({ status }: RevokeAnswer, kind: TokenKind): string {
  if (status === 'dead') return AFTERWARDS;
  return kind === 'api-token' ? SETTINGS_STEPS : TRUSTPUB_STEPS;
}
