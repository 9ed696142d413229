import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Content, SourceContext, SourceItem } from '../../../src/sources/content';
import { pathsSource } from '../../../src/sources/paths';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-paths-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function contextOf(overrides: Partial<SourceContext> = {}): SourceContext {
  return {
    mayHold: () => true,
    excluded: () => false,
    counts: { files: 0, bytes: 0, commits: 0 },
    ...overrides,
  };
}

async function itemsOf(paths: readonly string[], context: SourceContext = contextOf()): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of pathsSource({ cwd: folder, topLevel: null, paths }).items(context)) items.push(item);
  return items;
}

async function textOf(content: Content): Promise<string> {
  if (content.bytes instanceof Uint8Array) return Buffer.from(content.bytes).toString();
  const chunks: Buffer[] = [];
  for await (const chunk of content.bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

const contents = (items: readonly SourceItem[], where: Content['where'] = 'file') =>
  items.filter((item): item is Content => item.kind === 'content' && item.where === where);

test('a folder is read to its depth, in the order of its names, whatever git would ignore', async () => {
  mkdirSync(join(folder, 'b', 'deep'), { recursive: true });
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(folder, '.git', 'config'), 'not looked at');
  writeFileSync(join(folder, '.gitignore'), '*\n');
  writeFileSync(join(folder, 'b', 'deep', 'x.txt'), 'deep');
  writeFileSync(join(folder, 'a.txt'), 'first');
  const context = contextOf();
  const found = contents(await itemsOf(['.'], context));
  expect(found.map((content) => content.path)).toEqual(['.gitignore', 'a.txt', 'b/deep/x.txt']);
  expect(await Promise.all(found.map(textOf))).toEqual(['*\n', 'first', 'deep']);
  expect(context.counts).toEqual({ files: 3, bytes: 11, commits: 0 });
});

test('inside a work tree a path is told from its top', async () => {
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'x.txt'), 'x');
  const source = pathsSource({ cwd: join(folder, 'sub'), topLevel: folder, paths: ['x.txt'] });
  const found: (string | null)[] = [];
  for await (const item of source.items(contextOf())) found.push(item.path);
  expect(found).toContain('sub/x.txt');
});

test('a link is not followed, and where it points to is scanned as a text', async () => {
  writeFileSync(join(folder, 'secret.txt'), 'x');
  symlinkSync('/somewhere/else', join(folder, 'link'));
  symlinkSync('.', join(folder, 'loop'));
  const items = await itemsOf(['.']);
  expect(contents(items).map((content) => content.path)).toEqual(['secret.txt']);
  const links = contents(items, 'symlink');
  expect(await Promise.all(links.map(textOf))).toEqual(['/somewhere/else', '.']);
});

test('what is no file is skipped, what is missing or locked is an error, and the rest is read', async () => {
  writeFileSync(join(folder, 'a.txt'), 'a');
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(folder, 'socket'), listening));
  try {
    const items = await itemsOf(['.', 'nothing-here']);
    expect(items).toContainEqual({ kind: 'skipped', path: 'socket', reason: 'neither a file nor a folder' });
    expect(items).toContainEqual({ kind: 'unreadable', path: 'nothing-here', reason: 'no such file or folder' });
    expect(contents(items)).toHaveLength(1);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});

test('an excluded folder is one skip, and nothing in it is opened', async () => {
  mkdirSync(join(folder, 'vendor'));
  writeFileSync(join(folder, 'vendor', 'x.txt'), 'x');
  writeFileSync(join(folder, 'y.txt'), 'y');
  const items = await itemsOf(['.'], contextOf({ excluded: (path) => path.startsWith('vendor') }));
  expect(items.filter((item) => item.kind === 'skipped').map((item) => item.path)).toEqual(['vendor']);
  expect(contents(items).map((content) => content.path)).toEqual(['y.txt']);
});

test('a large file streams whole, in pieces', async () => {
  const text = 'line of a large file\n'.repeat(300_000);
  writeFileSync(join(folder, 'large.txt'), text);
  const [large] = contents(await itemsOf(['large.txt']));
  expect(large?.bytes).not.toBeInstanceOf(Uint8Array);
  expect(large && (await textOf(large)) === text).toBe(true);
});

test('a name that is not UTF-8 is told with its bytes written out', async () => {
  if (process.platform !== 'linux') return;
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), 'x');
  expect(contents(await itemsOf(['.'])).map((content) => content.path)).toEqual(['caf\\xE9']);
});

test('a name that was given is a name in what is scanned, and may be what is found', async () => {
  mkdirSync(join(folder, 'given'));
  writeFileSync(join(folder, 'given', 'x.txt'), 'x');
  const names = contents(await itemsOf(['given', 'given/x.txt']), 'path-name').map((content) => content.path);
  expect(names).toEqual(['given', 'given/x.txt', 'given/x.txt']);
});

test('the folder itself is called `.`, and no glob for dot files excludes it', async () => {
  writeFileSync(join(folder, 'x.txt'), 'x');
  writeFileSync(join(folder, '.env'), 'x');
  const items = await itemsOf(['.'], contextOf({ excluded: (path) => path.startsWith('.') }));
  expect(contents(items).map((content) => content.path)).toEqual(['x.txt']);
  expect(contents(items, 'path-name').map((content) => content.path)).toEqual(['.', 'x.txt']);
});

test('a file that is longer than it says is streamed from some length on', async () => {
  if (process.platform !== 'linux') return;
  const [endless] = contents(await itemsOf(['/proc/self/pagemap']));
  expect(endless?.bytes).not.toBeInstanceOf(Uint8Array);
});

test('a long scan that finds nothing lets timers and signals have their turn', async () => {
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), 'clean');
  let milliseconds = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => (milliseconds += 100));
  try {
    let turns = 0;
    setImmediate(() => {
      turns += 1;
    });
    await itemsOf([folder], contextOf({ mayHold: () => false }));
    expect(turns).toBe(1);
  } finally {
    clock.mockRestore();
  }
});
