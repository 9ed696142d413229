import fc from 'fast-check';
import { DEADLINE, answer, faultOf, type World } from '../../../src/cargo/provider';
import { STORE_NAMES, type ReadStore, type StoreAnswer, type StoreName } from '../../../src/cargo/stores';
import { apiToken } from '../../support/tokens';

interface TestWorld extends World {
  readonly told: string[];
}

function worldOf(read: ReadStore): TestWorld {
  const told: string[] = [];
  const load = Object.fromEntries(STORE_NAMES.map((name) => [name, () => Promise.resolve(read)]));
  return {
    env: {},
    homeFolder: '/home/dev',
    readFile: () => Promise.reject(new Error('no file')),
    readFolder: () => Promise.reject(new Error('no folder')),
    runCommand: () => Promise.reject(new Error('no command')),
    load: load as Record<StoreName, () => Promise<ReadStore>>,
    tell: (line) => told.push(line),
    told,
  };
}

function giving(given: StoreAnswer): TestWorld {
  return worldOf(() => Promise.resolve(given));
}

const CRATES_IO = 'https://github.com/rust-lang/crates.io-index';

function get(args: readonly string[], indexUrl = CRATES_IO, name?: string): string {
  return JSON.stringify({ v: 1, registry: { 'index-url': indexUrl, name }, kind: 'get', operation: 'read', args });
}

test('a key serves every operation of this run of cargo', async () => {
  const key = apiToken('session');
  expect(await answer(get(['env']), giving({ kind: 'key', key }))).toEqual({
    Ok: { kind: 'get', token: key, cache: 'session', operation_independent: true },
  });
});

test('a key that the store says ends is kept until then', async () => {
  expect(await answer(get(['env']), giving({ kind: 'key', key: 'abc', expiration: 1693942857 }))).toEqual({
    Ok: { kind: 'get', token: 'abc', cache: 'expires', expiration: 1693942857, operation_independent: true },
  });
});

test.each(['abc\n', 'abc\r\n', 'abc'])('one line end after a key is none of it (%j)', async (key) => {
  expect(await answer(get(['env']), giving({ kind: 'key', key }))).toMatchObject({ Ok: { token: 'abc' } });
});

test.each([
  ['an empty one', ''],
  ['a mere line end', '\n'],
  ['two lines', 'abc\n\n'],
  ['a line end inside', 'abc\ndef'],
  ['a letter beyond ASCII', 'abcé'],
  ['a NUL', 'abc\0'],
  ['DEL', 'abc\u007f'],
])('a key that cargo could not send is refused: %s', async (_, key) => {
  const given = await answer(get(['env']), giving({ kind: 'key', key }));
  expect(given).toMatchObject({ Err: { kind: 'other' } });
  expect(JSON.stringify(given)).not.toContain('abc');
});

test('exactly the keys that cargo accepts pass: printable ASCII, and tabs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 4 }), (key) => {
      const accepted =
        key.trim() !== '' && [...Buffer.from(key)].every((byte) => byte === 9 || (byte >= 32 && byte < 127));
      expect(faultOf(key) === undefined).toBe(accepted);
    }),
  );
});

test('where the store has no such secret, cargo asks the next provider, and the person is told why', async () => {
  const world = giving({ kind: 'not-found', reason: 'nothing there' });
  expect(await answer(get(['env']), world)).toEqual({ Err: { kind: 'not-found' } });
  expect(world.told).toEqual(['nothing there']);
});

test('a failure reaches cargo with its causes', async () => {
  expect(await answer(get(['env']), giving({ kind: 'failed', step: 'path', reason: 'a', causes: ['b'] }))).toEqual({
    Err: { kind: 'other', message: 'a', 'caused-by': ['the step that failed: path', 'b'] },
  });
  expect(await answer(get(['env']), giving({ kind: 'failed', step: 'TLS', reason: 'a', causes: [] }))).toEqual({
    Err: { kind: 'other', message: 'a', 'caused-by': ['the step that failed: TLS'] },
  });
});

test('login and logout are refused, so that cargo writes no key to the disk instead', async () => {
  const world = giving({ kind: 'key', key: 'abc' });
  const login = JSON.stringify({ v: 1, registry: { 'index-url': CRATES_IO }, kind: 'login', token: 'x' });
  expect(await answer(login, world)).toEqual({ Err: { kind: 'operation-not-supported' } });
  expect(world.told).toHaveLength(1);
});

test.each([
  ['crates-io', CRATES_IO, 'crates-io', true],
  ['crates-io', 'sparse+https://acme.example/', 'crates-io', false],
  ['crates-io', 'sparse+https://acme.example/', 'acme', false],
  ['acme', 'sparse+https://acme.example/', 'acme', true],
  ['sparse+https://acme.example/', 'sparse+https://acme.example/', undefined, true],
  ['acme', CRATES_IO, 'acme', false],
])('--registry %s and a request for %s as %s: served is %s', async (only, indexUrl, name, served) => {
  const given = await answer(get(['env', '--registry', only], indexUrl, name), giving({ kind: 'key', key: 'abc' }));
  expect(given).toMatchObject(served ? { Ok: { token: 'abc' } } : { Err: { kind: 'url-not-supported' } });
});

test('arguments that make no sense reach no store', async () => {
  const read = jest.fn<ReturnType<ReadStore>, []>();
  expect(await answer(get(['nonesuch']), worldOf(read))).toMatchObject({
    Err: { kind: 'other', message: expect.stringContaining('nonesuch') as string },
  });
  expect(read).not.toHaveBeenCalled();
});

test('a defect is an answer too, without its message', async () => {
  const key = apiToken('defect');
  const given = await answer(
    get(['env']),
    worldOf(() => Promise.reject(new TypeError(`no ${key}`))),
  );
  expect(given).toMatchObject({ Err: { kind: 'other', message: expect.stringContaining('TypeError') as string } });
  expect(JSON.stringify(given).includes(key)).toBe(false);
});

describe('a store that never answers', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('is given up before cargo’s user gives up', async () => {
    expect(DEADLINE).toBeLessThan(10_000);
    const given = answer(
      get(['vault', '--path', 'a']),
      worldOf(() => new Promise(() => undefined)),
    );
    await jest.advanceTimersByTimeAsync(DEADLINE);
    expect(await given).toMatchObject({
      Err: { kind: 'other', message: expect.stringMatching(/HashiCorp Vault did not answer/) as string },
    });
  });
});
