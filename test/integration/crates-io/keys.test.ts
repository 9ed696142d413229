import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { parseApiAddress } from '../../../src/crates-io/address';
import { createClient, type Client, type Clock } from '../../../src/crates-io/client';
import { revokeKey, verifyKey } from '../../../src/crates-io/keys';
import { maskOf } from '../../../src/crates-io/token-kind';
import { Secret } from '../../../src/detect/secret';
import { errorBody, startCratesIoApi, type ApiState, type RunningApi } from '../../support/crates-io-api';
import { apiToken, trustpubToken } from '../../support/tokens';

let api: RunningApi | undefined;
let proxy: Server | undefined;
const tunnels: Duplex[] = [];
let waits: number[] = [];
let notices: string[] = [];

beforeEach(() => {
  waits = [];
  notices = [];
});
afterEach(async () => {
  await api?.close();
  api = undefined;
  const closing = proxy;
  proxy = undefined;
  for (const socket of tunnels.splice(0)) socket.destroy();
  if (closing) await new Promise((done) => closing.close(done));
});

/** A clock whose waits pass at once and are written down. */
function quickClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

async function clientOf(state: ApiState, timeout = 5000): Promise<Client> {
  api = await startCratesIoApi(state);
  return client(api.url, {}, timeout);
}

function client(url: string, env: Record<string, string> = {}, timeout = 5000): Client {
  return createClient({
    address: parseApiAddress(url),
    env,
    signal: new AbortController().signal,
    notice: (text) => notices.push(text),
    clock: quickClock(),
    timeout,
  });
}

const key = (seed: string): Secret => new Secret(apiToken(seed), maskOf('api-token'));
const legacy = { [apiToken('a')]: { scopes: null } };
const routes = (): string[] => (api?.requests ?? []).map(({ method, path }) => `${method} ${path}`);

describe('verify', () => {
  test.each([
    ['a legacy key', { scopes: null }, 'alive'],
    ['a scoped key', { scopes: ['publish-update'] }, 'alive'],
    ['a key of a locked account', { scopes: null, locked: true }, 'locked'],
    ['a key of an account locked for a time', { scopes: null, locked: '2027-01-01' }, 'locked'],
  ])('%s', async (_name, token, status) => {
    const answer = await verifyKey(await clientOf({ tokens: { [apiToken('a')]: token } }), 'api-token', key('a'));
    expect(answer.status).toBe(status);
    expect(routes()).toEqual(['GET /api/v1/me']);
  });

  test('an unknown key is dead', async () => {
    expect((await verifyKey(await clientOf({}), 'api-token', key('a'))).status).toBe('dead');
  });

  test('a Trusted Publishing key is not checkable, and nothing is sent', async () => {
    const secret = new Secret(trustpubToken('a'), maskOf('trustpub-token'));
    expect((await verifyKey(await clientOf({}), 'trustpub-token', secret)).status).toBe('not-checkable');
    expect(routes()).toEqual([]);
  });

  test.each([
    ['cut JSON', { status: 403, body: '{"errors":[{"detail":"authentication fai' }],
    ['a body that breaks off', { status: 403, body: errorBody('authentication failed'), end: 'cut' }],
    ['a connection without an answer', { status: 0, end: 'drop' }],
    ['a portal', { status: 200, body: '<html>Please log in</html>' }],
    ['a portal that redirects', { status: 302, headers: { location: 'http://portal.example/' } }],
    ['a redirect to the same host', { status: 307, headers: { location: '/elsewhere' } }],
    ['a blocked agent', { status: 403, body: errorBody('We are unable to process your request at this time.') }],
  ] as const)('%s is unknown, and asked once', async (_name, answer) => {
    const reading = await verifyKey(await clientOf({ tokens: legacy, script: [answer] }), 'api-token', key('a'));
    expect(reading.status).toBe('unknown');
    expect(routes()).toEqual(['GET /api/v1/me']);
  });

  test('no answer in time is unknown, and asked once', async () => {
    const reading = await verifyKey(
      await clientOf({ script: [{ status: 0, end: 'silent' }] }, 200),
      'api-token',
      key('a'),
    );
    expect(reading.status).toBe('unknown');
    expect(routes()).toEqual(['GET /api/v1/me']);
  });

  test('nobody listens', async () => {
    expect((await verifyKey(client('http://127.0.0.1:1'), 'api-token', key('a'))).status).toBe('unknown');
  });

  test('an answer that repeats the key does not bring it into the detail', async () => {
    const echo = { status: 418, body: errorBody(`bad header ${apiToken('a')}`) };
    const reading = await verifyKey(await clientOf({ script: [echo] }), 'api-token', key('a'));
    expect(reading.detail.includes(apiToken('a'))).toBe(false);
    expect(reading.detail).toContain(maskOf('api-token'));
  });
});

