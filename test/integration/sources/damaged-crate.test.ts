import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { GuardError } from '../../../src/base/error';
import { crateSource } from '../../../src/sources/crate';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-crate-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CONTENTS = { 'Cargo.toml': '[package]\nname = "x"\n'.repeat(30), 'src/lib.rs': 'fn main() {}\n'.repeat(100) };

async function crateOf(...names: string[]): Promise<Buffer> {
  const archive = pack();
  for (const [name, body] of Object.entries(CONTENTS)) archive.entry({ name: `x-1.0.0/${name}` }, body);
  for (const name of names) archive.entry({ name }, 'outside');
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  return gzipSync(Buffer.concat(pieces));
}

/** The bodies that were read, or null where anything was told to be unread. */
async function read(bytes: Uint8Array): Promise<Record<string, string> | null> {
  const file = join(folder, 'x.crate');
  writeFileSync(file, bytes);
  const context = { mayHold: () => true, excluded: () => false, counts: { files: 0, bytes: 0, commits: 0 } };
  const bodies: Record<string, string> = {};
  let isWhole = true;
  try {
    for await (const item of crateSource({ cwd: folder, file }).items(context)) {
      if (item.kind === 'unreadable') isWhole = false;
      else if (item.kind === 'content' && item.where === 'file' && item.bytes instanceof Uint8Array)
        bodies[item.path ?? ''] = Buffer.from(item.bytes).toString();
    }
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    isWhole = false;
  }
  expect(readdirSync(folder)).toEqual(['x.crate']);
  return isWhole ? bodies : null;
}

const EXPECTED = Object.fromEntries(Object.entries(CONTENTS).map(([name, body]) => [`x-1.0.0/${name}`, body]));

test('a sound crate is read whole', async () => {
  expect(await read(await crateOf())).toEqual(EXPECTED);
});

test('a crate that is cut off anywhere is told', async () => {
  const crate = await crateOf();
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: crate.length - 1 }), async (length) => {
      expect(await read(crate.subarray(0, length))).toBeNull();
    }),
  );
});

test('a changed byte in a crate is told, or changes nothing', async () => {
  const crate = await crateOf();
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: crate.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const changed = Buffer.from(crate);
      changed[at] = (changed[at] ?? 0) ^ mask;
      expect([null, EXPECTED]).toContainEqual(await read(changed));
    }),
  );
});

test('names that lead out of a crate are told, and nothing is written there', async () => {
  expect(await read(await crateOf('../stray'))).toBeNull();
  expect(await read(await crateOf(`${folder}/stray`))).not.toBeNull();
});

test('noise is no crate', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (noise) => {
      expect(await read(noise)).toBeNull();
    }),
  );
});
