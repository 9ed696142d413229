import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CONFIG_FILES, loadPolicy } from '../../../src/policy/load';
import { permissionsHold, testWhere } from '../../support/tools';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratesguard-policy-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

const load = (options: { file?: string; topLevel?: string | null } = {}) =>
  loadPolicy({ topLevel: folder, cwd: folder, ...options });

/** What excludes `glob`, in the language of a place. */
function excluding(place: string, glob: string): string {
  switch (place) {
    case '.cratesguardrc.json':
      return JSON.stringify({ exclude: [glob] });
    case 'package.json':
      return JSON.stringify({ name: 'x', cratesguard: { exclude: [glob] } });
    case '.cratesguardrc.toml':
      return `exclude = ["${glob}"]\n`;
    case 'Cargo.toml':
      return `[package.metadata.cratesguard]\nexclude = ["${glob}"]\n`;
    default:
      return `exclude: ["${glob}"]\n`;
  }
}

test('the first place that is there is the one', async () => {
  for (const place of [...CONFIG_FILES].reverse()) {
    await put(place, excluding(place, place));
    const policy = await load();
    expect(policy.file).toBe(place);
    expect(CONFIG_FILES.filter((path) => policy.excluded(path))).toEqual([place]);
  }
});

test('without a file there are the defaults; nothing above or below the top counts', async () => {
  await put('.cratesguardrc', excluding('.cratesguardrc', '**'));
  await put('top/sub/.cratesguardrc', excluding('.cratesguardrc', '**'));
  const policy = await load({ topLevel: join(folder, 'top') });
  expect([policy.file, policy.excluded('a')]).toEqual([null, false]);
  expect((await load({ topLevel: null })).file).toBeNull();
});

test.each([
  ['', 'blank'],
  ['{"name": "x", "devDependencies": {"cratesguard": "1"}}', 'without our key'],
  ['{ broken', 'broken and nothing to do with us'],
  [`{"files": ["${'x'.repeat(300 * 1024)}"]}`, 'large and nothing to do with us'],
])('a package.json that is no configuration leads on to Cargo.toml: %#', async (text) => {
  await put('package.json', text);
  await put('Cargo.toml', excluding('Cargo.toml', 'a'));
  expect((await load()).file).toBe('Cargo.toml');
});

test('an empty file is a configuration of defaults, and the end of the search', async () => {
  await put('.cratesguardrc', '\n');
  await put('package.json', excluding('package.json', '**'));
  const policy = await load();
  expect([policy.file, policy.excluded('a')]).toEqual(['.cratesguardrc', false]);
});

describe('in a place of the file', () => {
  test.each(['.cratesguardrc', '.cratesguardrc.json', 'Cargo.toml', 'package.json'])(
    'a link is refused: %s',
    async (place) => {
      await put('elsewhere', excluding(place, '**'));
      await symlink('elsewhere', join(folder, place));
      await expect(load()).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining(`${place}:1:1: a link`) as string,
      });
    },
  );

  test('a link to nothing is refused', async () => {
    await symlink('nowhere', join(folder, '.cratesguardrc'));
    await expect(load()).rejects.toMatchObject({ code: 'config' });
  });

  test.each(['.cratesguardrc', '.cratesguardrc.yml', 'package.json'])('a folder is refused: %s', async (place) => {
    await mkdir(join(folder, place));
    await expect(load()).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('a folder') as string,
    });
  });

  (process.platform === 'win32' ? test.skip : test)('a pipe is refused, and not waited for', async () => {
    execFileSync('mkfifo', [join(folder, '.cratesguardrc')]);
    await expect(load()).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('special') as string,
    });
  });

  // Nothing is unreadable to root.
  testWhere(permissionsHold)('an unreadable file is not passed over', async () => {
    await put('.cratesguardrc', '');
    await put('package.json', excluding('package.json', '**'));
    await chmod(join(folder, '.cratesguardrc'), 0);
    await expect(load()).rejects.toMatchObject({ code: 'unreadable' });
  });

  test("a link after the one that counts is nobody's business", async () => {
    await put('.cratesguardrc', '');
    await symlink('nowhere', join(folder, 'package.json'));
    expect((await load()).file).toBe('.cratesguardrc');
  });

  test('something large is refused', async () => {
    await put('.cratesguardrc', `# ${'x'.repeat(1024 * 1024)}`);
    await expect(load()).rejects.toMatchObject({ code: 'config' });
  });
});

