import fc from 'fast-check';
import { isTemporary, startableProgram } from '../../../src/cargo/config/program';
import { indexOf, programOf, providersOf, variableOf, type ConfigFile } from '../../../src/cargo/config/providers';
import { lineChanges } from '../../../src/cargo/config/line-changes';
import { formatValue, parseToml } from '../../../src/cargo/config/toml-values';
import { GuardError } from '../../../src/base/error';
import { apiToken } from '../../support/tokens';

function fileOf(file: string, text: string, isUsers = true): ConfigFile {
  return { file, table: parseToml(text, file), isUsers };
}

const HOME = '/home/dev/.cargo/config.toml';
const PROJECT = '/srv/project/.cargo/config.toml';

function askedFor(registry: string, files: readonly ConfigFile[], env: Record<string, string> = {}) {
  const { kind, providers } = providersOf(registry, env, files, '/srv/project');
  return { kind, words: providers.map(({ words }) => words.join(' ')), from: providers[0]?.from };
}

test('without configuration cargo asks its own store', () => {
  expect(askedFor('crates-io', [])).toEqual({ kind: 'list', words: ['cargo:token'], from: 'default' });
});

test('of a list the last one is asked first, and an alias stands for its words', () => {
  const files = [
    fileOf(
      HOME,
      '[registry]\nglobal-credential-providers = ["cargo:token", "prog --arg", "mine"]\n[credential-alias]\nmine = ["/opt/a b/prog", "env"]\n',
    ),
  ];
  const expected = { kind: 'list', words: ['/opt/a b/prog env', 'prog --arg', 'cargo:token'], from: HOME };
  expect(askedFor('crates-io', files)).toEqual(expected);
  expect(askedFor('acme', files)).toEqual(expected);
});

test("a registry's own provider is the only one; the nearest file and then the environment win", () => {
  const files = [
    fileOf(PROJECT, '[registry]\ncredential-provider = "near env"\n', false),
    fileOf(HOME, '[registry]\ncredential-provider = ["far"]\n[registries.acme]\ncredential-provider = "acme"\n'),
  ];
  expect(askedFor('crates-io', files)).toEqual({ kind: 'only', words: ['near env'], from: PROJECT });
  expect(askedFor('acme', files)).toEqual({ kind: 'only', words: ['acme'], from: HOME });
  const env = { CARGO_REGISTRY_CREDENTIAL_PROVIDER: 'set --x' };
  expect(askedFor('crates-io', files, env)).toMatchObject({
    words: ['set --x'],
    from: 'CARGO_REGISTRY_CREDENTIAL_PROVIDER',
  });
  expect(variableOf('acme-nine', 'credential-provider')).toBe('CARGO_REGISTRIES_ACME_NINE_CREDENTIAL_PROVIDER');
});

test('a program with a folder in it is relative to the folder that holds .cargo', () => {
  const files = [fileOf(PROJECT, '[registry]\ncredential-provider = ["node_modules/x.cjs", "env"]\n', false)];
  const [provider] = providersOf('crates-io', {}, files, '/srv/project/deep').providers;
  expect(provider).toMatchObject({ isUsers: false });
  expect(provider && programOf(provider)).toBe('/srv/project/node_modules/x.cjs');
  expect(programOf({ words: ['bare'], base: '/srv', from: '', isUsers: true })).toBe('bare');
});

test('the index of a registry comes from its configuration', () => {
  const files = [fileOf(HOME, '[registries.acme]\nindex = "sparse+https://acme.example/"\n')];
  expect(indexOf('acme', {}, files, '/')).toBe('sparse+https://acme.example/');
  expect(indexOf('acme', { CARGO_REGISTRIES_ACME_INDEX: 'sparse+https://b.example/' }, files, '/')).toBe(
    'sparse+https://b.example/',
  );
  expect(indexOf('other', {}, files, '/')).toBeUndefined();
  expect(indexOf('crates-io', {}, [], '/')).toBe('https://github.com/rust-lang/crates.io-index');
});

test('a setting of the wrong type is said to be one', () => {
  const files = [fileOf(HOME, '[registry]\ncredential-provider = 1\n')];
  expect(() => providersOf('crates-io', {}, files, '/')).toThrow(GuardError);
});

test('what is no TOML is told by its place alone', () => {
  const key = apiToken('toml');
  const thrown = jest.fn();
  try {
    parseToml(`[registry]\ntoken = "${key}`, 'x.toml');
  } catch (error) {
    thrown(error instanceof GuardError && [error.code, error.message, error.message.includes(key)]);
  }
  expect(thrown).toHaveBeenCalledWith(['config', expect.stringMatching(/^x\.toml:2:\d+: /), false]);
});

test('every text can be written as a TOML value', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
      expect(parseToml(`a = ${formatValue(words)}`, 'x')).toEqual({ a: words });
    }),
  );
});

describe('the program that cargo can start', () => {
  const machine = (platform: NodeJS.Platform, ...files: readonly string[]) => ({
    platform,
    env: { PATH: platform === 'win32' ? 'C:\\bin;C:\\npm' : '/bin' },
    exists: (path: string) => files.includes(path),
  });

  test('is the script itself', () => {
    expect(startableProgram('/opt/dist/x.cjs', machine('linux', '/opt/dist/x.cjs'))).toBe('/opt/dist/x.cjs');
    expect(startableProgram('/opt/dist/x.cjs', machine('linux'))).toBeUndefined();
  });

  test.each([
    'C:\\p\\node_modules\\.bin\\cargo-credential-cratesguard.cmd',
    'C:\\p\\cargo-credential-cratesguard.cmd',
    'C:\\npm\\cargo-credential-cratesguard.cmd',
  ])('is on Windows npm’s file with its extension: %s', (shim) => {
    const script = 'C:/p/node_modules/cratesguard/dist/cargo-credential-cratesguard.cjs';
    expect(startableProgram(script, machine('win32', shim))).toBe(shim);
    expect(startableProgram(script, machine('win32', script))).toBeUndefined();
  });

  test('does not last in the cache of a package runner', () => {
    expect(isTemporary('/home/dev/.npm/_npx/1a2b/node_modules/cratesguard/dist/x.cjs')).toBe(true);
    expect(isTemporary('/usr/lib/node_modules/cratesguard/dist/x.cjs')).toBe(false);
  });
});

test('line changes are the shortest way from one text to the other, and hold no unchanged line', () => {
  expect(lineChanges('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([
    { kind: 'removed', line: 2, text: 'b' },
    { kind: 'added', line: 2, text: 'x' },
    { kind: 'added', line: 4, text: 'd' },
  ]);
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const split = (value: string): string[] => (value === '' ? [] : value.split('\n'));
      const changes = lineChanges(before, after);
      const lines: (string | undefined)[] = split(before);
      for (const { kind, line } of changes) if (kind === 'removed') lines[line - 1] = undefined;
      const kept = lines.filter((line) => line !== undefined);
      for (const { kind, line, text: added } of changes) if (kind === 'added') kept.splice(line - 1, 0, added);
      expect(kept).toEqual(split(after));
    }),
  );
});
