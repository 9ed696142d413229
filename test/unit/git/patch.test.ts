import fc from 'fast-check';
import { AddedLineReader } from '../../../src/git/patch';

const HEADER = 'diff --git a/1 b/2\nindex 1..2 100644\n--- a/1\n+++ b/2\n';

function read(diff: string, cuts: readonly number[] = []): unknown {
  const bytes = Buffer.from(diff, 'latin1');
  const reader = new AddedLineReader();
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, Math.min(cut, bytes.length)));
    from = Math.min(cut, bytes.length);
  }
  reader.push(bytes.subarray(from));
  return reader.end();
}

const HOSTILE = `${HEADER}@@ -1 +1,5 @@ fn x
---- a/y
\\ No newline at end of file
++++ b/z
+@@ -1,9 +1,99 @@
+diff --git a/q b/q
+\\ No newline at end of file
+\rlone
\\ No newline at end of file
@@ -9,2 +13,0 @@
-a
-b
@@ -20,0 +22 @@
+x
`;

test('the added lines, whatever the content looks like', () => {
  expect(read(HOSTILE)).toEqual([
    { first: 1, last: 5 },
    { first: 22, last: 22 },
  ]);
});

test('however the stream is cut', () => {
  const whole = read(HOSTILE);
  fc.assert(
    fc.property(fc.array(fc.nat(HOSTILE.length)), (cuts) => {
      expect(read(HOSTILE, cuts)).toEqual(whole);
    }),
  );
});

test('nothing, a new file, and one that git calls binary', () => {
  expect(read('')).toEqual([]);
  expect(read(`${HEADER}@@ -0,0 +1,2 @@\n+a\n+b`)).toEqual([{ first: 1, last: 2 }]);
  expect(read('diff --git a/1 b/2\nBinary files a/1 and b/2 differ\n')).toEqual([
    { first: 1, last: Number.MAX_SAFE_INTEGER },
  ]);
});

test('a diff that ends inside a hunk is damaged', () => {
  expect(() => read(`${HEADER}@@ -0,0 +1,2 @@\n+a\n`)).toThrow(expect.objectContaining({ code: 'damaged' }) as Error);
});
