import { detect } from '../../../src/detect/detector';
import { REGISTRY_SAMPLES } from '../../support/leaks';
import * as tokens from '../../support/tokens';

function find(text: string, path: string | null = null) {
  return detect(Buffer.from(text), { path });
}

describe('a literal token is found where it is written', () => {
  test.each(REGISTRY_SAMPLES)('%s', (_, sample) => {
    const text = sample.text(tokens);
    const found = find(text);
    expect(found.map(({ rule, encoding }) => [rule, encoding])).toEqual([['cargo-registry-token', 'plain']]);
    const [candidate] = found;
    const line = text.split('\n')[(candidate?.line ?? 0) - 1] ?? '';
    const slice = line.slice((candidate?.column ?? 0) - 1, (candidate?.endColumn ?? 0) - 1);
    expect(slice === candidate?.secret.reveal()).toBe(true);
    expect(/^(?:Bearer )?[A-Za-z0-9]{32}$/.test(slice)).toBe(true);
    expect(candidate?.excerpt).toContain('********');
    expect(candidate?.excerpt.includes(slice.slice(-8))).toBe(false);
  });
});

describe('the same places with a crates.io token are findings of its rule', () => {
  test.each(REGISTRY_SAMPLES)('%s', (_, sample) => {
    const text = sample.text({ ...tokens, registryToken: (seed) => tokens.apiToken(seed) });
    expect(find(text).map(({ rule }) => rule)).toEqual(['crates-io-api-token']);
  });
});

describe('no literal, no finding', () => {
  const values = [
    ...[
      '$X',
      '"$X"',
      '${X}',
      '"${X}"',
      '${{ secrets.CARGO_REGISTRY_TOKEN }}',
      '$(cat token)',
      '"$(cat token)"',
      '`cat token`',
    ],
    ...[
      '%X%',
      '<your-token>',
      '{{ token }}',
      '"{{ .Values.token }}"',
      '""',
      "''",
      '',
      '"***"',
      '...',
      '"..."',
      'xxx',
      'changeme',
    ],
    ...[
      'your-token',
      'YOUR_TOKEN_HERE',
      '"<token>"',
      'REDACTED',
      'placeholder',
      'token',
      'secret',
      'null',
      '~',
      'true',
      'example-token',
    ],
    ...[
      'process.env.TOKEN',
      'env.TOKEN',
      'secrets.TOKEN',
      'vars.TOKEN',
      'var.cargo_token',
      'local.cargo_token',
      'getToken()',
    ],
    ...[
      'op://vault/crates/token',
      'vault:secret/data/cargo#token',
      '{cargo_token}',
      '%s',
      '@token',
      '@@TOKEN@@',
      '__TOKEN__',
      '@{variables.token}',
      '${X:-}',
      '${X:?not set}',
    ],
    ...[`cio${'x'.repeat(32)}`, `"cio${'0'.repeat(32)}"`, ['abcdefghijklmnopqrstuvwxyz', '012345'].join('')],
  ];
  const places = [
    'CARGO_REGISTRY_TOKEN=V',
    'CARGO_REGISTRIES_ACME_TOKEN: V',
    'set -x CARGO_REGISTRY_TOKEN V',
    '[registry]\ntoken = V',
    'cargo login V',
    'cargo publish --token V',
    '- name: CARGO_REGISTRY_TOKEN\n  value: V',
    'CARGO_REGISTRY_TOKEN = V',
  ];
  test.each(places)('%s', (place) => {
    for (const value of values)
      expect({ value, found: find(place.replace('V', () => value)).length }).toEqual({ value, found: 0 });
  });
});

test('the options of cargo login may be long, and not of ASCII', () => {
  const v = tokens.registryToken('long login');
  const text = `${'y '.repeat(600)}\ncargo --config ${'\u00e9'.repeat(120)} login ${v}`;
  expect(find(text)).toHaveLength(1);
});

