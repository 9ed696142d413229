import { detect } from '../../../src/detect/detector';
import { maskText } from '../../../src/detect/mask';
import { REGISTRY_SAMPLES } from '../../support/leaks';
import * as tokens from '../../support/tokens';

const API_MASK = `cio${'*'.repeat(32)}`;
const api = tokens.apiToken('excerpt');
const trustpub = tokens.trustpubToken('excerpt');
const registry = tokens.registryToken('excerpt 1');

function find(text: string, rules?: ReadonlySet<'crates-io-api-token'>) {
  return detect(Buffer.from(text), { path: null, ...(rules === undefined ? {} : { rules }) });
}

function excerpts(text: string): readonly string[] {
  return find(text).map(({ excerpt }) => excerpt);
}

test('shows the line with the mask in the place of the secret', () => {
  expect(excerpts(`a\n  let t = "${api}"; // x\r\nb`)).toEqual([`  let t = "${API_MASK}"; // x`]);
});

test.each([
  ['crates-io-trustpub-token', trustpub, `cio_tp_${'*'.repeat(32)}`],
  ['crates-io-api-token', api, API_MASK],
  ['cargo-secret-key', tokens.secretKey('excerpt'), `k3.secret.${'*'.repeat(64)}`],
  ['crates-io-session', `cargo_session=${tokens.sessionValue('excerpt')}`, `cargo_session=${'*'.repeat(8)}`],
  ['cargo-registry-token', `CARGO_REGISTRY_TOKEN=${registry}`, `CARGO_REGISTRY_TOKEN=${'*'.repeat(8)}`],
])('masks %s by its public prefix', (rule, text, shown) => {
  const [candidate] = find(text);
  expect(candidate?.rule).toBe(rule);
  expect(candidate?.excerpt).toBe(shown);
  expect(shown.endsWith(candidate?.secret.mask ?? '?')).toBe(true);
  expect(JSON.stringify(candidate).includes(candidate?.secret.reveal() ?? '')).toBe(false);
});

test('shows the key of a value that stands below its name', () => {
  for (const key of ['value: ', '"value": ', 'secret_value: '])
    expect(excerpts(`- name: CARGO_REGISTRY_TOKEN\n  ${key}"${registry}"`)).toEqual([`  ${key}"********"`]);
  expect(maskText(`CARGO_REGISTRY_TOKEN:\n  ${registry}`)).toBe('CARGO_REGISTRY_TOKEN:\n  ********');
});

test('masks what other rules would find, whether they are on or not', () => {
  const [candidate] = find(
    `${api} ${trustpub} CARGO_REGISTRIES_A_TOKEN=${registry}`,
    new Set(['crates-io-api-token'] as const),
  );
  expect(candidate?.excerpt).toBe(`${API_MASK} cio_tp_${'*'.repeat(32)} CARGO_REGISTRIES_A_TOKEN=********`);
});

test('masks what is encoded, a placeholder, part of a word or no finding for its checksum', () => {
  const others = [
    Buffer.from(api).toString('base64'),
    Buffer.from(trustpub).toString('hex'),
    `x${tokens.apiToken('other')}`,
    tokens.trustpubToken('bad', 'wrong'),
    `token = "${registry}"`,
  ];
  for (const other of others) {
    const [excerpt = ''] = excerpts(`${api} ${other}`);
    for (let at = 12; at + 8 <= other.length; at += 1)
      expect(excerpt.includes(other.slice(at, at + 8)) && !other.slice(at).startsWith('token = "')).toBe(false);
  }
});

test('is cut to 200 characters around the secret, and to no part of another one', () => {
  for (let shift = 0; shift < 90; shift += 1) {
    const line = `${'a '.repeat(60)}${tokens.apiToken('left')} ${'.'.repeat(shift)} ${api} ${'.'.repeat(shift)} ${tokens.apiToken('right')}${' b'.repeat(60)}`;
    const found = find(line);
    expect(found.length).toBe(3);
    for (const { excerpt } of found) {
      expect(excerpt.length).toBeLessThanOrEqual(200);
      expect(excerpt).toContain(API_MASK);
      expect(/[A-Za-z0-9]{3,}/.exec(excerpt.replaceAll('cio', ''))).toBeNull();
    }
  }
});

