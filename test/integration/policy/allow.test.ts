import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createAllow, type AllowWorld } from '../../../src/cli/allow/allow';
import type { OptionValue } from '../../../src/cli/command';
import type { Io } from '../../../src/cli/io';
import { loadPolicy } from '../../../src/policy/load';
import type { Sighting } from '../../../src/policy/stale';
import { apiToken } from '../../support/tokens';
import { candidateOf, fileAt } from '../../unit/policy/candidates';
import { permissionsHold, testWhere } from '../../support/tools';

const fingerprint = (seed: string) => `sha256:${createHash('sha256').update(apiToken(seed)).digest('hex')}`;
const A = fingerprint('a');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratesguard-allow-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const text = (name: string) => readFile(join(folder, name), 'utf8');
const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);

/** Runs the command with `seen` as what a scan would find. */
async function allow(args: readonly string[], options: Record<string, OptionValue>, seen: readonly Sighting[] = []) {
  const written = { stdout: '', stderr: '' };
  const channel = (name: 'stdout' | 'stderr') => ({
    write: (piece: string) => {
      written[name] += piece;
    },
    isTerminal: false,
    width: undefined,
  });
  const io: Io = {
    cwd: folder,
    env: {},
    stdin: Readable.from([]),
    stdout: channel('stdout'),
    stderr: channel('stderr'),
    signal: new AbortController().signal,
  };
  const world: AllowWorld = {
    topLevelOf: () => Promise.resolve(folder),
    collect: () =>
      async function* () {
        for (const sighting of seen) yield await Promise.resolve(sighting);
      },
    now: () => new Date('2026-06-15T23:30:00Z'),
  };
  const outcome = await createAllow(world)({ args, options }, io);
  return { outcome: outcome.kind, ...written };
}

async function isAllowed(seed: string, path = 'src/a.rs'): Promise<boolean> {
  const policy = await loadPolicy({ topLevel: folder, today: '2026-06-15' });
  return (await policy.judge(candidateOf(apiToken(seed)), fileAt(path))).allowedBy !== null;
}

