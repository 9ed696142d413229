import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { GuardError } from '../../../src/base/error';
import { membersOf } from '../../../src/archive/members';
import type { Content, SourceContext } from '../../../src/sources/content';
import { imageSource } from '../../../src/sources/image';
import { prepareZstd, zstdStored } from '../../support/zstd';

/** What was read: each body by its path, links by their targets; and whether all of it was. */
interface Reading {
  readonly bodies: Readonly<Record<string, string>>;
  readonly isClean: boolean;
}

type Files = Readonly<Record<string, Buffer>>;

async function tarOf(files: Files): Promise<Buffer> {
  const archive = pack();
  for (const [name, body] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, body);
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function bodyOf(bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<string> {
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('latin1');
  let body = '';
  for await (const piece of bytes) body += Buffer.from(piece).toString('latin1');
  return body;
}

/** Lets nothing through but the error that every reader may give. */
function told(error: unknown): false {
  if (error instanceof GuardError) return false;
  throw error;
}

async function read(bytes: Uint8Array, size: number): Promise<Reading> {
  const bodies: Record<string, string> = {};
  let isClean = true;
  try {
    for await (const member of membersOf(inPieces(bytes, size), 'top')) {
      if (member.kind === 'unreadable') isClean = false;
      else if (member.kind === 'link') bodies[member.path] = member.target;
      else bodies[member.path] = await bodyOf(member.bytes).catch((error: unknown) => String((isClean = told(error))));
    }
  } catch (error) {
    isClean = told(error);
  }
  return { bodies, isClean };
}

async function readImage(bytes: Uint8Array, size: number): Promise<Reading> {
  const context: SourceContext = {
    mayHold: () => true,
    excluded: () => false,
    counts: { files: 0, bytes: 0, commits: 0 },
  };
  const bodies: Record<string, string> = {};
  let isClean = true;
  const add = async (content: Content) => {
    if (content.where === 'file') bodies[content.path ?? ''] = await bodyOf(content.bytes);
  };
  try {
    const source = imageSource({ cwd: '/nowhere', file: '-', stdin: inPieces(bytes, size) });
    for await (const item of source.items(context)) {
      if (item.kind === 'unreadable') isClean = false;
      else if (item.kind === 'content') await add(item).catch((error: unknown) => (isClean = told(error)));
    }
  } catch (error) {
    isClean = told(error);
  }
  return { bodies, isClean };
}

const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}$/);
// Letters: what begins like an archive would be opened as one.
const body = fc
  .array(fc.stringMatching(/^[a-z\n]{0,40}$/), { maxLength: 60 })
  .map((texts) => Buffer.from(texts.join('')));
const files = fc.dictionary(name, body, { minKeys: 1, maxKeys: 5, noNullPrototype: true });
// Few small ones: each piece costs a turn of every stream that it goes through.
const pieceSize = fc.oneof(
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 15, arbitrary: fc.integer({ min: 200, max: 3000 }) },
);
const packing = fc.constantFrom<readonly ((bytes: Buffer) => Buffer)[]>(
  [],
  [gzipSync],
  [zstdStored],
  [gzipSync, gzipSync],
  [zstdStored, gzipSync],
);

const packed = fc.tuple(files, packing).map(([contents, steps]) => ({ contents, isPacked: steps.length > 0, steps }));

async function archiveOf({ contents, steps }: { contents: Files; steps: readonly ((bytes: Buffer) => Buffer)[] }) {
  return steps.reduce((bytes, step) => step(bytes), await tarOf(contents));
}

const expectedOf = (contents: Files) =>
  Object.fromEntries(Object.entries(contents).map(([path, bytes]) => [`top/${path}`, bytes.toString('latin1')]));

/** A place in a text of any length, as a part of it. */
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

function flipped(bytes: Buffer, at: number, mask: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
}

/** Where a tar has headers: each is followed by its body in whole blocks. */
function headersOf(tar: Buffer): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    starts.push(at);
    at += 512 + Math.ceil(parseInt(tar.toString('latin1', at + 124, at + 135), 8) / 512) * 512;
  }
  return starts;
}

beforeAll(prepareZstd);

const RUNS = { numRuns: 80 };

test('what was packed is read, however it comes', async () => {
  await fc.assert(
    fc.asyncProperty(packed, pieceSize, async (archive, size) => {
      expect(await read(await archiveOf(archive), size)).toEqual({
        bodies: expectedOf(archive.contents),
        isClean: true,
      });
    }),
    RUNS,
  );
});

test('a packed archive that is cut off is told', async () => {
  await fc.assert(
    fc.asyncProperty(packed, part, pieceSize, async (archive, cut, size) => {
      fc.pre(archive.isPacked);
      const bytes = await archiveOf(archive);
      // Before that it does not announce itself yet, and is a file of a few bytes.
      const kept = 4 + Math.floor(cut * (bytes.length - 4));
      expect((await read(bytes.subarray(0, kept), size)).isClean).toBe(false);
    }),
    RUNS,
  );
});

