import fc from 'fast-check';
import { BatchParser, type ObjectVisitor } from '../../../src/git/batch';
import { WHOLE_LIMIT } from '../../../src/git/windows';

const OID = 'a'.repeat(40);

function parse(chunks: readonly Buffer[]): { seen: string[]; answers: number; idle: boolean } {
  const seen: string[] = [];
  let answers = 0;
  const visitor: ObjectVisitor = {
    object: ({ type, size }, bytes) => seen.push(`${type} ${size} ${bytes.toString('latin1')}`),
    window: (_header, bytes) => {
      seen.push(`window ${bytes.length}`);
      return 'more';
    },
    windowsEnd: ({ size }) => seen.push(`end ${size}`),
    unreadable: (oid, reason) => seen.push(`${oid.slice(0, 4)} ${reason}`),
  };
  const parser = new BatchParser(visitor, () => {
    answers += 1;
  });
  for (const chunk of chunks) parser.push(chunk);
  return { seen, answers, idle: parser.idle };
}

const STREAM = Buffer.from(
  [
    `${OID} blob 5\nab\ncd\n`,
    `${OID} commit 0\n\n`,
    `bbbb missing\n`,
    `${OID} tag 3\n\n\n\n\n`,
    `${OID} tree 12\n${OID.slice(0, 11)}\n\n`,
  ].join(''),
);
const SEEN = [
  'blob 5 ab\ncd',
  'commit 0 ',
  'bbbb is missing from this repository',
  'tag 3 \n\n\n',
  `tree 12 ${OID.slice(0, 11)}\n`,
];

test('objects and missing ones, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      const chunks = places.slice(1).map((to, index) => STREAM.subarray(places[index], to));
      expect(parse(chunks)).toEqual({ seen: SEEN, answers: 5, idle: true });
    }),
  );
});

test('a large blob comes in windows that overlap, and is whole in them', () => {
  const size = 3 * WHOLE_LIMIT + 7;
  const { seen, answers } = parse([Buffer.from(`${OID} blob ${size}\n`), Buffer.alloc(size, 'x'), Buffer.from('\n')]);
  const windows = seen.slice(0, -1).map((text) => Number(text.split(' ')[1]));
  expect(Math.max(...windows)).toBe(WHOLE_LIMIT);
  expect(windows.reduce((sum, length) => sum + length, 0)).toBe(size + (windows.length - 1) * 64 * 1024);
  expect([seen.at(-1), answers]).toEqual([`end ${size}`, 1]);
});

test('a stream that ends early, and one that is none', () => {
  expect(parse([STREAM.subarray(0, 48)]).idle).toBe(false);
  expect(() => parse([Buffer.from('nonsense\n')])).toThrow(expect.objectContaining({ code: 'git-failed' }) as Error);
});
