import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { singleExecutable } from '../base/executable';
import { quoteWord } from '../base/shell-quote';
import type { Io } from './io';

const FILES = process.platform === 'win32' ? ['cratesguard.cmd', 'cratesguard.exe'] : ['cratesguard'];

/** npm and npx put these folders on the PATH for as long as they run something. */
const ONLY_UNDER_NPM = /[\\/]node_modules[\\/]\.bin[\\/]?$/;

/**
 * How a person calls this program here: by its name where a shell finds it, else the single executable by its path and
 * the package through npx, as most install it.
 */
export function programWord(env: Io['env']): string {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter);
  const isFound = folders.some(
    (folder) => folder !== '' && !ONLY_UNDER_NPM.test(folder) && FILES.some((file) => existsSync(join(folder, file))),
  );
  if (isFound) return 'cratesguard';
  const executable = singleExecutable();
  return executable === undefined ? 'npx cratesguard' : quoteWord(executable);
}
