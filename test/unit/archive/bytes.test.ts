import fc from 'fast-check';
import { peek } from '../../../src/archive/bytes';

/** Pieces of one text, in a buffer that is used again: a piece is good until the next one is asked for. */
async function* pieces(text: string, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(64);
  let at = 0;
  for (const length of [...lengths, 64, 64, 64]) {
    const piece = text.slice(at, at + length);
    at += length;
    if (piece === '' && length > 0) return;
    buffer.fill('?');
    yield buffer.subarray(0, buffer.write(piece));
  }
}

test('what was looked at first is still a part of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.stringMatching(/^[a-z]{0,150}$/),
      fc.array(fc.nat(64), { maxLength: 5 }),
      fc.integer({ min: 1, max: 200 }),
      async (text, lengths, size) => {
        const { start, ended, whole } = await peek(pieces(text, lengths), size);
        const seen = start.toString();
        expect(text.startsWith(seen)).toBe(true);
        expect(ended ? seen === text : seen.length >= size).toBe(true);
        let read = '';
        for await (const piece of whole) read += Buffer.from(piece).toString();
        expect(read).toBe(text);
      },
    ),
  );
});
