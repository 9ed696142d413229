import { BlockReader } from './blocks';

/** False only where `detect` would find nothing in these bytes, the whole content of `path`. Decodes nothing. */
export function mayHold(bytes: Uint8Array, path: string | null): boolean {
  return new BlockReader({ path }).holdsSuspicion(bytes);
}

/** As mayHold, for a content of any length that is read in pieces, straight to where it is searched. */
export interface ContentFilter {
  /** Where the next bytes may be written; never empty, and good until `wrote`. */
  space(): Uint8Array;
  /** So many bytes were written to `space`. True where the content may hold a finding: the rest need not be read. */
  wrote(count: number): boolean;
  /** The content is whole: true where it may hold a finding. */
  endsSuspicious(): boolean;
  /** Gives back what it holds. To be called in any case. */
  release(): void;
}

/** A filter for one content at `path`. */
export function contentFilter(path: string | null): ContentFilter {
  return new BlockReader({ path });
}
