/** What the search over bytes is told: the rules' keywords as fingerprints and literals. Both of its forms read it. */
import type { Keyword } from '../rules/keyword';

export const BUCKETS = 8;
const LONGEST_LITERAL = 8;
const FINGERPRINT = 3;

export interface Literal {
  /** The keyword's place in the list. */
  readonly number: number;
  /** At most eight bytes, letters in small letters where either case matches. */
  readonly bytes: Uint8Array;
  /** For each byte the bits that count. */
  readonly mask: Uint8Array;
  /** Where in `bytes` the three of the fingerprint are. */
  readonly fingerprintAt: number;
}

export interface SearchTables {
  /** For each of the three bytes of a fingerprint, the set of buckets (as bits) for each value of the byte. */
  readonly buckets: readonly [Uint8Array, Uint8Array, Uint8Array];
  /** The same by nibbles: low and high of the first, the second, the third byte. They let more pass. */
  readonly nibbles: readonly Uint8Array[];
  readonly literals: readonly (readonly Literal[])[];
}

/** Bytes by how often they stand in text and code, the most frequent first; what is not here is rarer. */
const FREQUENT = ' etaonirslcdumpfg.hbyv-=_"()0k1wx/2,:\'TSEACIRNDO3ULP546789qjz\\%$';

function rarity(byte: number): number {
  const rank = FREQUENT.indexOf(String.fromCharCode(byte));
  return rank < 0 ? FREQUENT.length : rank;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function literalOf({ text, anyCase }: Keyword, number: number): Literal {
  const bytes = Uint8Array.from(text.slice(0, LONGEST_LITERAL), (character) => character.charCodeAt(0));
  const mask = bytes.map((byte) => (anyCase === true && isLetter(byte) ? 0xdf : 0xff));
  let fingerprintAt = 0;
  let best = -1;
  for (let at = 0; at + FINGERPRINT <= bytes.length; at += 1) {
    const sum = rarity(bytes[at] ?? 0) + rarity(bytes[at + 1] ?? 0) + rarity(bytes[at + 2] ?? 0);
    if (sum > best) [best, fingerprintAt] = [sum, at];
  }
  return { number, bytes: bytes.map((byte, at) => byte & (mask[at] ?? 0)), mask, fingerprintAt };
}

/** Literals whose fingerprints are alike share a bucket, because a bucket's nibble tables mix its fingerprints. */
function intoBuckets(literals: readonly Literal[]): readonly (readonly Literal[])[] {
  const fingerprint = (literal: Literal): string =>
    String.fromCharCode(...literal.bytes.subarray(literal.fingerprintAt, literal.fingerprintAt + FINGERPRINT));
  const sorted = [...literals].sort((a, b) => (fingerprint(a) < fingerprint(b) ? -1 : 1));
  const size = Math.ceil(sorted.length / BUCKETS);
  return Array.from({ length: BUCKETS }, (_, bucket) => sorted.slice(bucket * size, (bucket + 1) * size));
}

export function searchTablesOf(keywords: readonly Keyword[]): SearchTables {
  const literals = intoBuckets(keywords.map(literalOf));
  const buckets = [new Uint8Array(256), new Uint8Array(256), new Uint8Array(256)] as const;
  const nibbles = Array.from({ length: FINGERPRINT * 2 }, () => new Uint8Array(16));
  literals.forEach((bucket, index) => {
    for (const literal of bucket)
      for (let position = 0; position < FINGERPRINT; position += 1)
        for (let byte = 0; byte < 256; byte += 1) {
          const at = literal.fingerprintAt + position;
          if ((byte & (literal.mask[at] ?? 0)) !== literal.bytes[at]) continue;
          addBit(buckets[position], byte, index);
          addBit(nibbles[position * 2], byte & 15, index);
          addBit(nibbles[position * 2 + 1], byte >> 4, index);
        }
  });
  return { buckets, nibbles, literals };
}

function addBit(table: Uint8Array | undefined, at: number, bit: number): void {
  if (table !== undefined) table[at] = (table[at] ?? 0) | (1 << bit);
}
