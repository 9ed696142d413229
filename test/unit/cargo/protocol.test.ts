import { isCratesIo, parseRequest } from '../../../src/cargo/protocol';
import { apiToken } from '../../support/tokens';

const CRATES_IO = { 'index-url': 'https://github.com/rust-lang/crates.io-index', name: 'crates-io' };

function request(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ v: 1, registry: CRATES_IO, kind: 'get', operation: 'read', args: ['env'], ...changes });
}

test.each(['read', 'publish', 'yank', 'unyank', 'owners'])('a get for %s asks for a key', (operation) => {
  expect(parseRequest(request({ operation, name: 'demo', vers: '1.0.0' }))).toEqual({
    kind: 'get',
    registry: { indexUrl: CRATES_IO['index-url'], name: 'crates-io' },
    args: ['env'],
  });
});

test('a registry may have no name, and its headers after a 401 are left alone', () => {
  const registry = { 'index-url': 'sparse+https://acme.example/index/', headers: ['WWW-Authenticate: Cargo'] };
  expect(parseRequest(request({ registry, args: undefined }))).toEqual({
    kind: 'get',
    registry: { indexUrl: 'sparse+https://acme.example/index/', name: undefined },
    args: [],
  });
});

test.each([
  ['login', { kind: 'login', token: 'x' }, true],
  ['logout', { kind: 'logout' }, true],
  ['a kind of a later cargo', { kind: 'frobnicate' }, false],
  ['an operation of a later cargo', { operation: 'frobnicate' }, false],
])('%s is not supported', (_, changes, byUser) => {
  expect(parseRequest(request(changes))).toEqual({ kind: 'unsupported', byUser });
});

test.each([
  ['text that is no JSON', 'get me a key'],
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[1]'],
  ['another version', request({ v: 2 })],
  ['no version', request({ v: undefined })],
  ['no kind', request({ kind: undefined })],
  ['no operation', request({ operation: undefined })],
  ['no registry', request({ registry: undefined })],
  ['a registry without an index', request({ registry: { name: 'acme' } })],
  ['a registry with a number for a name', request({ registry: { 'index-url': 'x', name: 1 } })],
  ['arguments that are no list', request({ args: 'env' })],
  ['arguments that are no texts', request({ args: [1] })],
])('%s is malformed', (_, line) => {
  expect(parseRequest(line).kind).toBe('malformed');
});

test('what is wrong is said without a word of the request: it may hold a key', () => {
  const key = apiToken('malformed');
  for (const line of [`{"token":"${key}"`, `"${key}"`, JSON.stringify({ v: key }), request({ v: 2, token: key })])
    expect(JSON.stringify(parseRequest(line)).includes(key)).toBe(false);
});

test('crates.io is known by its index and not by a name that a configuration chose', () => {
  expect(isCratesIo({ indexUrl: CRATES_IO['index-url'], name: undefined })).toBe(true);
  expect(isCratesIo({ indexUrl: 'sparse+https://index.crates.io/', name: undefined })).toBe(true);
  expect(isCratesIo({ indexUrl: 'sparse+https://acme.example/index/', name: 'crates-io' })).toBe(false);
});
