import { parseApiAddress } from '../../../src/crates-io/address';
import { createClient } from '../../../src/crates-io/client';
import type { ApiRequest } from '../../../src/crates-io/exchange';
import { revokeKey, verifyKey, type KeyAnswer, type RevokeAnswer } from '../../../src/crates-io/keys';
import { maskOf } from '../../../src/crates-io/token-kind';
import { USER_AGENT } from '../../../src/crates-io/user-agent';
import { Secret } from '../../../src/detect/secret';
import { errorBody, startCratesIoApi, type ApiState, type RunningApi } from '../../support/crates-io-api';
import { apiToken, trustpubToken } from '../../support/tokens';

/**
 * Each answer that the server's source has for the requests of `verify` and `revoke` (crates.io `src/auth.rs`,
 * `src/controllers/token.rs`, `src/controllers/trustpub/tokens/revoke/mod.rs`, `src/middleware/`), and what left for it.
 */

let api: RunningApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const FORMAT_ERROR =
  'The given API token does not match the format used by crates.io. Tokens generated before 2020-07-14 were generated with an insecure random number generator, and have been revoked.';
const NO_AGENT = 'We require that all requests include a `User-Agent` header. To allow us to determine…';
const BLOCKED = 'We are unable to process your request at this time. This usually means that you are in violation of…';
const MISSING_SCOPE = 'this token does not have the required permissions to perform this action';
const WEBSITE_ONLY = 'this action can only be performed on the crates.io website';
const LOCKED_FOR_A_TIME = 'This account is locked until 2027-01-01T00:00:00Z. Reason: spam';
const LOCKED = 'This account is indefinitely locked. Reason: spam';
const READ_ONLY = 'crates.io is currently in read-only mode for maintenance. Please try again later.';
const ROUTE_BLOCKED = 'This route is temporarily blocked. See https://status.crates.io.';

const ME = 'GET /api/v1/me';
const REVOKE = 'DELETE /api/v1/tokens/current';
const REVOKE_TRUSTPUB = 'DELETE /api/v1/trusted_publishing/tokens';
const again = (request: string): readonly string[] => [request, request, request, request];

/** Runs against answers that come one after the other, without waiting; the log holds what arrived. */
async function against<T extends KeyAnswer | RevokeAnswer>(
  script: NonNullable<ApiState['script']>,
  ask: (client: ReturnType<typeof createClient>) => Promise<T>,
  times: readonly number[] = [],
): Promise<{ answer: T; log: readonly string[] }> {
  api = await startCratesIoApi({ script });
  let now = 0;
  let calls = 0;
  const client = createClient({
    address: parseApiAddress(api.url),
    env: {},
    signal: new AbortController().signal,
    notice: () => undefined,
    clock: {
      now: () => now,
      sleep: (wait) => {
        now += wait;
        return Promise.resolve();
      },
    },
  });
  const timed = {
    ...client,
    send: async (request: ApiRequest) => {
      const sent = await client.send(request);
      return { ...sent, elapsed: times[calls++] ?? sent.elapsed };
    },
  };
  const answer = await ask(timed);
  for (const { agent, origin, authorized } of api.requests)
    expect({ agent, origin, authorized }).toEqual({ agent: USER_AGENT, origin: false, authorized: true });
  return { answer, log: api.requests.map(({ method, path }) => `${method} ${path}`) };
}

const apiKey = new Secret(apiToken('every'), maskOf('api-token'));
const trustpubKey = new Secret(trustpubToken('every'), maskOf('trustpub-token'));
const said = (status: number, detail: string) => ({ status, body: errorBody(detail) });

describe('verify', () => {
  test.each([
    [403, WEBSITE_ONLY, 'alive'],
    [403, MISSING_SCOPE, 'alive'],
    [403, LOCKED_FOR_A_TIME, 'locked'],
    [403, LOCKED, 'locked'],
    [401, FORMAT_ERROR, 'unknown'],
    [401, 'Invalid `Authorization` header: Found unexpected authentication scheme `Basic`', 'unknown'],
    [401, 'Invalid `Authorization` header: Unexpected non-ASCII characters', 'unknown'],
    [403, 'this action requires authentication', 'unknown'],
    [403, 'invalid origin header', 'unknown'],
    [403, NO_AGENT, 'unknown'],
    [403, BLOCKED, 'unknown'],
    [404, 'Not Found', 'unknown'],
  ])('%d %s: asked once', async (status, detail, expected) => {
    const { answer, log } = await against([said(status, detail)], (client) => verifyKey(client, 'api-token', apiKey));
    expect(answer.status).toBe(expected);
    expect(log).toEqual([ME]);
  });

  const REFUSED = said(403, 'authentication failed');
  test.each([
    ['refused twice', [REFUSED, REFUSED], 'dead'],
    ['refused by a fault of the database, then known', [REFUSED, said(403, WEBSITE_ONLY)], 'alive'],
    ['refused, then nothing clear', [REFUSED, said(403, BLOCKED)], 'unknown'],
  ])('%s, and asked twice', async (_name, script, expected) => {
    const { answer, log } = await against(script, (client) => verifyKey(client, 'api-token', apiKey));
    expect(answer.status).toBe(expected);
    expect(log).toEqual([ME, ME]);
  });

  test.each([
    [3001, 10],
    [10, 3001],
  ])('refusals after %d and %d ms: a slow one is no answer', async (...times) => {
    const { answer, log } = await against(
      [REFUSED, REFUSED],
      (client) => verifyKey(client, 'api-token', apiKey),
      times,
    );
    expect(answer.status).toBe('unknown');
    expect(log).toEqual([ME, ME]);
  });

  test.each([
    [503, READ_ONLY],
    [503, ROUTE_BLOCKED],
    [500, 'Internal Server Error'],
    [502, 'Bad Gateway'],
    [429, 'You have sent too many requests. Please try again later.'],
  ])('%d %s: asked again three times, and never called dead', async (status, detail) => {
    const { answer, log } = await against(
      Array.from({ length: 4 }, () => said(status, detail)),
      (client) => verifyKey(client, 'api-token', apiKey),
    );
    expect(answer.status).toBe('unknown');
    expect(log).toEqual(again(ME));
  });

  test('429 with a wait, then an answer', async () => {
    const busy = { ...said(429, 'You have sent too many requests.'), headers: { 'retry-after': '3' } };
    const { answer, log } = await against([busy, said(403, WEBSITE_ONLY)], (client) =>
      verifyKey(client, 'api-token', apiKey),
    );
    expect(answer.status).toBe('alive');
    expect(log).toEqual([ME, ME]);
  });
});

