import { codeCacheOf, fromCodeCache, isCodeCacheOf } from '../../../src/hooks/code-cache';

const SOURCE = 'module.exports = { folder: __dirname, next: (value) => value + 1 };\n';
const DIGEST = 'a'.repeat(32);

interface Ran {
  readonly folder: string;
  readonly next: (value: number) => number;
}

function run(source: string, cache: Buffer): Ran {
  const module = { exports: {} } as NodeJS.Module;
  fromCodeCache(source, '/a/program.cjs', cache)(module.exports, require, module, '/a/program.cjs', '/a');
  return module.exports as Ran;
}

test('a program runs from its cache', () => {
  const cache = codeCacheOf(SOURCE, DIGEST);
  expect(isCodeCacheOf(cache, DIGEST)).toBe(true);
  const { folder, next } = run(SOURCE, cache);
  expect([folder, next(1)]).toEqual(['/a', 2]);
});

test.each([
  ['another program', (cache: Buffer) => isCodeCacheOf(cache, 'b'.repeat(32))],
  ['another Node.js', (cache: Buffer) => isCodeCacheOf(withVersion(cache, '1.2.3.4'), DIGEST)],
  ['nothing', () => isCodeCacheOf(Buffer.alloc(0), DIGEST)],
])('a cache of %s is not taken for it', (_what, taken) => {
  expect(taken(codeCacheOf(SOURCE, DIGEST))).toBe(false);
});

test.each([
  ['is cut off', (cache: Buffer) => cache.subarray(0, 100)],
  ['holds something else', (cache: Buffer) => Buffer.concat([cache.subarray(0, 64), Buffer.alloc(500, 7)])],
  ['is of a longer source', () => codeCacheOf(`${SOURCE}// more\n`, DIGEST)],
])('where the cache %s, the source is compiled', (_what, damaged) => {
  expect(run(SOURCE, damaged(codeCacheOf(SOURCE, DIGEST))).next(1)).toBe(2);
});

function withVersion(cache: Buffer, version: string): Buffer {
  return Buffer.from(cache.toString('latin1').replace(process.versions.v8, version), 'latin1');
}