describe('a named file', () => {
  test('is read from the current folder, whatever else is there, and names itself', async () => {
    await put('.cratesguardrc', excluding('.cratesguardrc', 'a'));
    await put('ci/strict.yaml', excluding('.cratesguardrc', 'b'));
    const policy = await load({ file: 'ci/strict.yaml' });
    expect([policy.file, policy.excluded('a'), policy.excluded('b')]).toEqual(['ci/strict.yaml', false, true]);
  });

  test('that is not there, a folder, or a host without our key is refused', async () => {
    await mkdir(join(folder, 'sub'));
    await put('package.json', '{}');
    for (const file of ['nowhere.yaml', 'sub', 'sub/x/y', 'package.json'])
      await expect(load({ file })).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining(file) as string,
      });
  });

  test('is not reached through a link of the repository', async () => {
    await put('outside/strict.yaml', '');
    await mkdir(join(folder, 'top'));
    await symlink('../outside', join(folder, 'top/ci'));
    await symlink('../outside/strict.yaml', join(folder, 'top/strict.yaml'));
    for (const file of ['top/ci/strict.yaml', 'top/strict.yaml'])
      await expect(load({ file, topLevel: join(folder, 'top') })).rejects.toMatchObject({ code: 'config' });
    await symlink('outside/strict.yaml', join(folder, 'mine.yaml'));
    expect((await load({ file: 'mine.yaml', topLevel: join(folder, 'top') })).file).toBe('mine.yaml');
  });

  test.each(['x.js', 'x.cjs', 'x.mjs', 'x.ts'])('is never run: %s', async (file) => {
    await put(file, `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, '')`);
    await expect(load({ file })).rejects.toMatchObject({ code: 'config' });
    await expect(readFile(join(folder, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('no code of the repository runs, and no other file is followed', async () => {
  const writesRan = `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, ''); module.exports = { exclude: ['**'] };`;
  const names = [
    '.cratesguardrc',
    'cratesguard.config',
    '.config/config',
    '.config/cratesguardrc',
    '.config/.cratesguardrc',
  ];
  for (const name of names)
    for (const extension of ['js', 'cjs', 'mjs', 'ts']) await put(`${name}.${extension}`, writesRan);
  const redirect = {
    cosmiconfig: { searchPlaces: ['evil.json'], searchStrategy: 'global', $import: './evil.json' },
    exclude: ['**'],
  };
  for (const name of ['.config/config.json', '.config/cratesguardrc', 'evil.json'])
    await put(name, JSON.stringify(redirect));
  await put('.config/config.yaml', `cosmiconfig: ${JSON.stringify(redirect.cosmiconfig)}\n`);
  await put('package.yaml', `cosmiconfig: ${JSON.stringify(redirect.cosmiconfig)}\ncratesguard: {exclude: ["**"]}\n`);
  await put('package.json', JSON.stringify({ cosmiconfig: redirect.cosmiconfig, name: 'x' }));
  const here = process.cwd();
  process.chdir(folder); // that is where cosmiconfig would look for its own configuration
  try {
    const none = await load();
    expect([none.file, none.excluded('a')]).toEqual([null, false]);
    await put('.cratesguardrc.json', '{"exclude": ["b"]}');
    const some = await load();
    expect([some.file, some.excluded('a'), some.excluded('b')]).toEqual(['.cratesguardrc.json', false, true]);
  } finally {
    process.chdir(here);
  }
  await expect(readFile(join(folder, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('`$import` is refused in every language, and what it names not read', async () => {
  await put('other.yaml', 'exclude: ["**"]\n');
  for (const [place, text] of [
    ['Cargo.toml', '[package.metadata.cratesguard]\n"$import" = "./other.yaml"\n'],
    ['package.json', '{"cratesguard": {"$import": "./other.yaml"}}'],
    ['.cratesguardrc.toml', '"$import" = ["./other.yaml"]\n'],
    ['.cratesguardrc.yml', '$import: ./other.yaml\n'],
    ['.cratesguardrc.json', '{"$import": "./other.yaml"}'],
  ] as const) {
    await put(place, text);
    await expect(load()).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('$import') as string,
    });
  }
});

test('a package.json beside our key may say `$import` as it likes', async () => {
  await put('package.json', '{"$import": "./other.json", "cratesguard": {"exclude": ["b"]}}');
  expect((await load()).excluded('b')).toBe(true);
});

test('the example is sound, and names every option', async () => {
  const bytes = await readFile(join(__dirname, '../../../.cratesguardrc.example'), 'utf8');
  await put('.cratesguardrc', bytes);
  const policy = await load();
  expect(policy.modes['cargo-registry-token']).toBe('warn');
  expect(policy.excluded('vendor/a')).toBe(true);
  for (const option of [
    'rules',
    'allowlist',
    'fingerprint',
    'paths',
    'pattern',
    'reason',
    'expires',
    'exclude',
    'allowInline',
  ])
    expect(bytes).toMatch(new RegExp(`^\\s*(?:- )?${option}:`, 'm'));
});
