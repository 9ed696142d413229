import { BlockReader } from './blocks';

/** False only where `detect` would find nothing in these bytes, the whole content of `path`. Decodes nothing. */
export function mayHold(bytes: Uint8Array, path: string | null): boolean {
  return new BlockReader({ path }).holdsSuspicion(bytes);
}
