import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createAllow, type AllowWorld } from '../../../src/cli/allow';
import type { OptionValue } from '../../../src/cli/command';
import type { Io } from '../../../src/cli/io';
import { loadPolicy } from '../../../src/policy/load';
import type { Sighting } from '../../../src/policy/stale';
import { apiToken } from '../../support/tokens';
import { candidateOf, fileAt } from '../../unit/policy/candidates';

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
  (process.getuid?.() === 0 || process.platform === 'win32' ? test.skip : test)(
    'a folder that cannot be written is said to be',
    async () => {
      await chmod(folder, 0o500);
      try {
        await expect(allow([A], { reason: 'x' })).rejects.toMatchObject({ code: 'unwritable' });
      } finally {
        await chmod(folder, 0o700);
      }
    },
  );

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
