import fc from 'fast-check';
import { difference, EVERY_LINE, intersection } from '../../../src/git/ranges';
import type { LineRange } from '../../../src/sources/content';

const ranges = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })), { maxLength: 6 })
  .map((steps): LineRange[] => {
    let at = 0;
    return steps.map(([gap, length]) => {
      const first = at + gap + 1;
      at = first + length;
      return { first, last: at };
    });
  });

function lines(list: readonly LineRange[]): number[] {
  return list.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

test('intersection and difference are those of the lines, ascending and apart', () => {
  fc.assert(
    fc.property(ranges, ranges, (left, right) => {
      const inRight = new Set(lines(right));
      expect(lines(intersection(left, right))).toEqual(lines(left).filter((line) => inRight.has(line)));
      expect(lines(difference(left, right))).toEqual(lines(left).filter((line) => !inRight.has(line)));
    }),
  );
});

test('every line', () => {
  expect(intersection(EVERY_LINE, [{ first: 3, last: 4 }])).toEqual([{ first: 3, last: 4 }]);
  expect(difference([{ first: 3, last: 4 }], EVERY_LINE)).toEqual([]);
});
