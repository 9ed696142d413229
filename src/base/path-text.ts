/**
 * A path as reports show it: UTF-8, with each byte that is none as `\xHH`. Separators become `/`.
 * Two different paths may give one text only where a name itself holds a written-out `\xHH`.
 */
export function pathText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (!text.includes('\uFFFD')) return text;
  return decodeWithEscapes(buffer);
}

function decodeWithEscapes(buffer: Buffer): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let at = 0;
  while (at < buffer.length) {
    const size = sequenceLength(buffer[at] ?? 0);
    const piece = buffer.subarray(at, at + size);
    try {
      text += strict.decode(piece);
      at += size;
    } catch {
      // Not UTF-8 from here: this byte is written out, the next one gets its own chance.
      text += `\\x${(buffer[at] ?? 0).toString(16).padStart(2, '0').toUpperCase()}`;
      at += 1;
    }
  }
  return text;
}

/** How long the UTF-8 sequence is that this first byte announces; 1 where it announces none. */
function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
