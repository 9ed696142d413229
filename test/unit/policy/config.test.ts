import { GuardError } from '../../../src/base/error';
import { policyFrom } from '../../../src/policy/load';
import { apiToken, secretKey, trustpubToken } from '../../support/tokens';

const FINGERPRINT = `sha256:${'0a'.repeat(32)}`;

interface Fault {
  readonly place: string;
  readonly what: string;
  readonly hint: string | undefined;
}

async function faultOf(name: string, text: string | Uint8Array): Promise<Fault | null> {
  try {
    await policyFrom({ name, bytes: Buffer.from(text) });
    return null;
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    expect(error.code).toBe('config');
    const [, place = '', what = ''] = /^(\S+:\d+:\d+): (.*)$/s.exec(error.message) ?? [];
    return { place, what, hint: error.hint };
  }
}

const entry = (more: string) => `allowlist:\n  - reason: x\n    ${more}\n`;

describe('faults, with their place', () => {
  test.each([
    ['no YAML', 'a.yaml', 'allowlist: [\n  - x\n', '2:3', 'block collection'],
    ['a tab', 'a.yaml', 'rules:\n\tx: y\n', '2:1', 'a tab'],
    ['a quote left open', 'a.yaml', 'exclude: ["a\n', '2:1', 'missing'],
    ['an unknown alias', 'a.yaml', 'exclude: *all\n', '1:10', 'alias'],
    ['an alias to what it is in', 'a.yaml', 'exclude: &a [*a]\n', '1:13', 'nests too deeply'],
    ['a tag', 'a.yaml', 'exclude: !!seq [a]\n', '1:16', 'a YAML tag'],
    ['a tag of its own', 'a.yaml', 'exclude: !js/function [a]\n', '1:10', 'a YAML tag'],
    ['a tag on a key', 'a.yaml', '!!str exclude: [a]\n', '1:7', 'a YAML tag'],
    ['the tag that is none', 'a.yaml', 'exclude: ! [a]\n', '1:12', 'a YAML tag'],
    ['a second document', 'a.yaml', 'exclude: [a]\n---\nexclude: [b]\n', '2:1', 'second YAML document'],
    ['a second document without content', 'a.yaml', 'exclude: [a]\n...\n---\n', '3:1', 'second YAML document'],
    ['a merge key', 'a.yaml', '<<: {exclude: [a]}\n', '1:1', 'unknown key `<<`: merge keys'],
    ['a key that is a list', 'a.yaml', '? [a]\n: b\n', '1:3', 'a key must be a word'],
    ['a second key in YAML', 'a.yaml', 'exclude: []\nexclude: []\n', '2:1', "'exclude' is already there"],
    ['a second key in JSON', 'a.json', '{"exclude": [],\n "exclude": []}', '2:2', "'exclude' is already there"],
    ['a second key in TOML', 'a.toml', 'exclude = []\nexclude = []\n', '2:1', 'already there'],
    ['a second table in TOML', 'a.toml', '[rules]\n[rules]\n', '2:2', 'already there'],
    ['a second key in an entry', 'a.yaml', entry('reason: y\n    paths: [a]'), '3:5', "'reason' is already there"],
    ['no JSON', 'a.json', '{"exclude": [}', '1:14', 'not well-formed JSON'],
    ['a trailing comma', 'a.json', '{"exclude": [],}', '1:16', 'not well-formed JSON'],
    ['a comment in JSON', 'a.json', '// no\n{}', '1:1', 'not well-formed JSON'],
    ['a line break in a JSON string', 'a.json', '{"exclude": ["a\nb"]}', '1:16', 'line break'],
    ['no TOML', 'a.toml', 'exclude = \n', '2:1', 'not well-formed TOML'],
    ['an impossible date in TOML', 'a.toml', '[[allowlist]]\nexpires = 2027-02-30\n', '2:20', 'not well-formed TOML'],
    ['a list', 'a.yaml', '- a\n', '1:1', 'the configuration must be a mapping, not a list'],
    ['a word', 'a.yaml', 'x\n', '1:1', 'the configuration must be a mapping, not text'],
    ['a list in JSON', 'a.json', '[]', '1:1', 'the configuration must be a mapping'],
    ['an unknown key', 'a.yaml', 'exclude: []\nignore: []\n', '2:1', "unknown key 'ignore'"],
    ['an unknown key of an entry', 'a.yaml', entry('path: [a]'), '3:5', "unknown key 'path'"],
    ['$import', 'a.yaml', '$import: ./other.yaml\n', '1:1', '`$import`'],
    ['$import in JSON', 'a.json', '{"$import": "./other.json"}', '1:2', '`$import`'],
    ['$import in an entry', 'a.yaml', entry('$import: x'), '3:5', '`$import`'],
    ['a prototype', 'a.json', '{"__proto__": {"exclude": []}}', '1:2', "unknown key '__proto__'"],
    ['an unknown rule', 'a.yaml', 'rules:\n  crates-io-tokn: off\n', '2:3', "unknown rule 'crates-io-tokn'"],
    ['an unknown mode', 'a.yaml', 'rules:\n  crates-io-api-token: ignore\n', '2:24', 'block, warn, off'],
    ['a mode that is no word', 'a.json', '{"rules": {"crates-io-api-token": false}}', '1:35', 'block, warn, off'],
    ['rules as a list', 'a.yaml', 'rules: [a]\n', '1:8', 'rules must be a mapping, not a list'],
    ['an allowlist as a mapping', 'a.yaml', 'allowlist: {a: b}\n', '1:12', 'allowlist must be a list, not a mapping'],
    ['an entry that is a word', 'a.yaml', `allowlist: ["${FINGERPRINT}"]\n`, '1:13', 'must be a mapping, not text'],
    ['an entry without a reason', 'a.yaml', `allowlist:\n  - fingerprint: ${FINGERPRINT}\n`, '2:5', 'without a reason'],
    ['an empty reason', 'a.yaml', 'allowlist:\n  - paths: [a]\n    reason: "  "\n', '3:13', 'empty reason'],
    [
      'a reason left out',
      'a.yaml',
      'allowlist:\n  - paths: [a]\n    reason:\n',
      '3:12',
      'reason must be text, not nothing',
    ],
    [
      'a reason that is a number',
      'a.yaml',
      'allowlist:\n  - paths: [a]\n    reason: 7\n',
      '3:13',
      'reason must be text',
    ],
    ['an entry without a condition', 'a.yaml', entry('expires: 2999-01-01'), '2:5', 'would allow everything'],
    ['half a fingerprint', 'a.yaml', entry('fingerprint: sha256:abc'), '3:18', 'not a fingerprint'],
    ['a fingerprint without its kind', 'a.yaml', entry(`fingerprint: ${'0a'.repeat(32)}`), '3:18', 'not a fingerprint'],
    ['a fingerprint that is a number', 'a.yaml', entry('fingerprint: 12'), '3:18', 'fingerprint must be text'],
    ['a path that is no list', 'a.yaml', entry('paths: docs/**'), '3:12', 'paths must be a list, not text'],
    ['no paths', 'a.yaml', entry('paths: []'), '3:12', 'paths is empty'],
    ['paths left out', 'a.yaml', entry('paths:'), '3:11', 'paths must be a list, not nothing'],
    ['a path that is a number', 'a.yaml', entry('paths: [7]'), '3:13', 'paths must be text'],
    ['a bad glob', 'a.yaml', entry('paths: [a, "b["]'), '3:16', 'no `]` closes'],
    ['a bad exclude', 'a.yaml', 'exclude:\n  - a\n  - "!b"\n', '3:5', 'starts with `!`'],
    ['an unknown rule of an entry', 'a.yaml', entry('rules: [crates-io-api-tokens]'), '3:13', 'unknown rule'],
    ['no rules', 'a.yaml', entry('rules: []'), '3:12', 'rules is empty'],
    ['look-ahead', 'a.yaml', entry('pattern: "(?=x)"'), '3:14', 'not a pattern'],
    ['a back-reference', 'a.json', '{"allowlist": [{"reason": "x", "pattern": "(a)\\\\1"}]}', '1:43', 'not a pattern'],
    ['a pattern that explodes', 'a.yaml', entry('pattern: ((a{1000}){1000}){1000}'), '3:14', 'invalid repeat count'],
    ['an empty pattern', 'a.yaml', entry('pattern: ""'), '3:14', 'empty pattern'],
    ['no day', 'a.yaml', entry('paths: [a]\n    expires: 2027-02-30'), '4:14', 'expires must be a day'],
    [
      'another way to write a day',
      'a.yaml',
      entry('paths: [a]\n    expires: 1/2/2027'),
      '4:14',
      'expires must be a day',
    ],
    [
      'a time',
      'a.toml',
      '[[allowlist]]\npaths = ["a"]\nreason = "x"\nexpires = 2027-01-01T00:00:00Z\n',
      '4:11',
      'expires must be a day',
    ],
    ['a year', 'a.yaml', entry('paths: [a]\n    expires: 2027'), '4:14', 'expires must be text'],
    ['allowInline as text', 'a.yaml', 'allowInline: "no"\n', '1:14', 'allowInline must be true or false, not text'],
    ['allowInline as YAML 1.1 has it', 'a.yaml', '%YAML 1.1\n---\nallowInline: no\n', '3:14', 'must be true or false'],
    ['a NUL', 'a.yaml', 'exclude: ["\0"]', '1:1', 'NUL'],
    ['UTF-16', 'a.yaml', Buffer.from('\ufeffexclude: []', 'utf16le'), '1:1', 'not UTF-8'],
    ['Latin-1', 'a.yaml', Buffer.from('exclude: ["\xe9"]', 'latin1'), '1:1', 'not UTF-8'],
    ['a mebibyte', 'a.yaml', `# ${'x'.repeat(1024 * 1024)}`, '1:1', 'KiB'],
    ['our key twice', 'package.json', '{"cratesguard": {},\n"cratesguard": {}}', '2:1', 'already there'],
    ['our key as text', 'package.json', '{"cratesguard": "x"}', '1:17', 'must be a mapping'],
    ['a broken package.json that has it', 'package.json', '{"cratesguard": {}', '1:19', 'not well-formed JSON'],
    [
      'an unknown key in Cargo.toml',
      'Cargo.toml',
      '[package.metadata.cratesguard]\nexclud = []\n',
      '2:1',
      "unknown key 'exclud'",
    ],
    [
      'a fault in an array of tables',
      'Cargo.toml',
      '[[workspace.metadata.cratesguard.allowlist]]\npaths = ["a"]\n',
      '1:34',
      'without a reason',
    ],
  ])('%s', async (_, name, text, place, what) => {
    const fault = await faultOf(name, text);
    expect(fault?.what).toContain(what);
    expect(fault?.place).toBe(`${name}:${place}`);
  });
});

