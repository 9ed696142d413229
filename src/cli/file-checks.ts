import { availableParallelism } from 'node:os';
import { startFileChecks, type FileChecks } from '../sources/file-checks';

/** What tells this program, started as a thread, that it is to read files. */
export const FILE_CHECKS = 'cratesguard: file checks';

/** Threads that run this very program; null where there is one core only. */
export function openFileChecks(): FileChecks | null {
  return startFileChecks(__filename, FILE_CHECKS, availableParallelism());
}
