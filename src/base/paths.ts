import { isAbsolute, relative, sep } from 'node:path';

/** Whether `path` is `folder` or lies below it, by their text alone: resolve links first where they matter. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}
