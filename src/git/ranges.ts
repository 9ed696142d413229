import type { LineRange } from '../sources/content';

/** Lines that are in both; both lists ascending and apart, and so is the answer. */
export function intersection(left: readonly LineRange[], right: readonly LineRange[]): LineRange[] {
  const common: LineRange[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [a, b] = [left[i], right[j]];
    if (a === undefined || b === undefined) break;
    const first = Math.max(a.first, b.first);
    const last = Math.min(a.last, b.last);
    if (first <= last) common.push({ first, last });
    if (a.last < b.last) i += 1;
    else j += 1;
  }
  return common;
}

/** Lines of `ranges` that are not in `without`. */
export function difference(ranges: readonly LineRange[], without: readonly LineRange[]): LineRange[] {
  const left: LineRange[] = [];
  for (const range of ranges) {
    let first = range.first;
    for (const hole of without) {
      if (hole.last < first || hole.first > range.last) continue;
      if (hole.first > first) left.push({ first, last: hole.first - 1 });
      first = hole.last + 1;
    }
    if (first <= range.last) left.push({ first, last: range.last });
  }
  return left;
}

export const EVERY_LINE: readonly LineRange[] = [{ first: 1, last: Number.MAX_SAFE_INTEGER }];
