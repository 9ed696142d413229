/**
 * The first index in `0..length` for which `reached` holds; `length` where it holds for none. Binary search: once
 * `reached` holds, it holds for every later index.
 */
export function firstIndex(length: number, reached: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
