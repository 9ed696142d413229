import fc from 'fast-check';
import { parse } from 'smol-toml';
import { blockIds, dropEntry, putSettings, takeSettings, type Origin } from '../../../src/cargo/config/managed-block';

const PROGRAM = ['/opt/x y/cargo-credential-cratesguard.cjs', 'env', '--var', 'KEY'];
const CRATES_IO = { table: ['registry'], key: 'credential-provider', value: PROGRAM };
const ACME = { table: ['registries', 'acme'], key: 'credential-provider', value: PROGRAM };
const FALLBACK = [
  { table: ['credential-alias'], key: 'cratesguard', value: PROGRAM },
  { table: ['registry'], key: 'global-credential-providers', value: ['cargo:token', 'cratesguard'] },
];

function put(text: string, settings = [CRATES_IO], id = 'crates-io', origin: Origin = 'old file'): string {
  const edit = putSettings(text, id, settings, origin);
  if (edit.kind === 'refused') throw new Error('refused');
  return edit.text;
}

function take(text: string, id = 'crates-io'): string {
  const taken = takeSettings(text, id);
  if (taken?.edit.kind !== 'edited') throw new Error('refused, or nothing there');
  return taken.edit.text;
}

test('a setting goes into its table, in a block that says who made it', () => {
  const text = '# mine\n[registry] # default\ndefault = "acme" # why\n\n[net]\nretry = 3\n';
  expect(put(text)).toBe(
    [
      '# mine',
      '[registry] # default',
      'default = "acme" # why',
      '# >>> cratesguard credential crates-io',
      'credential-provider = ["/opt/x y/cargo-credential-cratesguard.cjs", "env", "--var", "KEY"]',
      '# <<< cratesguard credential crates-io',
      '',
      '[net]',
      'retry = 3',
      '',
    ].join('\n'),
  );
});

test('what it replaces stays in the block as a comment', () => {
  const text = '[registry]\ncredential-provider = [ # two\n  "a",\n  "b",\n]\ndefault = "acme"\n';
  expect(put(text)).toBe(
    [
      '[registry]',
      '# >>> cratesguard credential crates-io',
      '#| credential-provider = [ # two',
      '#|   "a",',
      '#|   "b",',
      '#| ]',
      'credential-provider = ["/opt/x y/cargo-credential-cratesguard.cjs", "env", "--var", "KEY"]',
      '# <<< cratesguard credential crates-io',
      'default = "acme"',
      '',
    ].join('\n'),
  );
  expect(take(put(text))).toBe(text);
});

const LAYOUTS = {
  'no file': '',
  'a mere line end': '\n',
  'a comment': '# mine\n',
  'a comment without a line end': '# mine',
  'another table': '[net]\nretry = 3\n',
  'another table without a line end': '[net]\nretry = 3',
  'an empty table': '[registry]\n',
  'an empty table without a line end': '[registry]',
  'the table between others': '[net]\n[registry]\n\n# why\ndefault = "acme"\n\n\n[build]\njobs = 1\n',
  'a quoted table name': '["registry"]\ndefault = "acme"\n',
  'a dotted key at the top': 'registry.default = "acme"\nnet.retry = 3\n[build]\njobs = 1\n',
  'the setting as a dotted key': 'registry.credential-provider = "cargo:libsecret" # mine\n[build]\njobs = 1\n',
  'the setting without a line end': '[registry]\ncredential-provider = "cargo:libsecret"',
  'the setting, indented': '[registry]\n  credential-provider = [\n    "x", # y ]\n  ]\n  default = "acme"\n',
  'strings that look like tables':
    'a = """\n[registry]\ncredential-provider = 1\n"""\nb = \'\'\'\n# >>>\n\'\'\'\n[registry]\n',
  'strings with quotes at their end': 'a = """x"""""\nb = "\\\\"\nc = \'\\\'\n[registry]\ndefault = "acme"\n',
  'Windows line ends': '[registry]\r\ndefault = "acme"\r\n\r\n[net]\r\nretry = 3\r\n',
  'Windows line ends and a replaced setting': '[registry]\r\ncredential-provider = [\r\n  "a"\r\n]\r\n',
  'a mark at the start': '\ufeff[registry]\ndefault = "acme"\n',
  subtables: '[registries.acme]\nindex = "sparse+https://acme.example/"\n[registries.acme.x]\ny = 1\n',
  'arrays of tables': '[[x]]\na = 1\n[[x]]\na = 2\n',
};

