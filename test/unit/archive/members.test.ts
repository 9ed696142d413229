import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { GuardError } from '../../../src/base/error';
import { DEFAULT_LIMITS, membersOf, type ArchiveLimits } from '../../../src/archive/members';

/** A tar of these files; a null body makes a link to nowhere. */
async function tarOf(files: Readonly<Record<string, string | Buffer | null>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, body] of Object.entries(files)) {
    if (body === null) archive.entry({ name, type: 'symlink', linkname: '/nowhere' });
    else archive.entry({ name }, body);
  }
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inPieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** As the scan does it: a failure while reading belongs to that member. */
async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of bytes) pieces.push(Buffer.from(piece));
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return `! ${error.message}`;
  }
  return Buffer.concat(pieces).toString();
}

async function read(bytes: Uint8Array, limits: ArchiveLimits = DEFAULT_LIMITS): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const member of membersOf(inPieces(bytes), 'top', limits)) {
    if (member.kind === 'file') {
      found[member.path] = await textOf(member.bytes);
    } else found[member.path] = member.kind === 'link' ? `-> ${member.target}` : `! ${member.reason}`;
  }
  return found;
}

test('what is no archive is one file', async () => {
  expect(await read(Buffer.from('hello'))).toEqual({ top: 'hello' });
  expect(await read(Buffer.alloc(0))).toEqual({ top: '' });
});

test('a tar in a gzip in a tar is opened, and what lies beside it is read', async () => {
  const inner = gzipSync(await tarOf({ 'deep/x': 'deep' }));
  const bytes = await tarOf({ 'a.txt': 'a', 'inner.tar.gz': inner, link: null, './z.txt': 'z' });
  expect(await read(bytes)).toEqual({
    'top/a.txt': 'a',
    'top/inner.tar.gz/deep/x': 'deep',
    'top/link': '-> /nowhere',
    'top/z.txt': 'z',
  });
});

test('a damaged archive inside another is told, and the rest is read', async () => {
  const inner = gzipSync(Buffer.from('x'.repeat(100_000)));
  inner.fill(0xff, 40, 60);
  const truncated = gzipSync(await tarOf({ x: 'y'.repeat(5000) })).subarray(0, 60);
  const found = await read(await tarOf({ 'bad.gz': inner, 'cut.tgz': truncated, 'good.txt': 'good' }));
  expect(found['top/bad.gz']).toMatch(/^! .*damaged/);
  expect(found['top/cut.tgz']).toMatch(/^! .*damaged/);
  expect(found['top/good.txt']).toBe('good');
});

test.each([
  ['in a body', 700],
  ['between two entries', 1024],
  ['in a header', 1200],
])('a tar that is cut off %s is an error', async (_where, length) => {
  const bytes = await tarOf({ 'a.txt': 'a'.repeat(300), 'b.txt': 'b' });
  await expect(read(bytes.subarray(0, length))).rejects.toThrow(/cut off/);
});

test('a flipped bit in a header is an error', async () => {
  const bytes = await tarOf({ 'a.txt': 'a', 'b.txt': 'b' });
  bytes[1024 + 20] = 1;
  await expect(read(bytes)).rejects.toThrow(/damaged/);
});

test('an archive deeper than the limit is told and not opened', async () => {
  let bytes: Buffer = Buffer.from('core');
  for (let depth = 0; depth < 5; depth += 1) bytes = gzipSync(bytes);
  expect(await read(bytes, { ...DEFAULT_LIMITS, depth: 5 })).toEqual({ top: 'core' });
  expect((await read(bytes, { ...DEFAULT_LIMITS, depth: 4 }))['top']).toMatch(/^! .*deep/);
});

test('archives that unpack to more than the limit are told, and the rest is read', async () => {
  const bomb = gzipSync(Buffer.alloc(1_000_000));
  const found = await read(await tarOf({ 'bomb.gz': bomb, 'z.txt': 'z' }), { ...DEFAULT_LIMITS, bytes: 10_000 });
  expect(found['top/z.txt']).toBe('z');
  expect(Object.values(found).join()).toMatch(/unpack to more than/);
});

test('a name that leads out of the archive is told, and its content is read all the same', async () => {
  const found: string[] = [];
  for await (const member of membersOf(inPieces(await tarOf({ '../../etc/x': 'x' })), ''))
    found.push(`${member.kind} ${member.path}`);
  expect(found).toEqual(['unreadable ../../etc/x', 'file ../../etc/x']);
});

test.each(['5', '2', '1', '3'])('an entry of type %s with a body is damaged, and nobody waits for it', async (type) => {
  const bytes = await tarOf({ x: 'body' });
  bytes.write(type, 156, 'latin1');
  bytes.write('        ', 148, 'latin1');
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  await expect(read(bytes)).rejects.toMatchObject({ code: 'damaged' });
});

test('a tar older than POSIX, without a magic, is opened by its checksum', async () => {
  const bytes = await tarOf({ 'old.txt': 'old' });
  bytes.fill(0, 257, 345);
  bytes.write('        ', 148, 'latin1');
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  expect(await read(bytes)).toEqual({ 'top/old.txt': 'old' });
});
