import { parseApiAddress } from '../../../src/crates-io/address';
import { readAuthAnswer } from '../../../src/crates-io/answers';
import { proxyFor } from '../../../src/crates-io/proxy';
import { retryAfter } from '../../../src/crates-io/retry-after';
import { tokenKind } from '../../../src/crates-io/token-kind';
import { GuardError } from '../../../src/base/error';
import { apiToken, trustpubToken } from '../../support/tokens';

const answered = (status: number, detail: string) =>
  readAuthAnswer({ kind: 'answered', status, headers: {}, body: JSON.stringify({ errors: [{ detail }] }) });

describe('the words of an answer', () => {
  test.each([
    [403, 'this action can only be performed on the crates.io website', 'website-only'],
    [403, 'authentication failed', 'not-authenticated'],
    [403, 'This account is locked until 2027-01-01T00:00:00Z. Reason: spam', 'locked'],
    [403, 'This account is indefinitely locked. Reason: spam', 'locked'],
    [403, 'this token does not have the required permissions to perform this action', 'missing-scope'],
    [401, 'The given API token does not match the format used by crates.io. Tokens generated before…', 'unclear'],
    [401, 'Invalid `Authorization` header: Found unexpected authentication scheme `X`', 'unclear'],
    [403, 'this action requires authentication', 'unclear'],
    [403, 'invalid origin header', 'unclear'],
    [403, 'We require that all requests include a `User-Agent` header.', 'unclear'],
    [403, 'We are unable to process your request at this time. This usually means…', 'unclear'],
    [503, 'crates.io is currently in read-only mode', 'unclear'],
    [503, 'This route is temporarily blocked.', 'unclear'],
    [429, 'authentication failed', 'unclear'],
    [500, 'this action can only be performed on the crates.io website', 'unclear'],
    [401, 'authentication failed', 'unclear'],
    [403, 'Authentication failed, says the portal', 'unclear'],
    [403, 'x authentication failed', 'unclear'],
  ])('%d %s', (status, detail, kind) => {
    expect(answered(status, detail).kind).toBe(kind);
  });

  test.each([
    ['a portal', 200, '<html>Welcome to the hotel</html>'],
    ['a portal that says no', 403, '<html>authentication failed</html>'],
    ['cut JSON', 403, '{"errors":[{"detail":"authentication fai'],
    ['another shape', 403, '{"detail":"authentication failed"}'],
    ['an empty body', 403, ''],
    ['a list', 403, '[]'],
    ['no text', 403, '{"errors":[{"detail":7}]}'],
    ['a user', 200, '{"user":{"id":1}}'],
    ['a redirect', 302, ''],
  ])('%s says nothing about a key', (_name, status, body) => {
    expect(readAuthAnswer({ kind: 'answered', status, headers: {}, body }).kind).toBe('unclear');
  });
});

describe('where a key may be sent', () => {
  test.each([
    ['https://crates.io', 'https://crates.io', false],
    ['https://crates.io/', 'https://crates.io', false],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', true],
    ['http://127.9.9.9', 'http://127.9.9.9', true],
    ['http://[::1]:1', 'http://[::1]:1', true],
    ['http://localhost:1/prefix/', 'http://localhost:1/prefix', true],
  ])('%s', (text, base, loopback) => {
    expect(parseApiAddress(text)).toEqual({ base, loopback });
  });

  test.each([
    'http://crates.io',
    'http://10.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[::2]',
    'ftp://127.0.0.1',
    'crates.io',
    '',
    'https://crates.io?token=x',
    'https://crates.io#x',
  ])('not to %s', (text) => {
    expect(() => parseApiAddress(text)).toThrow(GuardError);
  });

  test('credentials of an address are not repeated', () => {
    expect(() => parseApiAddress('https://user:hunter2@crates.io')).toThrow(/^(?!.*hunter2)/);
  });
});

describe('the wait that a server asks for', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  test.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '99999999999' }, 99_999_999_999_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT', date: 'Thu, 01 Jan 2026 00:00:02 GMT' }, 3000],
    [{ 'retry-after': 'Thu, 01 Jan 2020 00:00:05 GMT' }, 0],
    [{}, null],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': '-1' }, null],
    [{ 'retry-after': '1.5' }, null],
    [{ 'retry-after': 'soon' }, null],
  ])('%j', (headers, wait) => {
    expect(retryAfter(headers, now)).toBe(wait);
  });
});

describe('the proxy', () => {
  const address = parseApiAddress('https://crates.io');
  const host = (env: Record<string, string>) => proxyFor(address, env)?.host ?? null;

  test.each([
    [{}, null],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'proxy:3128'],
    [{ https_proxy: 'http://small:1', HTTPS_PROXY: 'http://big:1' }, 'small:1'],
    [{ HTTPS_PROXY: 'proxy:3128' }, 'proxy:3128'],
    [{ ALL_PROXY: 'http://all:1' }, 'all:1'],
    [{ HTTP_PROXY: 'http://plain:1' }, null],
    [{ HTTPS_PROXY: '' }, null],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'crates.io' }, null],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'localhost, .io' }, null],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, null],
    [{ HTTPS_PROXY: 'http://p:1', no_proxy: 'crates.io:443' }, null],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'crates.io:8443' }, 'p:1'],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'ates.io' }, 'p:1'],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'index.crates.io' }, 'p:1'],
  ])('%j', (env, expected) => {
    expect(host(env as Record<string, string>)).toBe(expected);
  });

  test('a loopback address is asked directly', () => {
    expect(proxyFor(parseApiAddress('http://127.0.0.1:1'), { HTTPS_PROXY: 'http://p:1' })).toBeNull();
  });

  test.each(['socks5://p:1', 'http://'])('%s is refused', (proxy) => {
    expect(() => proxyFor(address, { HTTPS_PROXY: proxy })).toThrow(GuardError);
  });

  test('its password is not repeated', () => {
    expect(() => proxyFor(address, { HTTPS_PROXY: 'socks5://me:hunter2@p:1' })).toThrow(/^(?!.*hunter2)/);
  });
});

test('the kinds of a key', () => {
  expect(tokenKind(apiToken('a'))).toBe('api-token');
  expect(tokenKind(trustpubToken('a'))).toBe('trustpub-token');
  expect(tokenKind(trustpubToken('a', 'wrong'))).toBeNull();
  expect(tokenKind(`${apiToken('a')}x`)).toBeNull();
  expect(tokenKind(apiToken('a').slice(0, -1))).toBeNull();
  expect(tokenKind(`Bearer ${apiToken('a')}`)).toBeNull();
});
