import { cargoVariable, readEnvironment } from '../../../src/cargo/stores/env';
import type { StoreContext } from '../../../src/cargo/stores';

const CRATES_IO = { indexUrl: 'https://github.com/rust-lang/crates.io-index', name: 'crates-io' };
const ACME = { indexUrl: 'sparse+https://acme.example/index/', name: 'acme-nine' };

function context(env: StoreContext['env'], registry: StoreContext['registry'] = CRATES_IO): StoreContext {
  return {
    registry,
    env,
    readFile: () => Promise.reject(new Error('no file')),
    readFolder: () => Promise.reject(new Error('no folder')),
    runCommand: () => Promise.reject(new Error('no command')),
    homeFolder: '/',
    signal: new AbortController().signal,
  };
}

test("cargo's own names for the variables", () => {
  expect(cargoVariable(CRATES_IO)).toBe('CARGO_REGISTRY_TOKEN');
  expect(cargoVariable(ACME)).toBe('CARGO_REGISTRIES_ACME_NINE_TOKEN');
  expect(cargoVariable({ ...ACME, name: undefined })).toBeUndefined();
});

test('a variable is read, cargo’s own unless told', async () => {
  const env = { CARGO_REGISTRIES_ACME_NINE_TOKEN: 'own', KEY: 'named' };
  expect(await readEnvironment({}, context(env, ACME))).toEqual({ kind: 'key', key: 'own' });
  expect(await readEnvironment({ var: 'KEY' }, context(env, ACME))).toEqual({ kind: 'key', key: 'named' });
});

test('an unset variable is not found, an empty one is a mistake, and so is a registry that cargo has no name for', async () => {
  expect(await readEnvironment({ var: 'KEY' }, context({}))).toMatchObject({ kind: 'not-found' });
  expect(await readEnvironment({ var: 'KEY' }, context({ KEY: '' }))).toMatchObject({ kind: 'failed' });
  expect(await readEnvironment({}, context({}, { ...ACME, name: undefined }))).toMatchObject({ kind: 'failed' });
});