describe.each(Object.entries(LAYOUTS))('%s', (_, text) => {
  test.each([
    ['crates-io', [CRATES_IO]],
    ['acme', [ACME]],
    ['fallback', FALLBACK],
  ])('%s goes in and comes out, and every byte is as before', (id, settings) => {
    const changed = put(text, settings, id);
    expect(blockIds(changed)).toEqual([id]);
    expect(take(changed, id)).toBe(text);
  });
});

test('two registries are set up and taken out in either order', () => {
  for (const text of Object.values(LAYOUTS)) {
    const both = put(put(text), [ACME], 'acme');
    expect(take(take(both, 'acme'))).toBe(text);
    expect(parse(take(take(both), 'acme').replace('\ufeff', ''))).toEqual(parse(text.replace('\ufeff', '')));
  }
});

test('any comments, tables and keys around it stay, byte for byte', () => {
  const line = fc.constantFrom('', '# note', 'x = 1', 'y = [\n  "[registry]", # a\n]', 'z = """\n# <<<\n"""', '\t');
  const section = fc.constantFrom('[registry]', '[net]', '[ "credential-alias" ]', '[[bin]]', '[registries.acme]');
  const document = fc.tuple(
    fc.uniqueArray(line),
    fc.uniqueArray(fc.tuple(section, fc.uniqueArray(line)), { selector: ([name]) => name }),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('', '\n'),
  );
  fc.assert(
    fc.property(
      document,
      fc.constantFrom([CRATES_IO], [ACME], FALLBACK),
      ([top, sections, lineEnd, last], settings) => {
        const lines = [...top, ...sections.flatMap(([name, inner]) => [name, ...inner])].join('\n') + last;
        const text = lines.replaceAll('\n', lineEnd);
        expect(take(put(text, settings))).toBe(text);
      },
    ),
  );
});

test('who made the file is remembered', () => {
  for (const origin of ['old file', 'new file', 'new folder'] as const)
    expect(takeSettings(put('', [CRATES_IO], 'crates-io', origin), 'crates-io')).toEqual({
      edit: { kind: 'edited', text: '' },
      origin,
    });
});

test.each([
  ['an inline table', 'registry = { default = "acme" }\n'],
  ['an array of tables in its place', '[[registry]]\n'],
])('%s is left alone, and the lines to add are given', (_, text) => {
  expect(putSettings(text, 'crates-io', [CRATES_IO], 'old file')).toEqual({
    kind: 'refused',
    lines: ['[registry]', expect.stringMatching(/^credential-provider = \[/)],
  });
});

test('a table that the user went on with keeps its header when the block goes', () => {
  const text = `${put('')}default = "acme"\n`;
  expect(parse(take(text))).toEqual({ registry: { default: 'acme' } });
});

test('a block that the user wrote into is left alone', () => {
  const text = put('').replace('credential-provider', 'default = "acme"\ncredential-provider');
  expect(takeSettings(text, 'crates-io')?.edit.kind).toBe('refused');
});

test('blocks of another registry are not touched', () => {
  expect(takeSettings(put('', [ACME], 'acme'), 'crates-io')).toBeUndefined();
  expect(takeSettings(put('', [ACME], 'acme-two'), 'acme')).toBeUndefined();
});

describe('dropEntry', () => {
  test.each([
    ['[registry]\ntoken = "x" # mine\n[net]\n', ['registry', 'token'], '[registry]\n[net]\n'],
    ['# a\ntoken = """\nx"""\n# b\n', ['token'], '# a\n# b\n'],
    ['registries.acme.token = "x"', ['registries', 'acme', 'token'], ''],
    ['[registry]\r\ntoken = "x"\r\n', ['registry', 'token'], '[registry]\r\n'],
  ])('%j without %j', (text, path, rest) => {
    expect(dropEntry(text, path)).toBe(rest);
  });

  test('a key in an inline table is left alone', () => {
    expect(dropEntry('registry = { token = "x" }\n', ['registry', 'token'])).toBeUndefined();
  });
});