describe('what only looks like a place is none', () => {
  const v = tokens.registryToken('no place 1');
  test.each([
    ['an option', `gh secret set CARGO_REGISTRY_TOKEN --repo acme/anvil`],
    ['an option with its value', `gh secret set CARGO_REGISTRY_TOKEN --repo=acme/anvil-2024-engine --app actions`],
    ['a short option', `gh secret set CARGO_REGISTRY_TOKEN -R acme/anvil`],
    ['login far from cargo', `cargo build; ${'x '.repeat(400)}login ${v}`],
    ['another program', `helm push --token ${v}`],
    ['npm', `npm publish --token ${v}`],
    ['npm after cargo', `cargo build && npm publish --token ${v}`],
    ['npm on the next line', `cargo publish\nnpm publish --token ${v}`],
    ['a token of no table', `token = "${v}"`],
    ['a token of another table', `[registry]\nindex = "x"\n[other]\ntoken = "${v}"`],
    ['a longer key', `[registry]\nmy-token = "${v}"\naccess_token = "${v}"`],
    ['an index', `CARGO_REGISTRIES_ACME_INDEX=${v}`],
    ['a subject', `CARGO_REGISTRY_SECRET_KEY_SUBJECT=${v}`],
    ['a longer name', `MY_CARGO_REGISTRY_TOKEN=${v}`],
    ['a name that goes on', `CARGO_REGISTRY_TOKEN_FILE=${v}`],
    [
      'a reference beside another value',
      `- name: CARGO_REGISTRY_TOKEN\n  valueFrom:\n    secretKeyRef:\n- name: Y\n  value: "${v}"`,
    ],
    ['an encrypted value', `CARGO_REGISTRY_TOKEN:\n  secure: ${v}`],
    ['a reading program', `let t = std::env::var("CARGO_REGISTRY_TOKEN").unwrap();`],
    ['a macro', `env!("CARGO_REGISTRY_TOKEN")`],
    ['a list of names', `passenv = ["CARGO_REGISTRY_TOKEN", "GITHUB_TOKEN_FOR_CI"]`],
    ['prose', 'Set CARGO_REGISTRY_TOKEN: the token that you made at https://crates.io/settings/tokens.'],
    ['prose on login', 'Run cargo login with the token; cargo login asks for-the-token-interactively.'],
    ['an array access', `registries[registry]\ntoken = "${v}"`],
    ['a table of another list', `[registry]\nindex = "x"\n[[other]]\ntoken = "${v}"`],
    ['arguments of another program', `command: helm\nargs: push --token ${v}\n# then cargo publish`],
    ['a message where a variable is missing', `process.env.CARGO_REGISTRY_TOKEN || "not set: see docs/ci.md, part 2"`],
    ['a comparison in a shell', `[ "$CARGO_REGISTRY_TOKEN" = "${v}" ]`],
    ['a value piped to another login', `echo ${v} | docker login --password-stdin`],
    ['a Markdown link', `[registry]: https://example.com\ntoken = "${v}"`],
    ['a comparison', `if process.env.CARGO_REGISTRY_TOKEN == "${v}" {`],
    [
      'a declaration beside another one',
      `secrets:\n  CARGO_REGISTRY_TOKEN:\n    required: true\n  OTHER:\n    value: "${v}"`,
    ],
    ['four lines below', `- name: CARGO_REGISTRY_TOKEN\n  a: 1\n  b: 2\n  c: 3\n  value: "${v}"`],
  ])('%s', (_, text) => {
    expect(find(text).length).toBe(0);
  });
});

describe('the old top-level token', () => {
  const text = `token = "${tokens.registryToken('top 1')}"\n`;
  test.each(['credentials', 'credentials.toml', 'home/x/.cargo/credentials', 'a\\credentials.toml'])(
    'of %s is found',
    (path) => {
      expect(find(text, path).map(({ rule, line, column }) => [rule, line, column])).toEqual([
        ['cargo-registry-token', 1, 10],
      ]);
    },
  );
  test.each(['settings.toml', 'my-credentials', 'credentials.rs', null])('of %s is not', (path) => {
    expect(find(text, path).length).toBe(0);
  });
  test('stands above all tables', () => {
    expect(find(`[default]\n${text}`, 'credentials').length).toBe(0);
  });
});

test('the more specific rule wins only where it is on', () => {
  const text = `CARGO_REGISTRY_TOKEN=${tokens.apiToken('off')}`;
  const rules = new Set(['cargo-registry-token'] as const);
  expect(detect(Buffer.from(text), { path: null, rules }).map(({ rule }) => rule)).toEqual(['cargo-registry-token']);
  expect(detect(Buffer.from(text), { path: null, rules: new Set() })).toEqual([]);
});