describe('how requests leave', () => {
  test('with an agent that names tool, version and project, and without an Origin', async () => {
    await verifyKey(await clientOf({ tokens: legacy }), 'api-token', key('a'));
    expect(api?.requests[0]).toMatchObject({ origin: false, authorized: true });
    expect(api?.requests[0]?.agent).toMatch(/^cratesguard\/\d+\.\d+\.\d+\S* \(https:\/\/\S+\)$/);
  });

  test('again after the wait that the server names, and says so', async () => {
    const busy = { status: 503, headers: { 'retry-after': '7' }, body: errorBody('Service unavailable') };
    const answer = await verifyKey(await clientOf({ tokens: legacy, script: [busy] }), 'api-token', key('a'));
    expect(answer.status).toBe('alive');
    expect(waits).toEqual([7000]);
    expect(notices).toHaveLength(1);
  });

  test('with a growing wait where the server names none, and not for ever', async () => {
    const busy = { status: 429, body: errorBody('Too many requests') };
    const answer = await verifyKey(
      await clientOf({ tokens: legacy, script: [busy, busy, busy, busy, busy] }),
      'api-token',
      key('a'),
    );
    expect(answer.status).toBe('unknown');
    expect(waits).toEqual([2000, 4000, 8000]);
    expect(routes()).toHaveLength(4);
  });

  test('not again where the wait is longer than a person waits', async () => {
    const busy = { status: 429, headers: { 'retry-after': '3600' }, body: errorBody('Too many requests') };
    await verifyKey(await clientOf({ tokens: legacy, script: [busy] }), 'api-token', key('a'));
    expect(routes()).toHaveLength(1);
    expect(notices.join()).toContain('3600 seconds');
  });

  test('one a second', async () => {
    const one = await clientOf({ tokens: legacy });
    for (let count = 0; count < 3; count += 1) await verifyKey(one, 'api-token', key('a'));
    expect(waits).toEqual([1000, 1000]);
  });

  test('not at all once the user has pressed Ctrl-C', async () => {
    api = await startCratesIoApi({ tokens: legacy });
    const one = createClient({
      address: parseApiAddress(api.url),
      env: {},
      signal: AbortSignal.abort(),
      notice: () => undefined,
    });
    await expect(verifyKey(one, 'api-token', key('a'))).rejects.toMatchObject({ code: 'interrupted' });
    expect(routes()).toEqual([]);
  });
});

describe('a proxy', () => {
  async function through(answer: string): Promise<{ asked: string[]; status: string; detail: string }> {
    const asked: string[] = [];
    const server = createServer();
    server.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      tunnels.push(socket);
      socket.end(answer);
    });
    proxy = server;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = { HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}` };
    return { asked, ...(await verifyKey(client('https://crates.invalid', env), 'api-token', key('a'))) };
  }

  test('is asked for a tunnel, and what it says about a key counts for nothing', async () => {
    const body = errorBody('authentication failed');
    const { asked, status, detail } = await through(
      `HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(asked).toEqual(['crates.invalid:443']);
    expect(status).toBe('unknown');
    expect(detail).toContain('the proxy refused');
  });

  test('that wants a password is named without repeating ours', async () => {
    const { status, detail } = await through('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    expect(status).toBe('unknown');
    expect(detail).toContain('407');
    expect(detail).not.toContain('hunter2');
  });

  test('that speaks no TLS behind its tunnel gets nothing', async () => {
    const { status } = await through('HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n');
    expect(status).toBe('unknown');
  });
});

