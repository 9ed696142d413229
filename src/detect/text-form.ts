/** Whether a content is UTF-16, from its first bytes: by its mark, or because it makes sense as UTF-16 and none as UTF-8. */
import { sequenceLength } from './utf8';
import { markLength, type TextForm } from './window';

/** How many bytes are looked at. */
const SAMPLE_LENGTH = 4096;

interface Impression {
  /** ASCII characters. */
  readonly ascii: number;
  /** Units that no text holds: NUL, control characters, lone surrogates, non-characters, private use. */
  readonly odd: number;
  /** Units of two bytes that are both ASCII text, as two characters of UTF-8 would be. */
  readonly twoInOne: number;
  readonly units: number;
}

function isOddUnit(unit: number): boolean {
  if (unit < 0x20) return unit !== 0x09 && unit !== 0x0a && unit !== 0x0d && unit !== 0x0c && unit !== 0x1b;
  return (unit >= 0x7f && unit < 0xa0) || (unit >= 0xe000 && unit < 0xf900) || unit >= 0xfff0;
}

function isAsciiText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function impressionOf(sample: Uint8Array, form: 'utf-16le' | 'utf-16be'): Impression {
  const low = form === 'utf-16le' ? 0 : 1;
  let ascii = 0;
  let odd = 0;
  let twoInOne = 0;
  let expectsTrail = false;
  const units = Math.floor(sample.length / 2);
  for (let at = 0; at < units; at += 1) {
    const unit = (sample[at * 2 + low] ?? 0) | ((sample[at * 2 + 1 - low] ?? 0) << 8);
    const isTrail = unit >= 0xdc00 && unit < 0xe000;
    if (isTrail !== expectsTrail || isOddUnit(unit)) odd += 1;
    else if (unit < 0x80) ascii += 1;
    if (isAsciiText(unit & 0xff) && isAsciiText(unit >> 8)) twoInOne += 1;
    expectsTrail = unit >= 0xd800 && unit < 0xdc00;
  }
  return { ascii, odd, twoInOne, units };
}

/** How many bytes of a sample are none of UTF-8 text: NULs, other control characters, invalid ones. */
function oddBytes(sample: Uint8Array): number {
  let odd = 0;
  for (let at = 0; at < sample.length;) {
    const length = sequenceLength(sample, at, sample.length);
    const byte = sample[at] ?? 0;
    if (length === 0 || byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) odd += 1;
    at += length === 0 ? 1 : length;
  }
  return odd;
}

function makesSense({ ascii, odd, twoInOne, units }: Impression): boolean {
  if (ascii === 0 || odd * 50 > units) return false;
  // Of Chinese characters, a quarter are two bytes of ASCII; of plain text with something wide behind it, nearly all.
  return twoInOne < 8 || twoInOne * 10 < (units - ascii) * 9;
}

/** The form of a content that begins with these bytes. */
export function textFormOf(beginning: Uint8Array): TextForm {
  if (markLength(beginning, 'utf-16le') > 0) return 'utf-16le';
  if (markLength(beginning, 'utf-16be') > 0) return 'utf-16be';
  const sample = beginning.subarray(0, SAMPLE_LENGTH);
  // A text in UTF-8 has hardly a byte that is odd; UTF-16 has one in every ASCII character and in most others.
  if (sample.length < 4 || oddBytes(sample) * 10 < sample.length) return 'utf-8';
  const little = impressionOf(sample, 'utf-16le');
  const big = impressionOf(sample, 'utf-16be');
  if (makesSense(little) && (!makesSense(big) || little.ascii >= big.ascii)) return 'utf-16le';
  return makesSense(big) ? 'utf-16be' : 'utf-8';
}
