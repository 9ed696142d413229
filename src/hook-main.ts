/**
 * hook.cjs: what the installed hooks start, once the gate could not call a change clean. `node hook.cjs NAME [ARG…]`.
 * The program itself lies beside it, and where install left a cache of the compiled program, it starts from that.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODE_CACHE, fromCodeCache, HOOK_PROGRAM, isCodeCacheOf } from './hooks/code-cache';

/** The build puts the SHA-256 of hook-program.cjs here. */
declare const HOOK_PROGRAM_DIGEST: string;

/** Null where there is none, or one of another program or for another Node.js. */
function readCache(): Buffer | null {
  try {
    const cache = readFileSync(join(__dirname, CODE_CACHE));
    return isCodeCacheOf(cache, HOOK_PROGRAM_DIGEST) ? cache : null;
  } catch {
    return null; // it saves time and nothing else
  }
}

const cache = readCache();
if (cache === null) void import('./hook-program');
else {
  const path = join(__dirname, HOOK_PROGRAM);
  fromCodeCache(readFileSync(path, 'utf8'), path, cache)(exports, require, module, path, __dirname);
}
