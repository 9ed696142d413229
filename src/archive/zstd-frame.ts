/** Where frames of zstd begin and end (RFC 8878, section 3): told from their headers, without decompressing. */
import { GuardError } from '../base/error';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
export const MAGIC_LENGTH = 4;
const CHECKSUM_LENGTH = 4;
const COMPRESSED_RUN = 1;
const RESERVED = 3;

/** As the zstd program and Node.js have it: a few bytes must not make a reader ask for gigabytes. */
const LARGEST_WINDOW = 128 * 1024 * 1024;

/** A window descriptor's size, in bytes (section 3.1.1.1.2). */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A content size, which a single segment has for its window; only whether it is small counts. */
function sizeIn(field: Buffer): number {
  return field.length === 8 ? Number(field.readBigUInt64LE()) : field.readUIntLE(0, field.length);
}

/** What these first four bytes of a frame announce; null where they begin none. */
export function frameKindOf(start: Buffer): 'data' | 'skippable' | null {
  const magic = start.readUInt32LE(0);
  if (magic === MAGIC) return 'data';
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC ? 'skippable' : null;
}

/** What comes next in a frame: bytes to look at, after others that only pass. */
interface Step {
  readonly pass: number;
  readonly look: number;
  /** Null where the frame ends after these bytes. */
  readonly next: ((bytes: Buffer) => Step) | null;
}

export interface FrameMeter {
  /** How many of these bytes, the next ones, belong to the frame. */
  take(piece: Uint8Array): number;
  isWhole(): boolean;
  /** Of a whole frame that has one: the low half of its content's XXH64. */
  checksum(): number | null;
}

/** Measures one frame as its bytes come. @throws GuardError 'damaged' from `take` for what no frame holds */
export function frameMeter(kind: 'data' | 'skippable'): FrameMeter {
  let checksum: number | null = null;
  const end = (pass: number): Step => ({ pass, look: 0, next: null });

  function block(pass: number, isChecked: boolean): Step {
    const next = (bytes: Buffer): Step => {
      const header = bytes.readUIntLE(0, 3);
      const type = (header >> 1) & 3;
      if (type === RESERVED) throw new GuardError('damaged', 'the zstd data is damaged: a block of no known type');
      const size = type === COMPRESSED_RUN ? 1 : header >> 3;
      if ((header & 1) === 0) return block(size, isChecked);
      if (!isChecked) return end(size);
      const keep = (sum: Buffer): Step => {
        checksum = sum.readUInt32LE(0);
        return end(0);
      };
      return { pass: size, look: CHECKSUM_LENGTH, next: keep };
    };
    return { pass, look: 3, next };
  }

  function header(bytes: Buffer): Step {
    const descriptor = bytes[0] ?? 0;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const window = isSingleSegment ? 0 : 1;
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    const isChecked = (descriptor & 4) !== 0;
    const next = (fields: Buffer): Step => {
      const size = isSingleSegment ? sizeIn(fields.subarray(dictionary)) : windowOf(fields[0] ?? 0);
      if (size > LARGEST_WINDOW)
        throw new GuardError('damaged', 'the zstd data is damaged, or needs a window of more than 128 MiB');
      return block(0, isChecked);
    };
    return { pass: 0, look: window + dictionary + contentSize, next };
  }

  let step: Step =
    kind === 'data'
      ? { pass: MAGIC_LENGTH, look: 1, next: header }
      : { pass: MAGIC_LENGTH, look: 4, next: (bytes) => end(bytes.readUInt32LE(0)) };
  let passed = 0;
  let looked = Buffer.alloc(0);
  const isDone = () => passed === step.pass && looked.length === step.look;

  return {
    take(piece) {
      let at = 0;
      for (;;) {
        const passes = Math.min(step.pass - passed, piece.length - at);
        passed += passes;
        at += passes;
        const seen = piece.subarray(at, at + step.look - looked.length);
        looked = Buffer.concat([looked, seen]);
        at += seen.length;
        if (!isDone() || step.next === null) return at;
        step = step.next(looked);
        passed = 0;
        looked = Buffer.alloc(0);
      }
    },
    isWhole: () => step.next === null && isDone(),
    checksum: () => checksum,
  };
}