test('a tar that is cut off before its end mark is told', async () => {
  await fc.assert(
    fc.asyncProperty(files, part, pieceSize, async (contents, cut, size) => {
      const bytes = await tarOf(contents);
      const kept = 512 + Math.floor(cut * (bytes.length - 1024 - 512));
      const { bodies, isClean } = await read(bytes.subarray(0, kept), size);
      // Zeros of a body's padding look like an end mark, where the last body is whole.
      expect(isClean && JSON.stringify(bodies) !== JSON.stringify(expectedOf(contents))).toBe(false);
    }),
    RUNS,
  );
});

test('a changed byte in a packed archive is told, or changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(packed, part, fc.integer({ min: 1, max: 255 }), pieceSize, async (archive, at, mask, size) => {
      fc.pre(archive.isPacked);
      const bytes = await archiveOf(archive);
      const changed = flipped(bytes, 4 + Math.floor(at * (bytes.length - 4)), mask);
      const { bodies, isClean } = await read(changed, size);
      if (isClean) expect(bodies).toEqual(expectedOf(archive.contents));
    }),
    { numRuns: 250 },
  );
});

test('a changed byte in a header of a tar is told, or changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.nat(),
      fc.integer({ min: 0, max: 511 }),
      fc.integer({ min: 1, max: 255 }),
      pieceSize,
      async (contents, which, offset, mask, size) => {
        const bytes = await tarOf(contents);
        const headers = headersOf(bytes);
        const header = headers[which % headers.length] ?? 0;
        // Without its magic the first header makes the whole a file, read as it is.
        fc.pre(header > 0 || offset < 257 || offset > 264);
        const { bodies, isClean } = await read(flipped(bytes, header + offset, mask), size);
        if (isClean) expect(bodies).toEqual(expectedOf(contents));
      },
    ),
    { numRuns: 250 },
  );
});

test('what follows an archive is read or told', async () => {
  const gap = fc.nat({ max: 2000 });
  await fc.assert(
    fc.asyncProperty(packed, gap, pieceSize, async (archive, zeros, size) => {
      fc.pre(archive.isPacked);
      const bytes = Buffer.concat([await archiveOf(archive), Buffer.alloc(zeros), Buffer.from('a key')]);
      expect((await read(bytes, size)).isClean).toBe(false);
    }),
    RUNS,
  );
});

test('one packed piece after another is read whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(gzipSync, zstdStored),
      fc.array(body, { minLength: 2, maxLength: 4 }),
      pieceSize,
      async (squeeze, bodies, size) => {
        const bytes = Buffer.concat(bodies.map((each) => squeeze(each)));
        const whole = Buffer.concat(bodies).toString('latin1');
        expect(await read(bytes, size)).toEqual({ bodies: { top: whole }, isClean: true });
      },
    ),
    RUNS,
  );
});

test('noise is a file, or told', async () => {
  const start = fc.constantFrom('', '1f8b08', '1f8b0800', '28b52ffd', '28b52ffd04', '28b52ffd20');
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 2000 }), pieceSize, async (magic, noise, size) => {
      const bytes = Buffer.concat([Buffer.from(magic, 'hex'), noise]);
      const { bodies, isClean } = await read(bytes, size);
      if (isClean && magic === '') expect(bodies).toEqual({ top: bytes.toString('latin1') });
      await readImage(bytes, size);
    }),
    { numRuns: 150 },
  );
});

test('an archive with many changes at any place ends, and fails only as it may', async () => {
  const changes = fc.array(fc.tuple(part, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(packed, changes, pieceSize, async (archive, places, size) => {
      const bytes = await archiveOf(archive);
      const changed = places.reduce((all, [at, mask]) => flipped(all, Math.floor(at * all.length), mask), bytes);
      await read(changed, size);
      await readImage(await tarOf({ 'layer.tar': changed }), size);
    }),
    RUNS,
  );
});

describe('an image', () => {
  test('whose layer is damaged is told, and the other layer is read', async () => {
    await fc.assert(
      fc.asyncProperty(files, part, fc.boolean(), pieceSize, async (contents, at, isCut, size) => {
        const layer = gzipSync(await tarOf(contents));
        const place = 4 + Math.floor(at * (layer.length - 4));
        const damaged = isCut ? layer.subarray(0, place) : flipped(layer, place, 0x10);
        const sound = gzipSync(await tarOf({ good: Buffer.from('good') }));
        const image = await tarOf({
          'a/layer.tar': damaged,
          'b/layer.tar': sound,
          'manifest.json': Buffer.from('[{"Layers":["a/layer.tar","b/layer.tar"]}]'),
        });
        const { bodies, isClean } = await readImage(image, size);
        expect(bodies['b/good']).toBe('good');
        const expected = Object.entries(contents).map(([path, bytes]) => [`a/${path}`, bytes.toString('latin1')]);
        if (isClean) expect(bodies).toMatchObject(Object.fromEntries(expected));
        if (isCut) expect(isClean).toBe(false);
      }),
      RUNS,
    );
  });

  test('that is cut off is told', async () => {
    await fc.assert(
      fc.asyncProperty(files, part, pieceSize, async (contents, cut, size) => {
        const image = await tarOf({
          'a/layer.tar': await tarOf(contents),
          'manifest.json': Buffer.from('[{"Layers":["a/layer.tar"]}]'),
        });
        const manifest = image.indexOf('manifest.json');
        const { isClean } = await readImage(image.subarray(0, Math.floor(cut * (manifest + 512))), size);
        expect(isClean).toBe(false);
      }),
      RUNS,
    );
  });
});
