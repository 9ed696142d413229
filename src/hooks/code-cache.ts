/**
 * The hook's program as V8 has compiled it. `install` leaves that beside the copied program, because compiling it anew
 * costs each commit that needs the scanner 7 % of a Node.js start (Node.js 20 has no cache of its own for it).
 */
import { compileFunction } from 'node:vm';

export const HOOK_PROGRAM = 'hook-program.cjs';
export const CODE_CACHE = 'hook-program.cache';

/** A multiple of eight bytes: V8 reads what follows in place. */
const HEADER_SIZE = 64;

/** What a CommonJS module is called with. */
type ModuleFunction = (
  exports: unknown,
  require: NodeJS.Require,
  module: NodeJS.Module,
  filename: string,
  dirname: string,
) => void;

const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/** V8 compares the length of the source only, so the digest says for which program a cache is. */
function headerOf(digest: string): Buffer {
  return Buffer.alloc(HEADER_SIZE, `${digest} ${process.versions.v8} `.padEnd(HEADER_SIZE));
}

/** The cache of the program with this source and digest, for the Node.js that runs. */
export function codeCacheOf(source: string, digest: string): Buffer {
  const { cachedData = Buffer.alloc(0) } = compileFunction(source, PARAMETERS, { produceCachedData: true });
  return Buffer.concat([headerOf(digest), cachedData]);
}

/** Whether a cache is of this program and for the Node.js that runs. */
export function isCodeCacheOf(cache: Uint8Array, digest: string): boolean {
  return headerOf(digest).equals(cache.subarray(0, HEADER_SIZE));
}

/** The program's module function, from a cache of it. V8 compiles it anew where it can't use the cache. */
export function fromCodeCache(source: string, filename: string, cache: Buffer): ModuleFunction {
  return compileFunction(source, PARAMETERS, { filename, cachedData: cache.subarray(HEADER_SIZE) }) as ModuleFunction;
}
