/** What the search over bytes is told: the rules' keywords as fingerprints and literals. Both of its forms read it. */
import type { Keyword } from '../rules/keyword';

export const BUCKETS = 8;
const LONGEST_LITERAL = 8;
export const FINGERPRINT = 3;

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

/** For each keyword its bucket, and where in it the three bytes of its fingerprint are. */
export type KeywordPlan = readonly { readonly bucket: number; readonly fingerprintAt: number }[];

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

export function literalOf({ text, anyCase }: Keyword, number: number, fingerprintAt: number): Literal {
  const bytes = Uint8Array.from(text.slice(0, LONGEST_LITERAL), (character) => character.charCodeAt(0));
  const mask = bytes.map((byte) => (anyCase === true && isLetter(byte) ? 0xdf : 0xff));
  return { number, bytes: bytes.map((byte, at) => byte & (mask[at] ?? 0)), mask, fingerprintAt };
}

/** The bytes that match one of a literal's. */
export function matchingBytes({ bytes, mask }: Literal, at: number): readonly number[] {
  const byte = bytes[at] ?? 0;
  return mask[at] === 0xff ? [byte] : [byte, byte | 0x20];
}

/** `plan` is for these keywords, from `keywordPlan`. */
export function searchTablesOf(keywords: readonly Keyword[], plan: KeywordPlan): SearchTables {
  const all = keywords.map((keyword, number) => literalOf(keyword, number, plan[number]?.fingerprintAt ?? 0));
  const literals = Array.from({ length: BUCKETS }, (_, bucket) =>
    all.filter(({ number }) => plan[number]?.bucket === bucket),
  );
  const places = [new Uint8Array(256), new Uint8Array(256), new Uint8Array(256)] as const;
  const nibbles = Array.from({ length: FINGERPRINT * 2 }, () => new Uint8Array(16));
  literals.forEach((bucket, index) => {
    for (const literal of bucket)
      for (let position = 0; position < FINGERPRINT; position += 1)
        for (const byte of matchingBytes(literal, literal.fingerprintAt + position)) {
          addBit(places[position], byte, index);
          addBit(nibbles[position * 2], byte & 15, index);
          addBit(nibbles[position * 2 + 1], byte >> 4, index);
        }
  });
  return { buckets: places, nibbles, literals };
}

function addBit(table: Uint8Array | undefined, at: number, bit: number): void {
  if (table !== undefined) table[at] = (table[at] ?? 0) | (1 << bit);
}