test.each([
  ['allowlst', 'allowlist'],
  ['alowlist', 'allowlist'],
  ['Exclude', 'exclude'],
  ['exlcude', 'exclude'],
  ['allowinline', 'allowInline'],
  ['rule', 'rules'],
])('for %s it proposes %s', async (written, meant) => {
  const fault = await faultOf('a.json', JSON.stringify({ [written]: [] }));
  expect(fault?.what).toContain(written);
  expect(fault?.hint).toContain(`'${meant}'`);
});

test('where nothing is near, it lists what is known', async () => {
  expect((await faultOf('a.yaml', 'something: 1'))?.hint).toBe('Known here: rules, allowlist, exclude, allowInline.');
});

test.each(['.cratesguardrc.js', 'ci/x.cjs', 'x.mjs', 'x.ts', 'main:x.mts'])(
  '%s is code, and refused by its name',
  async (name) => {
    await expect(policyFrom({ name, bytes: Buffer.from('module.exports = {}') })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('never run') as string,
    });
  },
);

describe('a secret', () => {
  const value = apiToken('config');
  const cases: readonly (readonly [string, string, string])[] = [
    ['in place of a fingerprint', 'a.yaml', `allowlist:\n  - fingerprint: ${value}\n    reason: x\n`],
    ['in a reason', 'a.yaml', `allowlist:\n  - paths: [a]\n    reason: it was ${value}\n`],
    ['in a path', 'a.yaml', `exclude: ["a/${value}"]\n`],
    ['in a pattern', 'a.json', JSON.stringify({ allowlist: [{ reason: 'x', pattern: `^${value}$` }] })],
    ['as a key', 'a.yaml', `${value}: 1\n`],
    ['as the key of a rule', 'a.toml', `[rules]\n${value} = "off"\n`],
    ['as a rule', 'a.yaml', `allowlist:\n  - rules: [${value}]\n    reason: x\n`],
    ['under an unknown key', 'a.json', JSON.stringify({ note: { deep: [value] } })],
    [
      'behind an escape',
      'a.json',
      `{"note": "${value.slice(0, 5)}\\u00${value.charCodeAt(5).toString(16)}${value.slice(6)}"}`,
    ],
    ['as a date', 'a.toml', `[[allowlist]]\nreason = "x"\nexpires = "${value}"\n`],
    ['where text was cut off', 'a.yaml', `exclude: ["${value}\n`],
    ['where JSON was cut off', 'a.json', `{"exclude": ["${value}`],
    ['where JSON has a word', 'a.json', `{"exclude": [${value}]}`],
    ['where TOML has a word', 'a.toml', `exclude = ${value}\n`],
    ['as an alias', 'a.yaml', `exclude: *${value}\n`],
    ['as an anchor that nothing uses', 'a.yaml', `exclude: &${value} 7\n`],
    ['as a tag', 'a.yaml', `exclude: !${value} []\n`],
    ['as a directive', 'a.yaml', `%${value} x\n---\nexclude: []\n`],
    ['in package.json', 'package.json', JSON.stringify({ cratesguard: { exclude: [value] } })],
    ['of Trusted Publishing', 'a.yaml', `exclude: ["${trustpubToken('config')}"]\n`],
    ['that signs', 'a.yaml', `exclude: ["${secretKey('config')}"]\n`],
  ];
  test.each(cases)('%s is refused, and not printed', async (_, name, text) => {
    const fault = await faultOf(name, text);
    expect(fault).not.toBeNull();
    const printed = JSON.stringify(fault);
    const secrets = [value, trustpubToken('config'), secretKey('config')];
    // No six characters of it, beyond what every such key starts with.
    const pieces = secrets.flatMap((secret) =>
      Array.from({ length: secret.length - 16 }, (__, index) => secret.slice(index + 10, index + 16)),
    );
    expect(pieces.some((piece) => printed.includes(piece))).toBe(false);
  });

  test('is told from a piece of one', async () => {
    expect(
      await faultOf('a.json', JSON.stringify({ allowlist: [{ reason: 'x', pattern: `^${value.slice(0, 12)}` }] })),
    ).toBeNull();
  });
});