describe('revoke', () => {
  test('a legacy key, and looks again', async () => {
    const answer = await revokeKey(await clientOf({ tokens: legacy }), 'api-token', key('a'));
    expect(answer).toMatchObject({ revoked: true, status: 'dead' });
    expect(routes()).toEqual(['DELETE /api/v1/tokens/current', 'GET /api/v1/me']);
  });

  test('a scoped key cannot revoke itself', async () => {
    const answer = await revokeKey(
      await clientOf({ tokens: { [apiToken('a')]: { scopes: ['yank'] } } }),
      'api-token',
      key('a'),
    );
    expect(answer).toMatchObject({ revoked: false, status: 'alive', scoped: true });
    expect(answer.detail).toContain('https://crates.io/settings/tokens');
    expect(routes()).toEqual(['DELETE /api/v1/tokens/current']);
  });

  test('a dead key', async () => {
    expect(await revokeKey(await clientOf({}), 'api-token', key('a'))).toMatchObject({ revoked: null, status: 'dead' });
  });

  test('a key of a locked account', async () => {
    const state = { tokens: { [apiToken('a')]: { scopes: null, locked: true } } };
    expect(await revokeKey(await clientOf(state), 'api-token', key('a'))).toMatchObject({
      revoked: false,
      status: 'locked',
    });
  });

  test('an answer lost on the way back: it looks, and does not delete twice', async () => {
    const answer = await revokeKey(
      await clientOf({ tokens: legacy, script: [{ status: 204, end: 'drop', carriedOut: true }] }),
      'api-token',
      key('a'),
    );
    expect(answer).toMatchObject({ revoked: null, status: 'dead' });
    expect(routes()).toEqual(['DELETE /api/v1/tokens/current', 'GET /api/v1/me', 'GET /api/v1/me']);
  });

  test('a request lost on the way there: it looks, and says that the key is alive', async () => {
    const answer = await revokeKey(
      await clientOf({ tokens: legacy, script: [{ status: 0, end: 'drop' }] }),
      'api-token',
      key('a'),
    );
    expect(answer).toMatchObject({ revoked: false, status: 'alive' });
    expect(routes()).toEqual(['DELETE /api/v1/tokens/current', 'GET /api/v1/me']);
  });

  test('an unclear answer and no check afterwards: nobody knows', async () => {
    const drop = { status: 0, end: 'drop' } as const;
    expect(
      await revokeKey(await clientOf({ tokens: legacy, script: [drop, drop] }), 'api-token', key('a')),
    ).toMatchObject({ revoked: null, status: 'unknown' });
  });

  test('204 without a check afterwards is not taken for done', async () => {
    const script = [
      { status: 204, carriedOut: true },
      { status: 0, end: 'drop' },
    ] as const;
    expect(await revokeKey(await clientOf({ tokens: legacy, script }), 'api-token', key('a'))).toMatchObject({
      revoked: null,
      status: 'unknown',
    });
  });

  test('204 that changed nothing is noticed', async () => {
    expect(
      await revokeKey(await clientOf({ tokens: legacy, script: [{ status: 204 }] }), 'api-token', key('a')),
    ).toMatchObject({ revoked: false, status: 'alive' });
  });

  test('nobody listens: nothing was sent, nothing is checked', async () => {
    expect(await revokeKey(client('http://127.0.0.1:1'), 'api-token', key('a'))).toMatchObject({
      revoked: null,
      status: 'unknown',
    });
  });

  test.each([
    ['known', [trustpubToken('t')]],
    ['long dead', []],
  ])('a Trusted Publishing key that is %s', async (_name, trustpub) => {
    const secret = new Secret(trustpubToken('t'), maskOf('trustpub-token'));
    expect(await revokeKey(await clientOf({ trustpub }), 'trustpub-token', secret)).toMatchObject({ revoked: true });
    expect(routes()).toEqual(['DELETE /api/v1/trusted_publishing/tokens']);
  });

  test.each([
    ['does not parse', { status: 401, body: errorBody('Invalid `Authorization` header: Failed to parse token') }],
    ['is answered by a portal', { status: 200, body: '<html>' }],
    ['gets no answer', { status: 0, end: 'drop' }],
  ] as const)('a Trusted Publishing key that %s', async (_name, answer) => {
    const secret = new Secret(trustpubToken('t'), maskOf('trustpub-token'));
    expect(await revokeKey(await clientOf({ script: [answer] }), 'trustpub-token', secret)).toMatchObject({
      revoked: null,
      status: 'unknown',
    });
    expect(routes()).toHaveLength(1);
  });
});
