/**
 * Which three bytes of a keyword are its fingerprint, and which keywords share a bucket of the search. A bucket's nibble
 * tables mix the fingerprints of its literals, so that what passes is more than they are; how much more depends on who
 * shares, and on what stands in code. Too slow for every start: the build asks, with a sample.
 */
import { KEYWORDS } from '../rules/all';
import { BUCKETS, FINGERPRINT, literalOf, matchingBytes, type KeywordPlan, type Literal } from './keyword-tables';

/** The nibbles that pass: low and high of the first, the second, the third byte, as sets of bits. */
type Nibbles = readonly number[];

const NOTHING: Nibbles = Array.from({ length: FINGERPRINT * 2 }, () => 0);

function nibblesOf(literal: Literal, fingerprintAt: number): Nibbles {
  return NOTHING.map((_, index) =>
    matchingBytes(literal, fingerprintAt + (index >> 1)).reduce(
      (set, byte) => set | (1 << (index % 2 === 0 ? byte & 15 : byte >> 4)),
      0,
    ),
  );
}

function union(a: Nibbles, b: Nibbles): Nibbles {
  return a.map((set, index) => set | (b[index] ?? 0));
}

function passing(nibbles: Nibbles, place: number): readonly number[] {
  const [low = 0, high = 0] = nibbles.slice(place * 2);
  return BYTES.filter((byte) => ((low >> (byte & 15)) & (high >> (byte >> 4)) & 1) === 1);
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);

/** What a sample lacks is not never there: so much of the estimate comes from how often its bytes are, one by one. */
const UNSEEN = 0.05;

/** Tells about how many places of a sample pass. */
function estimator(sample: Uint8Array): (nibbles: Nibbles) => number {
  const threes = new Uint32Array(1 << 24);
  const ones = new Float64Array(256);
  sample.forEach((byte, at) => {
    ones[byte] = (ones[byte] ?? 0) + 1 / sample.length;
    const three = (byte << 16) | ((sample[at + 1] ?? 0) << 8) | (sample[at + 2] ?? 0);
    threes[three] = (threes[three] ?? 0) + 1;
  });
  const known = new Map<string, number>();
  const estimate = (nibbles: Nibbles): number => {
    const places = [0, 1, 2].map((place) => passing(nibbles, place));
    const unseen = places.reduce((all, bytes) => all * bytes.reduce((sum, byte) => sum + (ones[byte] ?? 0), 0), 1);
    let seen = 0;
    const [first = [], second = [], third = []] = places;
    for (const a of first) for (const b of second) for (const c of third) seen += threes[(a << 16) | (b << 8) | c] ?? 0;
    return seen + UNSEEN * unseen * sample.length;
  };
  return (nibbles) => {
    const key = nibbles.join();
    const value = known.get(key) ?? estimate(nibbles);
    known.set(key, value);
    return value;
  };
}

/** A plan for KEYWORDS: each goes where it lets the least more pass, again and again until none wants to move. */
export function keywordPlan(sample: Uint8Array): KeywordPlan {
  const passes = estimator(sample);
  const literals = KEYWORDS.map((keyword, number) => literalOf(keyword, number, 0));
  const plan: { bucket: number; fingerprintAt: number }[] = [];
  const shared = (bucket: number, without: number): Nibbles =>
    literals.reduce((all, literal, number) => {
      const place = plan[number];
      return place?.bucket === bucket && number !== without ? union(all, nibblesOf(literal, place.fingerprintAt)) : all;
    }, NOTHING);
  const settle = (literal: Literal): boolean => {
    let least = Infinity;
    let best = { bucket: 0, fingerprintAt: 0 };
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const others = shared(bucket, literal.number);
      for (let fingerprintAt = 0; fingerprintAt + FINGERPRINT <= literal.bytes.length; fingerprintAt += 1) {
        const more = passes(union(others, nibblesOf(literal, fingerprintAt))) - passes(others);
        if (more < least) [least, best] = [more, { bucket, fingerprintAt }];
      }
    }
    const before = plan[literal.number];
    plan[literal.number] = best;
    return before?.bucket !== best.bucket || before.fingerprintAt !== best.fingerprintAt;
  };
  for (let round = 0; round < MOST_ROUNDS && literals.map(settle).includes(true); round += 1);
  return plan;
}

/** More than it takes; two places that are as good as each other must not go on for ever. */
const MOST_ROUNDS = 20;