test.each([
  ['a.yaml', ''],
  ['a.yaml', '\n\n'],
  ['a.yaml', '# nothing yet\n'],
  ['a.yaml', '---\n'],
  ['a.yaml', '{}'],
  ['a.yaml', '\ufeff'],
  ['a.yaml', '\ufeffexclude: []\r\n'],
  ['a.yaml', 'rules:\nallowlist:\nexclude:\n'],
  ['a.json', ''],
  ['a.json', '\ufeff{}'],
  ['a.json', '{"$schema": "./schema.json"}'],
  ['a.toml', ''],
  ['.cratesguardrc', '{\n\t"exclude": [\n\t\t"a"\n\t]\n}'],
  ['.cratesguardrc', 'paths: &p [a]\n'.replace('paths', 'exclude')],
  ['.cratesguardrc', 'exclude: &p [a]\nallowlist:\n  - paths: *p\n    reason: x\n'],
  ['package.json', '{"cratesguard": {}}'],
  ['package.json', '{"devDependencies": {"cratesguard": "1"}, "scripts": {"a": "", "a": ""}}'],
  ['package.json', '{ broken'],
  ['Cargo.toml', '[package\nbroken'],
  ['Cargo.toml', '[package.metadata.cratesguard]\n'],
])('%s with %j is sound', async (name, text) => {
  expect(await faultOf(name, text)).toBeNull();
});

