import { createHash } from 'node:crypto';
import { policyFrom, type PolicyOptions } from '../../../src/policy/load';
import { apiToken } from '../../support/tokens';
import { candidateOf, fileAt } from './candidates';

const VALUE = apiToken('judge');
const FINGERPRINT = `sha256:${createHash('sha256').update(VALUE).digest('hex')}`;
const TODAY = '2026-06-15';

type Options = Omit<PolicyOptions, 'topLevel' | 'file' | 'cwd'>;

function policyOf(config: unknown, options: Options = {}) {
  return policyFrom(
    { name: '.cratesguardrc.json', bytes: Buffer.from(JSON.stringify(config)) },
    { today: TODAY, ...options },
  );
}

async function allows(entry: Record<string, unknown>, candidate = candidateOf(VALUE), place = fileAt('src/a.rs')) {
  const policy = await policyOf({ allowlist: [{ reason: 'known', ...entry }] });
  return (await policy.judge(candidate, place)).allowedBy !== null;
}

describe('an entry', () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    ['its fingerprint', { fingerprint: FINGERPRINT }, true],
    [
      'its fingerprint in capitals',
      { fingerprint: FINGERPRINT.replace(/^sha256:.*/, (text) => `sha256:${text.slice(7).toUpperCase()}`) },
      true,
    ],
    ['another fingerprint', { fingerprint: `sha256:${'0'.repeat(64)}` }, false],
    ['its path', { paths: ['src/**'] }, true],
    ['one of its paths', { paths: ['docs/**', 'src/*.rs'] }, true],
    ['another path', { paths: ['docs/**'] }, false],
    ['its rule', { rules: ['crates-io-api-token'] }, true],
    ['another rule', { rules: ['cargo-registry-token'] }, false],
    ['a pattern', { pattern: `^${VALUE.slice(0, 8)}` }, true],
    ['a pattern in the middle', { pattern: VALUE.slice(8, 16) }, true],
    ['a pattern that is not whole', { pattern: `^${VALUE.slice(0, 8)}$` }, false],
    ['fingerprint and path', { fingerprint: FINGERPRINT, paths: ['src/**'] }, true],
    ['fingerprint and another path', { fingerprint: FINGERPRINT, paths: ['docs/**'] }, false],
    ['another fingerprint and path', { fingerprint: `sha256:${'0'.repeat(64)}`, paths: ['src/**'] }, false],
    ['path and another rule', { paths: ['src/**'], rules: ['crates-io-session'] }, false],
    ['path and another pattern', { paths: ['src/**'], pattern: '^x' }, false],
    ['a day to come', { paths: ['**'], expires: '2026-06-16' }, true],
    ['this day', { paths: ['**'], expires: TODAY }, false],
    ['a day gone', { paths: ['**'], expires: '2026-06-14' }, false],
  ])('with %s allows: %#', async (_, entry, expected) => {
    expect(await allows(entry)).toBe(expected);
  });

  test('with paths does not allow what has none', async () => {
    expect(await allows({ paths: ['**'] }, candidateOf(VALUE), { path: null, inFile: false })).toBe(false);
    expect(await allows({ fingerprint: FINGERPRINT }, candidateOf(VALUE), { path: null, inFile: false })).toBe(true);
  });

  test('with a fingerprint does not allow a secret too short to have one', async () => {
    expect(
      await allows(
        { fingerprint: `sha256:${createHash('sha256').update('hunter2').digest('hex')}` },
        candidateOf('hunter2'),
      ),
    ).toBe(false);
  });

  test('that has expired says so, with its day and its reason', async () => {
    const policy = await policyOf({
      allowlist: [{ paths: ['**'], reason: 'until the rotation', expires: '2026-01-31' }],
    });
    expect(await policy.judge(candidateOf(VALUE), fileAt('a'))).toEqual({
      allowedBy: null,
      notes: [{ code: 'entry-expired', on: '2026-01-31', reason: 'until the rotation' }],
    });
  });

  test('that has expired does not stand in the way of one that has not', async () => {
    const policy = await policyOf({
      allowlist: [
        { paths: ['**'], reason: 'gone', expires: '2026-01-31' },
        { paths: ['**'], reason: 'stands' },
      ],
    });
    expect(await policy.judge(candidateOf(VALUE), fileAt('a'))).toEqual({
      allowedBy: { kind: 'entry', reason: 'stands' },
      notes: [],
    });
  });

  test('gives its reason on one line', async () => {
    const policy = await policyOf({ allowlist: [{ paths: ['**'], reason: ' two\n  lines ' }] });
    expect((await policy.judge(candidateOf(VALUE), fileAt('a'))).allowedBy?.reason).toBe('two lines');
  });
});

