import { configOf } from '../../../src/policy/config';
import { parseJson } from '../../../src/policy/parse-json';
import { checkEntries, type Sighting } from '../../../src/policy/stale';
import { apiToken } from '../../support/tokens';
import { candidateOf, fileAt } from './candidates';

async function* sightings(...paths: readonly string[]): AsyncGenerator<Sighting> {
  for (const path of paths)
    yield await Promise.resolve({ candidate: candidateOf(apiToken(path)), place: fileAt(path) });
}

async function entriesOf(allowlist: unknown) {
  const source = { name: 'a.json', text: JSON.stringify({ allowlist }) };
  return (await configOf(source, await parseJson(source))).allowlist;
}

test('tells expired entries, stale ones and those that something needs', async () => {
  const entries = await entriesOf([
    { paths: ['a'], reason: 'needed' },
    { paths: ['b'], reason: 'stale' },
    { paths: ['a'], reason: 'expired', expires: '2026-01-01' },
    { paths: ['c'], reason: 'needed, too', expires: '2026-01-02' },
  ]);
  const { expired, stale } = await checkEntries(entries, sightings('a', 'c', 'd'), '2026-01-01');
  expect(expired.map(({ reason }) => reason)).toEqual(['expired']);
  expect(stale.map(({ reason }) => reason)).toEqual(['stale']);
});

test('reads no further than it must', async () => {
  const entries = await entriesOf([{ paths: ['a'], reason: 'needed' }]);
  async function* failing(): AsyncGenerator<Sighting> {
    yield* sightings('b', 'a');
    throw new Error('read on');
  }
  expect(await checkEntries(entries, failing(), '2026-01-01')).toEqual({ expired: [], stale: [] });
});

test('what could not be read whole is not called stale', async () => {
  const entries = await entriesOf([{ paths: ['a'], reason: 'who knows' }]);
  async function* failing(): AsyncGenerator<Sighting> {
    yield* sightings('b');
    throw new Error('unreadable');
  }
  await expect(checkEntries(entries, failing(), '2026-01-01')).rejects.toThrow('unreadable');
});

test('an empty allowlist asks for nothing', async () => {
  async function* failing(): AsyncGenerator<Sighting> {
    yield* sightings();
    throw new Error('asked');
  }
  expect(await checkEntries([], failing(), '2026-01-01')).toEqual({ expired: [], stale: [] });
});