describe('what would hold commits up is refused at its line', () => {
  const lines = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n)).join('');

  test.each([
    ['exclude', `exclude:\n${lines(3000, (n) => `  - "*a*a*a*a${n}{a,b}{c,d}"\n`)}`, /^a\.yaml:95:5$/, 'wildcards'],
    ['paths', entry(`paths: [${lines(400, (n) => `"*a*a*a*a${n}", `)}]`), /^a\.yaml:3:\d+$/, 'wildcards'],
    [
      'pattern',
      `allowlist:\n${lines(200, (n) => `  - { reason: r, pattern: "(a{0,900}){0,1}${n}" }\n`)}`,
      /^a\.yaml:\d+:27$/,
      'counted repeats',
    ],
  ])('%s', async (_what, text, place, what) => {
    const fault = await faultOf('a.yaml', text);
    expect(fault?.place).toMatch(place);
    expect(fault?.what).toContain(what);
  });

  test('hundreds of ordinary globs and patterns are taken', async () => {
    const globs = lines(500, (n) => `  - "**/vendor${n}/*.rs"\n`);
    const plain = lines(3000, (n) => `  - "docs/page-${n}.md"\n`);
    const entries = lines(100, (n) => `  - { reason: r, pattern: "^acme${n}_[0-9a-f]{40}$" }\n`);
    expect(await faultOf('a.yaml', `exclude:\n${globs}${plain}allowlist:\n${entries}`)).toBeNull();
  });
});

