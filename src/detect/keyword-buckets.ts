/**
 * Which keywords share a bucket of the search. A bucket's nibble tables mix the fingerprints of its literals, so that
 * what passes is more than they are; how much more depends on who shares. Too slow for every start: the build asks.
 */
import { KEYWORDS } from '../rules/all';
import { BUCKETS, FINGERPRINT, FREQUENCY, literalOf, matchingBytes, type Literal } from './keyword-tables';

/** Literals that share a bucket, and for each byte of the fingerprint the nibbles that pass, as sets of bits. */
interface Bucket {
  readonly literals: readonly Literal[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

function bucketOf(literal: Literal): Bucket {
  const places = Array.from({ length: FINGERPRINT }, (_, place) =>
    matchingBytes(literal, literal.fingerprintAt + place),
  );
  return {
    literals: [literal],
    low: places.map((bytes) => bytes.reduce((set, byte) => set | (1 << (byte & 15)), 0)),
    high: places.map((bytes) => bytes.reduce((set, byte) => set | (1 << (byte >> 4)), 0)),
  };
}

function union(a: Bucket, b: Bucket): Bucket {
  return {
    literals: [...a.literals, ...b.literals],
    low: a.low.map((set, place) => set | (b.low[place] ?? 0)),
    high: a.high.map((set, place) => set | (b.high[place] ?? 0)),
  };
}

/** About how often a bucket's nibbles pass: each combination of a low and a high one does. */
function passes({ low, high }: Bucket): number {
  let all = 1;
  for (let place = 0; place < FINGERPRINT; place += 1) {
    let sum = 0;
    for (let byte = 0; byte < 256; byte += 1)
      if ((((low[place] ?? 0) >> (byte & 15)) & ((high[place] ?? 0) >> (byte >> 4)) & 1) === 1)
        sum += FREQUENCY[byte] ?? 0;
    all *= sum;
  }
  return all;
}

/** Puts literals together where that lets the least pass that is none of them, until the buckets suffice. */
function intoBuckets(literals: readonly Literal[]): readonly Bucket[] {
  let buckets = literals.map(bucketOf);
  while (buckets.length > BUCKETS) {
    let least = Infinity;
    let pair: readonly Bucket[] = [];
    const alone = new Map(buckets.map((bucket) => [bucket, passes(bucket)]));
    for (const [index, first] of buckets.entries())
      for (const second of buckets.slice(index + 1)) {
        const more = passes(union(first, second)) - (alone.get(first) ?? 0) - (alone.get(second) ?? 0);
        if (more < least) [least, pair] = [more, [first, second]];
      }
    const kept = buckets.filter((bucket) => !pair.includes(bucket));
    buckets = [...kept, pair.reduce(union)];
  }
  return buckets;
}

/** For each of KEYWORDS the number of its bucket. */
export function bucketNumbers(): readonly number[] {
  const buckets = intoBuckets(KEYWORDS.map(literalOf));
  return KEYWORDS.map((_, number) =>
    buckets.findIndex(({ literals }) => literals.some((literal) => literal.number === number)),
  );
}
