/**
 * A block of a content with a margin on both sides, as text. Blocks lie at fixed offsets, so that it makes no difference
 * how a stream was cut; what a match can depend on lies within the margin.
 */
import { firstIndex } from '../base/search';
import { countUnits, characterBoundary, decodeUtf8, textOfUnits } from './utf8';

/** How a content's lines and columns are counted. */
export type TextForm = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface ByteWindow {
  /** The block and its margins. */
  readonly bytes: Uint8Array;
  /** The offset in the content of the window's first byte. */
  readonly offset: number;
  /** The block within `bytes`. */
  readonly from: number;
  readonly to: number;
}

/** The text of a window in one form. */
export interface View {
  readonly text: string;
  /** The byte of the window at which a code unit's character begins. */
  readonly byteAt: (unit: number) => number;
  /** The code unit at or after a byte of the window. */
  readonly unitAt: (byte: number) => number;
}

/** The length of a byte order mark at the start of a content of this form. */
export function markLength(bytes: Uint8Array, form: TextForm): number {
  const [first, second, third] = bytes;
  if (form === 'utf-8') return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  if (form === 'utf-16le') return first === 0xff && second === 0xfe ? 2 : 0;
  return first === 0xfe && second === 0xff ? 2 : 0;
}

/** The text from the window's first whole character. */
export function utf8View({ bytes, offset }: ByteWindow): View {
  const start =
    offset === 0 ? markLength(bytes, 'utf-8') : characterBoundary(bytes, Math.min(4, bytes.length), bytes.length);
  const { text, byteAt } = decodeUtf8(bytes.subarray(start));
  return {
    text,
    byteAt: (unit) => start + byteAt(unit),
    unitAt: (byte) => countUnits(bytes, start, Math.max(start, characterBoundary(bytes, byte, bytes.length))),
  };
}

/** The window read as UTF-16 whose characters begin at `parity` (0 or 1) of the content's offsets. */
export function utf16View({ bytes, offset }: ByteWindow, form: 'utf-16le' | 'utf-16be', parity: number): View {
  const start = offset === 0 && parity === 0 ? markLength(bytes, form) : (offset + parity) % 2;
  const units = new Uint16Array(Math.max(0, Math.floor((bytes.length - start) / 2)));
  const low = form === 'utf-16le' ? 0 : 1;
  for (let unit = 0, at = start; unit < units.length; unit += 1, at += 2)
    units[unit] = (bytes[at + low] ?? 0) | ((bytes[at + 1 - low] ?? 0) << 8);
  return {
    text: textOfUnits(units),
    byteAt: (unit) => start + unit * 2,
    unitAt: (byte) => Math.max(0, Math.ceil((byte - start) / 2)),
  };
}

/**
 * As utf16View, for UTF-16 inside something else: what lies next to a string there is no text, so that only the first
 * 256 characters are read and all else is U+FFFD.
 */
export function embeddedUtf16View(window: ByteWindow, form: 'utf-16le' | 'utf-16be', parity: number): View {
  const view = utf16View(window, form, parity);
  return { ...view, text: view.text.replace(/[^\0-\xff]/g, '\ufffd') };
}

export interface StrippedView extends View {
  /** True where the bytes from one unit to another lie as UTF-32 has them, or are broken by NULs in one place only. */
  readonly isOneText: (start: number, end: number) => boolean;
}

/** The window without its NULs. */
export function strippedView({ bytes }: ByteWindow): StrippedView {
  const places = new Uint32Array(bytes.length);
  const kept = new Uint8Array(bytes.length);
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) continue;
    places[count] = at;
    kept[count++] = byte;
  }
  const { text, byteAt } = decodeUtf8(kept.subarray(0, count));
  const place = (unit: number): number => places[Math.min(byteAt(unit), count - 1)] ?? 0;
  return {
    text,
    byteAt: (unit) => (unit >= text.length ? bytes.length : place(unit)),
    unitAt(byte) {
      return firstIndex(text.length, (unit) => place(unit) >= byte);
    },
    isOneText(start, end) {
      let gaps = 0;
      let wide = 0;
      for (let unit = start + 1; unit < end; unit += 1) {
        const distance = place(unit) - place(unit - 1);
        if (distance > 1) gaps += 1;
        if (distance === 4) wide += 1;
      }
      // A gap after `cio` is where one string of a table ends and another begins.
      return wide === end - start - 1 || (gaps === 1 && place(start + 3) - place(start + 2) === 1);
    },
  };
}