describe('bombs end soon', () => {
  const lol = Array.from(
    { length: 30 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? 'x'
          : Array(9)
              .fill(`*a${i - 1}`)
              .join(',')
      }]\n`,
  ).join('');
  test.each([
    ['aliases', 'a.yaml', lol],
    ['brackets', 'a.yaml', '['.repeat(200_000)],
    ['braces', 'a.yaml', '{a: '.repeat(50_000)],
    ['sequences', 'a.yaml', '- '.repeat(100_000)],
    ['complex keys', 'a.yaml', '? '.repeat(100_000)],
    ['indentation', 'a.yaml', Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['keys', 'a.yaml', Array.from({ length: 5_000 }, (_, i) => `k${i}: 1\n`).join('')],
    ['JSON brackets', 'a.json', '['.repeat(200_000)],
    ['JSON objects', 'a.json', '{"a":'.repeat(40_000)],
    ['TOML brackets', 'a.toml', `a = ${'['.repeat(20_000)}`],
    ['TOML brackets that close', 'a.toml', `a = ${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['TOML dots', 'a.toml', `a${'.a'.repeat(10_000)} = 1`],
    ['a TOML header', 'a.toml', `[a${'.a'.repeat(10_000)}]`],
    ['a TOML number', 'a.toml', `a = ${'1'.repeat(250_000)}`],
  ])('%s', async (_, name, text) => {
    expect(await faultOf(name, text)).not.toBeNull();
  });
});
