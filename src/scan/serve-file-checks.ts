/** The other side of sources/file-checks: what a thread does that reads files. */
import { closeSync, readSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { contentFilter } from '../detect/keyword-filter';
import type { FileAnswer, FileToCheck } from '../sources/file-checks';
import { openFile } from '../sources/open-file';

/** A larger file is left to the one who asks, who streams it and tells how far it is. */
const LARGEST = 32 * 1024 * 1024;

/** Answers each list of files that comes. */
export function serveFileChecks(port: MessagePort): void {
  port.on('message', (files: readonly FileToCheck[]) => {
    port.postMessage(checkFiles(files));
  });
}

/** Reads and searches files; an answer for each, in order. */
export function checkFiles(files: readonly FileToCheck[]): readonly FileAnswer[] {
  return files.map(checkFile);
}

/** What cannot be read is left to the one who asks: there it is an error with a name and a reason. */
function checkFile({ path, name }: FileToCheck): FileAnswer {
  try {
    const descriptor = openFile(Buffer.from(path, 'latin1'));
    try {
      return cleanBytes(descriptor, name);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

function cleanBytes(descriptor: number, name: string): FileAnswer {
  const filter = contentFilter(name);
  try {
    let bytes = 0;
    for (;;) {
      const count = readSync(descriptor, filter.space());
      if (count === 0) return filter.endsSuspicious() ? null : bytes;
      bytes += count;
      if (bytes > LARGEST || filter.wrote(count)) return null;
    }
  } finally {
    filter.release();
  }
}