describe('allow FINGERPRINT', () => {
  test('writes a first file', async () => {
    const { outcome, stdout } = await allow([A], { reason: 'revoked' });
    expect(outcome).toBe('clean');
    expect(stdout).toContain('wrote .cratesguardrc');
    expect(stdout).toContain(A);
    expect(await text('.cratesguardrc')).toMatch(/^# /);
    expect(await isAllowed('a')).toBe(true);
    expect(await readdir(folder)).toEqual(['.cratesguardrc']);
  });

  test.each<[string, string]>([
    ['.cratesguardrc', '# our notes stay\nallowlist: []\n'],
    ['.cratesguardrc', '{ "exclude": ["x"] }\n'],
    ['.cratesguardrc', '\n'],
    ['.cratesguardrc.json', '{\n    "exclude": []\n}\n'],
    ['.cratesguardrc.json', ''],
    ['.cratesguardrc.yaml', 'exclude: []\r\n'],
    ['.cratesguardrc.toml', 'exclude = []\n'],
    ['package.json', '{\n  "name": "x",\n  "cratesguard": {\n    "exclude": []\n  }\n}\n'],
    ['Cargo.toml', '[package]\nname = "x"\n\n[package.metadata.cratesguard]\nexclude = []\n\n[dependencies]\n'],
    [
      'Cargo.toml',
      '[workspace]\nmembers = []\n[[workspace.metadata.cratesguard.allowlist]]\npaths = ["z"]\nreason = "z"\n',
    ],
  ])('adds to %s: %j', async (name, before) => {
    await put(name, before);
    const { stdout } = await allow([A, fingerprint('b')], {
      reason: 'it: is "so" # here',
      path: ['src/**', 'a b/*'],
      expires: '2999-01-01',
    });
    expect(stdout).toContain(`added to ${name}`);
    expect([await isAllowed('a'), await isAllowed('b'), await isAllowed('c'), await isAllowed('a', 'docs/a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const after = await text(name);
    for (const line of before.split(/\r?\n/).filter((one) => one.includes('#') || one.startsWith('[')))
      expect(after).toContain(line);
    expect(await readdir(folder)).toEqual([name]);
  });

  test('keeps the mode and the byte order mark', async () => {
    await put('.cratesguardrc', '\ufeffexclude: []\n');
    await chmod(join(folder, '.cratesguardrc'), 0o640);
    await allow([A], { reason: 'x' });
    expect((await readFile(join(folder, '.cratesguardrc'))).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    if (process.platform !== 'win32') expect((await stat(join(folder, '.cratesguardrc'))).mode & 0o777).toBe(0o640);
  });

  test('says so where it is allowed already, and writes nothing', async () => {
    await allow([A], { reason: 'first' });
    const before = await text('.cratesguardrc');
    const { outcome, stdout } = await allow([A.toUpperCase().replace('SHA', 'sha'), A], {
      reason: 'second',
      path: ['docs/**'],
    });
    expect(outcome).toBe('clean');
    expect(stdout).toMatch(/^\.cratesguardrc:4 already allows sha256:[0-9a-f]{64}: first\n$/);
    expect(await text('.cratesguardrc')).toBe(before);
  });

  test.each<[string, string]>([
    ['only elsewhere', `paths: ["docs/**"]`],
    ['no longer', 'expires: 2026-06-15'],
    ['not for that long', 'expires: 2026-07-01'],
    ['for a rule', 'rules: [cargo-registry-token]'],
  ])('adds where an entry allows it %s', async (_, condition) => {
    await put('.cratesguardrc', `allowlist:\n  - fingerprint: ${A}\n    ${condition}\n    reason: x\n`);
    await allow([A], { reason: 'y' });
    expect(await isAllowed('a')).toBe(true);
    expect((await text('.cratesguardrc')).match(/fingerprint/g)).toHaveLength(2);
  });

  test('two at once take turns', async () => {
    const seeds = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(seeds.map((seed) => allow([fingerprint(seed)], { reason: seed })));
    expect(await Promise.all(seeds.map((seed) => isAllowed(seed)))).toEqual(seeds.map(() => true));
    expect(await readdir(folder)).toEqual(['.cratesguardrc']);
  });

  test('tells what to add where nothing can be put in safely', async () => {
    const before = '[package]\nmetadata = { cratesguard = { exclude = ["a"] } }\n';
    await put('Cargo.toml', before);
    await expect(allow([A], { reason: 'x' })).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining(A) as string,
    });
    expect(await text('Cargo.toml')).toBe(before);
    expect(await readdir(folder)).toEqual(['Cargo.toml']);
  });

  test('leaves a malformed file alone', async () => {
    await put('.cratesguardrc', 'allowlist: [\n');
    await expect(allow([A], { reason: 'x' })).rejects.toMatchObject({ code: 'config' });
    expect(await text('.cratesguardrc')).toBe('allowlist: [\n');
    expect(await readdir(folder)).toEqual(['.cratesguardrc']);
  });

  // Root writes anywhere.
  testWhere(permissionsHold)('a folder that cannot be written is said to be', async () => {
    await chmod(folder, 0o500);
    try {
      await expect(allow([A], { reason: 'x' })).rejects.toMatchObject({ code: 'unwritable' });
    } finally {
      await chmod(folder, 0o700);
    }
  });

  test('a top that is no folder is said to be', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    await expect(allow([A], { reason: 'x' })).rejects.toMatchObject({
      code: 'unwritable',
      message: expect.stringContaining('ENOTDIR') as string,
    });
  });

  const refused: readonly (readonly [string, readonly string[], Record<string, OptionValue>])[] = [
    ['no fingerprint', [], { reason: 'x' }],
    ['half a fingerprint', [A.slice(0, 40)], { reason: 'x' }],
    ['a key', [apiToken('a')], { reason: 'x' }],
    ['no reason', [A], {}],
    ['a blank reason', [A], { reason: ' \t ' }],
    ['a key in the reason', [A], { reason: `it was ${apiToken('a')}` }],
    ['a terminal sequence in the reason', [A], { reason: 'a\u001b[31m' }],
    ['no day', [A], { reason: 'x', expires: '2027-02-30' }],
    ['a day gone', [A], { reason: 'x', expires: '2026-06-14' }],
    ['today', [A], { reason: 'x', expires: '2026-06-15' }],
    ['a bad glob', [A], { reason: 'x', path: ['a['] }],
    ['a key in a glob', [A], { reason: 'x', path: [`a/${apiToken('a')}`] }],
    ['something beside --check', [A], { check: true }],
    ['a reason beside --check', [], { check: true, reason: 'x' }],
  ];
  test.each(refused)('%s is wrong usage, not quoted, and changes nothing', async (_, args, options) => {
    const error: unknown = await allow(args, options).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'usage' });
    const said = JSON.stringify(error, ['message', 'hint']) + String(error);
    expect(said.includes(apiToken('a').slice(3, 12))).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('allow --check', () => {
  const sighting = (seed: string, path: string): Sighting => ({
    candidate: candidateOf(apiToken(seed)),
    place: fileAt(path),
  });

  test('without a configuration there is nothing to say against', async () => {
    const { outcome, stdout } = await allow([], { check: true });
    expect([outcome, stdout]).toEqual(['clean', '']);
  });

  test('is content where each entry is needed', async () => {
    await allow([A], { reason: 'x' });
    const { outcome, stderr } = await allow([], { check: true }, [sighting('a', 'x')]);
    expect([outcome, stderr]).toEqual(['clean', 'The one entry is needed.\n']);
  });

  test('lists stale and expired entries with their places', async () => {
    await put(
      '.cratesguardrc',
      `allowlist:\n  - fingerprint: ${A}\n    reason: one\n  - paths: [b]\n    reason: two\n    expires: 2026-06-15\n  - pattern: ${apiToken('q').slice(0, 14)}\n    rules: [crates-io-api-token]\n    reason: three\n`,
    );
    const { outcome, stdout } = await allow([], { check: true }, [sighting('b', 'b')]);
    expect(outcome).toBe('blocked');
    expect(stdout).toContain(`stale    .cratesguardrc:2:5  ${A}: one\n`);
    expect(stdout).toContain('expired  .cratesguardrc:4:5  in b, on 2026-06-15: two\n');
    expect(stdout).toContain('stale    .cratesguardrc:7:5  of crates-io-api-token by a pattern: three\n');
    expect(stdout.includes(apiToken('q').slice(3, 14))).toBe(false);
  });
});

describe('allow --from REPORT', () => {
  const finding = (seed: string, more: object = {}) => ({
    status: 'blocked',
    fingerprint: fingerprint(seed),
    path: `${seed}.txt`,
    line: 1,
    column: 3,
    rule: 'crates-io-api-token',
    ...more,
  });
  const report = (findings: unknown, more: object = {}) =>
    put('report.json', JSON.stringify({ version: 1, findings, errors: [], ...more }));
  const from = (options: Record<string, OptionValue> = { reason: 'old' }) =>
    allow([], { from: 'report.json', ...options });

  test('one entry for each fingerprint that blocks', async () => {
    await report([finding('a'), finding('a'), finding('b'), finding('c', { status: 'allowed' })]);
    expect((await from({ reason: 'old', expires: '2099-01-01' })).outcome).toBe('clean');
    expect((await text('.cratesguardrc')).match(/fingerprint:/g)).toHaveLength(2);
    expect([await isAllowed('a'), await isAllowed('b'), await isAllowed('c')]).toEqual([true, true, false]);
    expect((await from()).outcome).toBe('clean');
  });

  test('what has no fingerprint is named', async () => {
    await report([finding('a'), finding('b', { fingerprint: null })]);
    const { outcome, stderr } = await from();
    expect(outcome).toBe('blocked');
    expect(stderr).toContain('b.txt:1:3  crates-io-api-token');
    expect(await isAllowed('a')).toBe(true);
  });

  test.each<[string, () => Promise<void>]>([
    ['no JSON', () => put('report.json', 'x')],
    ['another shape', () => report('x')],
    ['another version', () => report([], { version: 2 })],
    ['a finding that is none', () => report([1])],
    ['a fingerprint that is none', () => report([finding('a', { fingerprint: 'x' })])],
    ['a report that does not list all', () => report([finding('a')], { truncated: true })],
  ])('%s is refused', async (_name, write) => {
    await write();
    await expect(from()).rejects.toMatchObject({ code: 'usage' });
    expect(await readdir(folder)).toEqual(['report.json']);
  });

  test('no file, no reason, fingerprints beside it', async () => {
    await expect(from()).rejects.toMatchObject({ code: 'unreadable' });
    await report([finding('a')]);
    await expect(from({})).rejects.toMatchObject({ code: 'usage' });
    await expect(allow([A], { from: 'report.json', reason: 'r' })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('allow --prune', () => {
  const [old, kept, unused] = ['old', 'kept', 'unused'].map(fingerprint);
  const seen = [{ candidate: candidateOf(apiToken('kept')), place: fileAt('src/a.rs') }];

  test.each<[string, string, string]>([
    [
      '.cratesguardrc',
      `# top\nallowlist: # list\n  - fingerprint: ${old}\n    reason: r\n    expires: 2026-01-01 # gone\n  # of the next\n  - fingerprint: ${kept} # stays\n    reason: >-\n      two\n      lines\n  - fingerprint: ${unused}\n    reason: r\nexclude: [x]\n`,
      `# top\nallowlist: # list\n  # of the next\n  - fingerprint: ${kept} # stays\n    reason: >-\n      two\n      lines\nexclude: [x]\n`,
    ],
    [
      '.cratesguardrc',
      `allowlist: [{ fingerprint: '${unused}', reason: r }, { fingerprint: '${kept}', reason: r }]\n`,
      `allowlist: [{ fingerprint: '${kept}', reason: r }]\n`,
    ],
    ['.cratesguardrc', `allowlist:\n- fingerprint: ${unused}\n  reason: r\n`, 'allowlist:\n'],
    [
      '.cratesguardrc.json',
      `{\n  "allowlist": [\n    { "fingerprint": "${kept}", "reason": "r" },\n    { "fingerprint": "${unused}", "reason": "r" }\n  ]\n}\n`,
      `{\n  "allowlist": [\n    { "fingerprint": "${kept}", "reason": "r" }\n  ]\n}\n`,
    ],
    [
      'package.json',
      `{ "name": "x", "cratesguard": { "allowlist": [{ "fingerprint": "${unused}", "reason": "r" }] } }\n`,
      '{ "name": "x", "cratesguard": { "allowlist": [] } }\n',
    ],
    [
      '.cratesguardrc.toml',
      `# top\n[[allowlist]]\nfingerprint = "${unused}"\nreason = "r"\n\n[[allowlist]]\nfingerprint = "${kept}"\nreason = "r" # stays\n`,
      `# top\n\n[[allowlist]]\nfingerprint = "${kept}"\nreason = "r" # stays\n`,
    ],
    [
      'Cargo.toml',
      `[package]\nname = "x"\n[package.metadata.cratesguard]\nallowlist = [\n  { fingerprint = "${unused}", reason = "r" },\n  { fingerprint = "${kept}", reason = "r" },\n]\n`,
      `[package]\nname = "x"\n[package.metadata.cratesguard]\nallowlist = [\n  { fingerprint = "${kept}", reason = "r" },\n]\n`,
    ],
  ])('%s %#: takes out what --check lists, and nothing else', async (name, before, after) => {
    await put(name, before);
    expect((await allow([], { check: true }, seen)).outcome).toBe('blocked');
    expect((await allow([], { prune: true }, seen)).outcome).toBe('clean');
    expect(await text(name)).toBe(after);
    expect((await allow([], { check: true }, seen)).outcome).toBe('clean');
    expect((await allow([], { prune: true }, seen)).stderr).not.toContain('Removed');
  });

  test('takes nothing else', async () => {
    await expect(allow([A], { prune: true })).rejects.toMatchObject({ code: 'usage' });
    await expect(allow([], { prune: true, check: true })).rejects.toMatchObject({ code: 'usage' });
  });
});
