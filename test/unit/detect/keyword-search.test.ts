import fc from 'fast-check';
import { keywordPlan } from '../../../src/detect/keyword-buckets';
import { plainRoom, simdRoom, type SearchRoom } from '../../../src/detect/keyword-search';
import { BUCKETS, FINGERPRINT } from '../../../src/detect/keyword-tables';
import { KEYWORDS } from '../../../src/rules/all';

const SIZE = 4096;

function room(make: (size: number) => SearchRoom | null): SearchRoom {
  const made = make(SIZE + 64);
  if (made === null) throw new Error('this engine has no WebAssembly SIMD');
  return made;
}

const simd = room(simdRoom);
const plain = room(plainRoom);

function answers(bytes: Uint8Array, from: number, to: number): readonly unknown[] {
  return [simd, plain].map((searched) => {
    searched.bytes.fill(0);
    searched.bytes.set(bytes);
    const { hits, ...rest } = searched.search(from, to);
    return { hits: Array.from(hits), ...rest };
  });
}

const keyword = fc
  .constantFrom(...KEYWORDS)
  .chain(({ text, anyCase }) =>
    fc.constantFrom(
      text,
      ...(anyCase === true ? [text.toUpperCase(), text.toLowerCase()] : []),
      text.slice(0, 3),
      text.slice(1),
    ),
  );
const piece = fc.oneof(
  keyword.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('\n', '\0', 'c', '\\', '%').map((text) => Buffer.from(text)),
);
const content = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.concat(pieces).subarray(0, SIZE));

test('WebAssembly and its twin answer alike', () => {
  fc.assert(
    fc.property(content, fc.nat(SIZE), fc.nat(SIZE), (bytes, one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)].map((place) => Math.min(place, bytes.length));
      const [fast, slow] = answers(bytes, from ?? 0, to ?? 0);
      expect(fast).toEqual(slow);
      const [whole, wholeSlow] = answers(bytes, 0, bytes.length);
      expect(whole).toEqual(wholeSlow);
    }),
    { numRuns: 500 },
  );
});

test('they stop alike where there are too many hits', () => {
  const size = 5 * SIZE;
  const many = Buffer.from('cio'.repeat(size / 3));
  const rooms = [simdRoom(size + 64), plainRoom(size + 64)];
  for (const each of rooms) each?.bytes.set(many);
  for (let from = 0; from < 40; from += 1) {
    const [fast, slow] = rooms.map((each) => each?.search(from, many.length));
    expect(fast).toEqual(slow);
    expect(fast?.next).toBeLessThan(many.length);
    const [rest, slowRest] = rooms.map((each) => each?.search(fast?.next ?? 0, many.length));
    expect(rest).toEqual(slowRest);
    expect((fast?.hits.length ?? 0) + (rest?.hits.length ?? 0)).toBe(2 * Math.floor((many.length - from) / 3));
  }
});

test('every keyword is found wherever it stands', () => {
  KEYWORDS.forEach(({ text }, number) => {
    for (let at = 0; at < 40; at += 1) {
      simd.bytes.fill(0x2e);
      simd.bytes.set(Buffer.from(text), at + 8);
      const { hits } = simd.search(0, 200);
      const found = Array.from({ length: hits.length / 2 }, (_, hit) => [hits[hit * 2], hits[hit * 2 + 1]]);
      expect(found).toContainEqual([at + 8, number]);
    }
  });
});

test('NULs are taken out alike', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000, max: 3 }), (bytes) => {
      const stripped = [simd, plain].map((searched) => {
        searched.bytes.fill(0);
        searched.bytes.set(bytes);
        const end = searched.strip(0, bytes.length, 2000);
        return Buffer.from(searched.bytes.subarray(2000, end));
      });
      expect(stripped[0]).toEqual(stripped[1]);
      expect(stripped[0]).toEqual(Buffer.from(bytes.filter((byte) => byte !== 0)));
    }),
  );
});

test('the build puts every keyword in a bucket, by a fingerprint within it', () => {
  const plan = keywordPlan(Buffer.from('const keywords = ["cio", "login"];\n// \\x63 %63 --token\n'.repeat(20)));
  expect(plan.length).toBe(KEYWORDS.length);
  for (const [number, { bucket, fingerprintAt }] of plan.entries()) {
    expect(bucket >= 0 && bucket < BUCKETS).toBe(true);
    expect(fingerprintAt + FINGERPRINT).toBeLessThanOrEqual(Math.min(8, KEYWORDS[number]?.text.length ?? 0));
  }
});