describe('an inline comment', () => {
  const commented = candidateOf(VALUE, { inlineAllow: { reason: 'made up' } });

  test('with a reason allows', async () => {
    const policy = await policyOf({});
    expect(await policy.judge(commented, fileAt('a'))).toEqual({
      allowedBy: { kind: 'inline', reason: 'made up' },
      notes: [],
    });
  });

  test('without a reason does not, and says why', async () => {
    const policy = await policyOf({});
    expect(await policy.judge(candidateOf(VALUE, { inlineAllow: { reason: null } }), fileAt('a'))).toEqual({
      allowedBy: null,
      notes: [{ code: 'inline-without-reason' }],
    });
  });

  test.each<[string, unknown, Options, boolean]>([
    ['where the configuration says so', { allowInline: false }, {}, true],
    ['on the server', { allowInline: true }, { inline: 'never' }, true],
    ['outside of a file', {}, {}, false],
  ])('does not count %s', async (_, config, options, inFile) => {
    const policy = await policyOf(config, options);
    expect(await policy.judge(commented, { path: 'a', inFile })).toEqual({
      allowedBy: null,
      notes: [{ code: 'inline-not-honoured' }],
    });
  });
});

test('a known example is allowed, and everything that somebody wrote down goes first', async () => {
  const known = { knownExample: 'from The Cargo Book' };
  const plain = await policyOf({});
  expect((await plain.judge(candidateOf(VALUE, known), fileAt('a'))).allowedBy).toEqual({
    kind: 'known-example',
    reason: 'from The Cargo Book',
  });
  const inline = candidateOf(VALUE, { ...known, inlineAllow: { reason: 'inline' } });
  expect((await plain.judge(inline, fileAt('a'))).allowedBy?.kind).toBe('inline');
  const listed = await policyOf({ allowlist: [{ paths: ['**'], reason: 'listed' }] });
  expect((await listed.judge(inline, fileAt('a'))).allowedBy?.kind).toBe('entry');
});

test('modes: what is not said is blocked', async () => {
  const { modes } = await policyOf({ rules: { 'cargo-registry-token': 'warn', 'crates-io-session': 'off' } });
  expect(modes).toEqual({
    'crates-io-trustpub-token': 'block',
    'crates-io-api-token': 'block',
    'cargo-secret-key': 'block',
    'crates-io-session': 'off',
    'cargo-registry-token': 'warn',
  });
});

test('excludes: those of the configuration and those of the call', async () => {
  const policy = await policyOf({ exclude: ['vendor/**'] }, { exclude: ['**/*.lock'] });
  expect(['vendor/.a/b', 'a/b.lock', '.lock', 'src/vendor/a', 'b'].map((path) => policy.excluded(path))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  await expect(policyOf({}, { exclude: ['a['] })).rejects.toMatchObject({ code: 'usage' });
});

test('without a file, everything is blocked and nothing excluded', async () => {
  const policy = await policyFrom(null);
  expect(policy.file).toBeNull();
  expect(policy.excluded('a')).toBe(false);
  expect(await policy.judge(candidateOf(VALUE), fileAt('a'))).toEqual({ allowedBy: null, notes: [] });
});

test.each(['package.json', 'Cargo.toml'])('a %s without our key is no configuration', async (name) => {
  expect((await policyFrom({ name, bytes: Buffer.from('') })).file).toBeNull();
});

test('of a Cargo.toml with both tables, the workspace speaks', async () => {
  const text = '[workspace.metadata.cratesguard]\nexclude = ["w"]\n[package.metadata.cratesguard]\nexclude = ["p"]\n';
  const policy = await policyFrom({ name: 'Cargo.toml', bytes: Buffer.from(text) });
  expect([policy.excluded('w'), policy.excluded('p')]).toEqual([true, false]);
});

test.each([
  ['a.yaml', 'allowlist:\n  - paths: [a]\n    reason: x\n    expires: 2999-01-01\n'],
  ['a.yaml', 'allowlist:\n  - paths: [a]\n    reason: x\n    expires: "2999-01-01"\n'],
  ['a.json', '{"allowlist": [{"paths": ["a"], "reason": "x", "expires": "2999-01-01"}]}'],
  ['a.toml', '[[allowlist]]\npaths = ["a"]\nreason = "x"\nexpires = 2999-01-01\n'],
  ['a.toml', 'allowlist = [{ paths = ["a"], reason = "x", expires = "2999-01-01" }]\n'],
  [
    'Cargo.toml',
    '[package]\nname = "x"\n[package.metadata]\ncratesguard.allowlist = [{ paths = ["a"], reason = "x", expires = 2999-01-01 }]\n',
  ],
  [
    'Cargo.toml',
    '[workspace.metadata.cratesguard]\n[[workspace.metadata.cratesguard.allowlist]]\npaths = ["b"]\nreason = "y"\n[[workspace.metadata.cratesguard.allowlist]]\npaths = ["a"]\nreason = "x"\n',
  ],
  ['package.json', '{"name": "x", "cratesguard": {"allowlist": [{"paths": ["a"], "reason": "x"}]}}'],
  ['main:sub/package.json', '{"cratesguard": {"allowlist": [{"paths": ["a"], "reason": "x"}]}}'],
])('%s says the same in its own way: %j', async (name, text) => {
  const policy = await policyFrom({ name, bytes: Buffer.from(text) });
  expect((await policy.judge(candidateOf(VALUE), fileAt('a'))).allowedBy).toEqual({ kind: 'entry', reason: 'x' });
});
