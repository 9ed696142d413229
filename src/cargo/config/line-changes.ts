/** One changed line; unchanged ones are left out, because a configuration file may hold a key on any of them. */
export interface LineChange {
  readonly kind: 'removed' | 'added';
  /** 1-based, in the old text for a removed line and in the new one for an added line. */
  readonly line: number;
  readonly text: string;
}

/** lengths[i][j]: how many lines the rests of `left` from i and of `right` from j have in common, in order. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly (readonly number[])[] {
  let below: readonly number[] = Array<number>(right.length + 1).fill(0);
  const lengths = [below];
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = Array<number>(right.length + 1).fill(0);
    for (let j = right.length - 1; j >= 0; j -= 1)
      row[j] = left[i] === right[j] ? 1 + (below[j + 1] ?? 0) : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    lengths.unshift(row);
    below = row;
  }
  return lengths;
}

/** What turns one text into the other, line by line and in order; removed lines before the added ones. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  const split = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));
  const old = split(before);
  const next = split(after);
  let same = 0;
  while (same < old.length && same < next.length && old[same] === next[same]) same += 1;
  const left = old.slice(same);
  const right = next.slice(same);
  const lengths = commonLengths(left, right);
  const changes: LineChange[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const keep = i < left.length && j < right.length && left[i] === right[j];
    if (keep) {
      i += 1;
      j += 1;
    } else if (i < left.length && (j >= right.length || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      changes.push({ kind: 'removed', line: same + i + 1, text: left[i] ?? '' });
      i += 1;
    } else {
      changes.push({ kind: 'added', line: same + j + 1, text: right[j] ?? '' });
      j += 1;
    }
  }
  return changes;
}
