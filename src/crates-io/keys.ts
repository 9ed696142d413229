import type { Secret } from '../detect/secret';
import { errorDetail, quoted, readAuthAnswer, type AuthReading } from './answers';
import type { Client } from './client';
import type { TokenKind } from './token-kind';

/** `locked` is alive too: it works again as soon as the account does. */
export type KeyStatus = 'alive' | 'locked' | 'dead' | 'unknown' | 'not-checkable';

export interface KeyAnswer {
  readonly status: KeyStatus;
  /** Why, in a sentence. */
  readonly detail: string;
}

export interface RevokeAnswer extends KeyAnswer {
  /** True only after the server's 204. False: the key still works. Null: dead without a 204, or nobody knows. */
  readonly revoked: boolean | null;
  /** The key lives on because its scopes do not let it revoke itself. */
  readonly scoped: boolean;
}

/** Between two questions about a key that was refused, in milliseconds. */
const PAUSE = 4000;
/** A refusal that took longer may be a lock or a statement limit of the server's database. Milliseconds. */
const QUICK = 3000;

/** Where a person sees, notes and revokes keys. */
export const SETTINGS_PAGE = 'https://crates.io/settings/tokens';

/**
 * Asks whether an API token is alive, by `GET /api/v1/me`: no token is let in there, but the refusal's words differ.
 * The server overwrites the key's "last used" time when it is alive. Sends nothing for a Trusted Publishing token,
 * which no endpoint checks without using it up or publishing.
 */
export async function verifyKey(client: Client, kind: TokenKind, secret: Secret): Promise<KeyAnswer> {
  if (kind === 'trustpub-token')
    return {
      status: 'not-checkable',
      detail:
        'crates.io has no way to check a Trusted Publishing key; it dies 30 minutes after it was made. "leak revoke" ends it at once and does no harm if it is dead already',
    };
  const first = await askMe(client, secret);
  return first.status === 'dead' ? confirmDead(client, secret, first) : first;
}

interface Liveness extends KeyAnswer {
  /** Within QUICK. */
  readonly quick: boolean;
}

async function askMe(client: Client, secret: Secret): Promise<Liveness> {
  const answer = await client.send({ method: 'GET', path: '/api/v1/me', secret });
  return { ...livenessOf(readAuthAnswer(answer)), quick: answer.elapsed <= QUICK };
}

/**
 * crates.io's server answers `authentication failed` for a fault of its database too, so a dead key is asked about
 * again: only two quick answers some seconds apart count.
 */
async function confirmDead(client: Client, secret: Secret, first: { readonly quick: boolean }): Promise<KeyAnswer> {
  await client.pause(PAUSE);
  const { quick, ...second } = await askMe(client, secret);
  if (second.status !== 'dead' || (first.quick && quick)) return second;
  return {
    status: 'unknown',
    detail: `crates.io refused the key, but took longer than ${QUICK / 1000} seconds: a fault of its database looks the same. Ask again later`,
  };
}

/** Takes a key back where the key itself can do it, and looks again afterwards. */
export async function revokeKey(client: Client, kind: TokenKind, secret: Secret): Promise<RevokeAnswer> {
  return kind === 'trustpub-token' ? revokeTrustpub(client, secret) : revokeApiToken(client, secret);
}

async function revokeApiToken(client: Client, secret: Secret, attempt: 1 | 2 = 1): Promise<RevokeAnswer> {
  const answer = await client.send({ method: 'DELETE', path: '/api/v1/tokens/current', secret });
  if (answer.kind === 'failed' && !answer.reached)
    return { revoked: null, scoped: false, status: 'unknown', detail: `nothing was sent: ${answer.reason}` };
  const reading = readAuthAnswer(answer);
  switch (reading.kind) {
    case 'no-content':
      return afterwards(await askMe(client, secret), 'crates.io has revoked the key', true);
    case 'not-authenticated': {
      const checked = await confirmDead(client, secret, { quick: answer.elapsed <= QUICK });
      // The refusal was a fault of the server, and the user has asked for the key to go.
      if (checked.status === 'alive' && attempt === 1) return revokeApiToken(client, secret, 2);
      if (checked.status === 'dead') return { revoked: null, scoped: false, ...checked };
      return afterwards(checked, 'crates.io refused the request to revoke the key', false);
    }
    case 'missing-scope':
      return {
        revoked: false,
        scoped: true,
        status: 'alive',
        detail: `the key is alive, and a key with scopes cannot revoke itself: revoke it at ${SETTINGS_PAGE}`,
      };
    case 'locked':
      return {
        revoked: false,
        scoped: false,
        status: 'locked',
        detail: `the key is not revoked; crates.io says: ${reading.detail}`,
      };
    case 'website-only':
      return {
        revoked: false,
        scoped: false,
        status: 'alive',
        detail: `the key is alive, and crates.io lets it be revoked on its website only: ${SETTINGS_PAGE}`,
      };
    case 'unclear':
      // The request may have been carried out all the same. Looking is safe, deleting again on a guess is not asked for.
      return afterwards(
        await verifyKey(client, 'api-token', secret),
        `the revocation was sent, and its answer is unclear (${reading.why})`,
        false,
      );
  }
}

/** What a look after the request says; `confirmed` after a 204. */
function afterwards({ status, detail }: KeyAnswer, so: string, confirmed: boolean): RevokeAnswer {
  switch (status) {
    case 'dead':
      return {
        revoked: confirmed ? true : null,
        scoped: false,
        status,
        detail: `${so}; a check afterwards says that it works no more`,
      };
    case 'alive':
    case 'locked':
      return {
        revoked: false,
        scoped: false,
        status,
        detail: `${so}, but a check afterwards says that the key is still ${status}: revoke it at ${SETTINGS_PAGE}`,
      };
    case 'unknown':
    case 'not-checkable':
      return {
        revoked: null,
        scoped: false,
        status: 'unknown',
        detail: `${so}, and the check afterwards was not possible: ${detail}`,
      };
  }
}

/** `DELETE /api/v1/trusted_publishing/tokens` answers 204 for every well-formed key, also for one that is long dead. */
async function revokeTrustpub(client: Client, secret: Secret): Promise<RevokeAnswer> {
  const answer = await client.send({ method: 'DELETE', path: '/api/v1/trusted_publishing/tokens', secret });
  if (answer.kind === 'answered' && answer.status === 204)
    return {
      revoked: true,
      scoped: false,
      status: 'dead',
      detail: 'crates.io has deleted the Trusted Publishing key, if it was still there',
    };
  const why =
    answer.kind === 'failed'
      ? answer.reason
      : `status ${answer.status}: ${quoted(errorDetail(answer.body) ?? 'no answer of the crates.io API')}`;
  return {
    revoked: null,
    scoped: false,
    status: 'unknown',
    detail: `it is not known whether the key was deleted (${why}); asking again does no harm, and it dies 30 minutes after it was made`,
  };
}

function livenessOf(reading: AuthReading): KeyAnswer {
  switch (reading.kind) {
    case 'website-only':
    case 'missing-scope':
      return { status: 'alive', detail: 'crates.io accepts this key: whoever has it can use it' };
    case 'locked':
      return { status: 'locked', detail: `crates.io knows this key, and its account is locked: ${reading.detail}` };
    case 'not-authenticated':
      return {
        status: 'dead',
        detail: 'crates.io does not accept this key: it was revoked, has expired, or never existed',
      };
    case 'no-content':
      return { status: 'unknown', detail: 'the server answered 204, which says nothing about a key' };
    case 'unclear':
      return { status: 'unknown', detail: reading.why };
  }
}
