import xxhash from 'xxhash-wasm';

type Hash = (bytes: Uint8Array) => bigint;
let hash: Hash | undefined;

/** To be called once before `zstdStored`. */
export async function prepareZstd(): Promise<void> {
  const api = await xxhash();
  hash = (bytes) => api.create64().update(bytes).digest();
}

/** A block may hold no more. */
const BLOCK = 128 * 1024;

/** A zstd frame that stores these bytes as they are, with a checksum (RFC 8878, section 3.1.1). */
export function zstdStored(bytes: Uint8Array): Buffer {
  if (hash === undefined) throw new Error('prepareZstd has not run');
  // Single segment, checksum, content size of four bytes.
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0b1010_0100, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    const start = Buffer.alloc(3);
    start.writeUIntLE((block.length << 3) | (at + BLOCK >= bytes.length ? 1 : 0), 0, 3);
    blocks.push(start, block);
  }
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(Number(BigInt.asUintN(32, hash(bytes))));
  return Buffer.concat([header, ...blocks, checksum]);
}