test('says by an ellipsis where it was cut, and cuts no character in two', () => {
  const [excerpt = ''] = excerpts(`${'😀'.repeat(300)} ${api} ${'😀'.repeat(300)}`);
  expect(excerpt).toMatch(/^….*…$/u);
  expect(Buffer.from(excerpt).toString() === excerpt).toBe(true);
  expect(excerpts(`short ${api}`)).toEqual([`short ${API_MASK}`]);
});

test('leaves control characters to those who write', () => {
  expect(excerpts(`\u001b[2J${api}\u0007`)).toEqual([`\u001b[2J${API_MASK}\u0007`]);
});

describe('an inline comment', () => {
  test.each([
    [`${api} // cratesguard:allow revoked in May`, 'revoked in May'],
    [`${api} /* cratesguard:allow revoked */`, 'revoked'],
    [`<a b="${api}"> <!-- cratesguard:allow an example -->`, 'an example'],
    [`${api} {# cratesguard:allow jinja #}`, 'jinja'],
    [`${api} # cratesguard:allow`, null],
    [`${api} /* cratesguard:allow */`, null],
    [`${api} # cratesguard:allow   \r`, null],
    [`CARGO_REGISTRY_TOKEN=${registry} # cratesguard:allow test registry`, 'test registry'],
  ])('case %# gives its reason', (text, reason) => {
    expect(find(`x\n${text}\ny`).map(({ inlineAllow }) => inlineAllow)).toEqual([{ reason }]);
  });

  test.each([
    `// cratesguard:allow before\n${api}`,
    `${api}\n// cratesguard:allow on the next line`,
    `/* cratesguard:allow first */ ${api}`,
    `${api} // cratesguard:allowed by nobody`,
    `${api} // cratesguard: allow it`,
  ])('case %# allows nothing', (text) => {
    expect(find(text).map(({ inlineAllow }) => inlineAllow)).toEqual([null]);
  });

  test('allows every secret before it on its line, and hides those in the reason', () => {
    const found = find(`${api} ${trustpub} # cratesguard:allow see ${tokens.apiToken('reason')}`);
    expect(found.map(({ inlineAllow }) => inlineAllow)).toEqual([
      { reason: `see ${API_MASK}` },
      { reason: `see ${API_MASK}` },
      null,
    ]);
  });
});

describe('maskText', () => {
  test.each([
    ['an assignment', (secret: string) => `export CARGO_REGISTRY_TOKEN=${secret}`],
    ['an option', (secret: string) => `cargo publish --token ${secret};`],
    ['a header', (secret: string) => `authorization: Bearer ${secret}`],
    ['TOML', (secret: string) => `token = "${secret}"`],
  ])('masking twice is masking once: %s', (_where, text) => {
    const once = maskText(text(api));
    expect(once).toContain(`cio${'*'.repeat(32)}`);
    expect(maskText(once)).toBe(once);
  });

  test.each(REGISTRY_SAMPLES)('an excerpt stays as it is: %s', (_where, { text }) => {
    for (const { excerpt } of find(text(tokens))) expect(maskText(excerpt)).toBe(excerpt);
  });

  test.each([
    [`/home/x/${api}.txt`, `/home/x/${API_MASK}.txt`],
    [`refs/heads/${trustpub}`, `refs/heads/cio_tp_${'*'.repeat(32)}`],
    [`fatal: https://me:${registry}@example.com/ not found`, 'fatal: https://me:********@example.com/ not found'],
    [`Authorization: Bearer ${registry}`, 'Authorization: Bearer ********'],
    [`CARGO_REGISTRIES_X_TOKEN=${registry}`, 'CARGO_REGISTRIES_X_TOKEN=********'],
    [`cargo publish --token ${registry}`, 'cargo publish --token ********'],
    [`token = "${registry}"`, 'token = "********"'],
    ['CARGO_REGISTRY_TOKEN: ${{ secrets.KEY_OF_CRATES }}', 'CARGO_REGISTRY_TOKEN: ${{ secrets.KEY_OF_CRATES }}'],
    [`CARGO_REGISTRY_TOKEN: \${{ ${api} }}`, `CARGO_REGISTRY_TOKEN: \${{ ${API_MASK} }}`],
    [`x${api}y`, `x${API_MASK}`],
    ['nothing to hide: src/main.rs:3:4', 'nothing to hide: src/main.rs:3:4'],
    ['', ''],
  ])('case %#', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });
});
