/**
 * The search over bytes: where in a block keywords stand, how many line feeds it has, and whether there are NULs or
 * bytes beyond ASCII. In WebAssembly where its SIMD is there, in plain JavaScript where it is not, with the same answers.
 */
import { KEYWORD_PLAN, KEYWORD_SEARCH_WASM } from '../generated/keyword-search';
import { KEYWORDS } from '../rules/all';
import { searchTablesOf, type SearchTables } from './keyword-tables';

export interface SearchAnswer {
  /** Pairs: the place, the keyword's number. Valid until the next search. */
  readonly hits: Uint32Array;
  readonly lineFeeds: number;
  readonly hasNul: boolean;
  readonly hasHigh: boolean;
  /** Where to go on: short of the end where there were too many hits. */
  readonly next: number;
}

/** Bytes to search, and the search. Places are offsets in `bytes`. */
export interface SearchRoom {
  readonly bytes: Uint8Array;
  /** Places from `from` to `to`; keywords may reach past `to`. 32 bytes past `to` must belong to the room. */
  search(from: number, to: number): SearchAnswer;
  /** Copies the bytes from `from` to `to` that are no NUL to `out`; gives the offset after the last one. */
  strip(from: number, to: number, out: number): number;
}

const BUCKETS_AT = 128;
const ANSWERS_AT = 192;
const LITERALS_AT = 256;
const LITERAL_SIZE = 24;
const BYTE_TABLES_AT = 8192;
const HITS_AT = 16384;
const BYTES_AT = 65536;
const PAGE = 65536;
/** The search stops at this many hits, after a whole step; the room for them leaves space for what one step can add. */
const MANY_HITS = 3800;
const STEP = 32;

const TABLES = searchTablesOf(KEYWORDS, KEYWORD_PLAN);

interface SearchExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly search: (from: number, to: number) => number;
  readonly strip: (from: number, to: number, out: number) => number;
}

function writeTables(memory: Uint8Array, { nibbles, buckets, literals }: SearchTables): void {
  const view = new DataView(memory.buffer);
  nibbles.forEach((table, index) => {
    memory.set(table, index * 16);
  });
  buckets.forEach((table, index) => {
    memory.set(table, BYTE_TABLES_AT + index * 256);
  });
  let at = LITERALS_AT;
  literals.forEach((bucket, index) => {
    view.setUint32(BUCKETS_AT + index * 8, at, true);
    view.setUint32(BUCKETS_AT + index * 8 + 4, bucket.length, true);
    for (const literal of bucket) {
      memory.set(literal.bytes, at);
      memory.set(literal.mask, at + 8);
      view.setUint32(at + 16, literal.fingerprintAt, true);
      view.setUint32(at + 20, literal.number, true);
      at += LITERAL_SIZE;
    }
  });
}

/** What is used here of WebAssembly's JavaScript interface, which TypeScript declares for browsers only. */
interface WebAssemblyInterface {
  validate(binary: Uint8Array): boolean;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: SearchExports };
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface };
let compiled: object | null | undefined;

/** The module, or null where this engine has no SIMD. */
function searchModule(): object | null {
  if (compiled === undefined) {
    const binary = Uint8Array.from(atob(KEYWORD_SEARCH_WASM), (character) => character.charCodeAt(0));
    compiled = wasm?.validate(binary) === true ? new wasm.Module(binary) : null;
  }
  return compiled;
}

/** A room of at least `size` bytes searched by WebAssembly, or null where that is not to be had. */
export function simdRoom(size: number): SearchRoom | null {
  const module = searchModule();
  if (module === null || wasm === undefined) return null;
  const { exports } = new wasm.Instance(module);
  exports.memory.grow(Math.max(0, Math.ceil((BYTES_AT + size + 64) / PAGE) - 2));
  const { buffer } = exports.memory;
  writeTables(new Uint8Array(buffer), TABLES);
  const answers = new Uint32Array(buffer, ANSWERS_AT, 4);
  return {
    bytes: new Uint8Array(buffer, BYTES_AT, size),
    search(from, to) {
      const count = exports.search(BYTES_AT + from, BYTES_AT + to);
      const hits = new Uint32Array(buffer, HITS_AT, count * 2);
      for (let at = 0; at < hits.length; at += 2) hits[at] = (hits[at] ?? 0) - BYTES_AT;
      const [lineFeeds = 0, hasNul = 0, hasHigh = 0, next = 0] = answers;
      return { hits, lineFeeds, hasNul: hasNul !== 0, hasHigh: hasHigh !== 0, next: next - BYTES_AT };
    },
    strip: (from, to, out) => exports.strip(BYTES_AT + from, BYTES_AT + to, BYTES_AT + out) - BYTES_AT,
  };
}

function standsAt(bytes: Uint8Array, literal: Uint8Array, mask: Uint8Array, start: number): boolean {
  for (let index = 0; index < literal.length; index += 1)
    if (((bytes[start + index] ?? 0) & (mask[index] ?? 0)) !== literal[index]) return false;
  return true;
}

/** The twin in plain JavaScript. */
export function plainRoom(size: number): SearchRoom {
  const room = new Uint8Array(size + 64);
  const [first, second, third] = TABLES.buckets;
  return {
    bytes: room.subarray(0, size),
    search(from, to) {
      const hits: number[] = [];
      let lineFeeds = 0;
      let hasNul = false;
      let all = 0;
      let at = from;
      for (; at < to && (hits.length <= MANY_HITS * 2 || (at - from) % STEP !== 0); at += 1) {
        const byte = room[at] ?? 0;
        if (byte === 0x0a) lineFeeds += 1;
        if (byte === 0) hasNul = true;
        all |= byte;
        let buckets = (first[byte] ?? 0) & (second[room[at + 1] ?? 0] ?? 0) & (third[room[at + 2] ?? 0] ?? 0);
        for (let bucket = 0; buckets !== 0; bucket += 1, buckets >>= 1) {
          if ((buckets & 1) === 0) continue;
          for (const { bytes, mask, fingerprintAt, number } of TABLES.literals[bucket] ?? [])
            if (standsAt(room, bytes, mask, at - fingerprintAt)) hits.push(at - fingerprintAt, number);
        }
      }
      return { hits: Uint32Array.from(hits), lineFeeds, hasNul, hasHigh: all >= 0x80, next: at };
    },
    strip(from, to, out) {
      let end = out;
      for (let at = from; at < to; at += 1) {
        const byte = room[at] ?? 0;
        if (byte !== 0) room[end++] = byte;
      }
      return end;
    },
  };
}

/** A room of at least `size` bytes, with the fastest search there is here. */
export function searchRoom(size: number): SearchRoom {
  return simdRoom(size) ?? plainRoom(size);
}
