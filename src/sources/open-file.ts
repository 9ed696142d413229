import { constants, openSync } from 'node:fs';

/** No link that takes a file's place after lstat, no wait for a pipe's writer. Windows has neither flag. */
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants as Record<string, number | undefined>;
const OPEN_FLAGS = (O_RDONLY ?? 0) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);

/** Opens what lstat called a file, for reading. @throws the system's error, ELOOP where a link is there by now */
export function openFile(path: Buffer): number {
  return openSync(path, OPEN_FLAGS);
}
