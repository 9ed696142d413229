/**
 * UTF-8 (Unicode, table 3-7), read so that every byte has its place: an invalid byte is one U+FFFD, where the platform's
 * decoder would make one of several.
 */

/** The length of the well-formed sequence at `index`, or 0 where the byte there begins none before `end`. */
export function sequenceLength(bytes: Uint8Array, index: number, end: number): 0 | 1 | 2 | 3 | 4 {
  const lead = bytes[index] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (index + length > end) return 0;
  const second = bytes[index + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let at = index + 2; at < index + length; at += 1) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** How many UTF-16 code units the bytes from `start` to `end` decode to. */
export function countUnits(bytes: Uint8Array, start: number, end: number): number {
  let units = 0;
  for (let at = start; at < end;) {
    if ((bytes[at] ?? 0) < 0x80) {
      at += 1;
      units += 1;
      continue;
    }
    const length = sequenceLength(bytes, at, end);
    units += length === 4 ? 2 : 1;
    at += length === 0 ? 1 : length;
  }
  return units;
}

/** The first place at or after `index` that lies in no well-formed sequence begun before it. */
export function characterBoundary(bytes: Uint8Array, index: number, end: number): number {
  for (let back = 1; back <= 3 && index - back >= 0; back += 1) {
    if (((bytes[index - back] ?? 0) & 0xc0) === 0x80) continue;
    const length = sequenceLength(bytes, index - back, end);
    return length > back ? index - back + length : index;
  }
  return index;
}

export interface DecodedText {
  readonly text: string;
  /** The byte at which the character of a code unit begins. Made only where it is asked for. */
  readonly byteAt: (unit: number) => number;
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const FORGIVING = new TextDecoder('utf-8', { ignoreBOM: true });
const UNITS_AT_ONCE = 8192;

/** Text of UTF-16 code units. */
export function textOfUnits(units: Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += UNITS_AT_ONCE)
    text += String.fromCharCode(...units.subarray(at, at + UNITS_AT_ONCE));
  return text;
}

function decodeLeniently(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : sequenceLength(bytes, at, bytes.length);
    const next = (offset: number): number => (bytes[at + offset] ?? 0) & 0x3f;
    if (length === 4) {
      const code = (((lead & 0x07) << 18) | (next(1) << 12) | (next(2) << 6) | next(3)) - 0x10000;
      units[count++] = 0xd800 + (code >> 10);
      units[count++] = 0xdc00 + (code & 0x3ff);
    } else if (length === 0) units[count++] = 0xfffd;
    else if (length === 1) units[count++] = lead;
    else if (length === 2) units[count++] = ((lead & 0x1f) << 6) | next(1);
    else units[count++] = ((lead & 0x0f) << 12) | (next(1) << 6) | next(2);
    at += length === 0 ? 1 : length;
  }
  return textOfUnits(units.subarray(0, count));
}

function byteOffsets(bytes: Uint8Array): (unit: number) => number {
  let offsets: Uint32Array | undefined;
  return (unit) => {
    if (offsets === undefined) {
      offsets = new Uint32Array(bytes.length + 1);
      let count = 0;
      for (let at = 0; at < bytes.length;) {
        const length = sequenceLength(bytes, at, bytes.length);
        offsets[count++] = at;
        if (length === 4) offsets[count++] = at;
        at += length === 0 ? 1 : length;
      }
      offsets.fill(bytes.length, count);
    }
    return offsets[unit] ?? bytes.length;
  };
}

export function decodeUtf8(bytes: Uint8Array): DecodedText {
  const text = decodeStrictly(bytes) ?? decodeLeniently(bytes);
  // Every sequence of two or more bytes has fewer units than bytes.
  return { text, byteAt: text.length === bytes.length ? (unit) => unit : byteOffsets(bytes) };
}

/**
 * The platform's decoder is many times faster, and its forgiving form faster than its strict one: where that wrote a
 * replacement character, the text is either invalid or holds one of its own, and the strict form tells which.
 */
function decodeStrictly(bytes: Uint8Array): string | null {
  const text = FORGIVING.decode(bytes);
  if (!text.includes('\uFFFD')) return text;
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}