describe('revoke an API key', () => {
  const DEAD = said(403, 'authentication failed');
  const ALIVE = said(403, WEBSITE_ONLY);

  test.each([
    [403, MISSING_SCOPE, false, 'alive'],
    [403, WEBSITE_ONLY, false, 'alive'],
    [403, LOCKED_FOR_A_TIME, false, 'locked'],
    [403, LOCKED, false, 'locked'],
  ])('%d %s: clear, so nothing else is sent', async (status, detail, revoked, expected) => {
    const { answer, log } = await against([said(status, detail)], (client) => revokeKey(client, 'api-token', apiKey));
    expect(answer).toMatchObject({ revoked, status: expected, scoped: detail === MISSING_SCOPE });
    expect(log).toEqual([REVOKE]);
  });

  test.each([
    [400, 'token not provided'],
    [401, FORMAT_ERROR],
    [403, 'this action requires authentication'],
    [403, 'invalid origin header'],
    [403, BLOCKED],
  ])('%d %s: unclear, so it looks', async (status, detail) => {
    const { answer, log } = await against([said(status, detail), ALIVE], (client) =>
      revokeKey(client, 'api-token', apiKey),
    );
    expect(answer).toMatchObject({ revoked: false, status: 'alive' });
    expect(log).toEqual([REVOKE, ME]);
  });

  test.each([
    ['dead', DEAD, { revoked: true, status: 'dead' }],
    ['alive', ALIVE, { revoked: false, status: 'alive' }],
    ['locked', said(403, LOCKED), { revoked: false, status: 'locked' }],
    ['nobody knows', said(403, BLOCKED), { revoked: null, status: 'unknown' }],
    ['a portal', { status: 200, body: '<html>Log in</html>' }, { revoked: null, status: 'unknown' }],
  ])('204, and the check afterwards: %s', async (_name, check, expected) => {
    const { answer, log } = await against([{ status: 204 }, check], (client) => revokeKey(client, 'api-token', apiKey));
    expect(answer).toMatchObject(expected);
    expect(log).toEqual([REVOKE, ME]);
  });

  test.each([
    ['it is dead, which is no revocation', [DEAD, DEAD], { revoked: null, status: 'dead' }, [REVOKE, ME]],
    [
      'it was a fault: the key is revoked after all',
      [DEAD, ALIVE, { status: 204 }, DEAD],
      { revoked: true, status: 'dead' },
      [REVOKE, ME, REVOKE, ME],
    ],
    ['and it lives on', [DEAD, ALIVE, DEAD, ALIVE], { revoked: false, status: 'alive' }, [REVOKE, ME, REVOKE, ME]],
    ['and its account is locked', [DEAD, said(403, LOCKED)], { revoked: false, status: 'locked' }, [REVOKE, ME]],
  ])('403 authentication failed, then a look: %s', async (_name, script, expected, asked) => {
    const { answer, log } = await against(script, (client) => revokeKey(client, 'api-token', apiKey));
    expect(answer).toMatchObject(expected);
    expect(log).toEqual(asked);
  });

  test('a slow refusal does not make the key dead', async () => {
    const { answer } = await against([DEAD, DEAD], (client) => revokeKey(client, 'api-token', apiKey), [4200, 10]);
    expect(answer).toMatchObject({ revoked: null, status: 'unknown' });
  });

  test('503 in read-only mode: asked again as the server asks, then it looks', async () => {
    const busy = said(503, READ_ONLY);
    const { answer, log } = await against([busy, busy, busy, busy, ALIVE], (client) =>
      revokeKey(client, 'api-token', apiKey),
    );
    expect(answer).toMatchObject({ revoked: false, status: 'alive' });
    expect(log).toEqual([...again(REVOKE), ME]);
  });
});

describe('revoke a Trusted Publishing key', () => {
  test('204: it is gone, and there is nothing to check', async () => {
    const { answer, log } = await against([{ status: 204 }], (client) =>
      revokeKey(client, 'trustpub-token', trustpubKey),
    );
    expect(answer).toMatchObject({ revoked: true, status: 'dead' });
    expect(log).toEqual([REVOKE_TRUSTPUB]);
  });

  test.each([
    [401, 'Missing `Authorization` header'],
    [401, 'Invalid `Authorization` header: Failed to parse token'],
    [403, BLOCKED],
    [404, 'Not Found'],
  ])('%d %s: not known', async (status, detail) => {
    const { answer, log } = await against([said(status, detail)], (client) =>
      revokeKey(client, 'trustpub-token', trustpubKey),
    );
    expect(answer).toMatchObject({ revoked: null, status: 'unknown' });
    expect(answer.detail).toContain(detail);
    expect(log).toEqual([REVOKE_TRUSTPUB]);
  });
});
