import { availableParallelism } from 'node:os';
import { startFileChecks, type FileChecks } from '../sources/file-checks';

/** Threads that run this very program; null where there is one core only. */
export function openFileChecks(): FileChecks | null {
  return startFileChecks(__filename, availableParallelism());
}
