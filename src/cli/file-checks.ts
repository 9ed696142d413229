import { availableParallelism } from 'node:os';
import { checkFiles } from '../scan/serve-file-checks';
import { startFileChecks, type FileChecks } from '../sources/file-checks';

/** Threads that run this very program; null where there is one core only. */
export function openFileChecks(): FileChecks | null {
  return startFileChecks({ file: __filename, cores: availableParallelism(), checkHere: checkFiles });
}
