/** Cuts a stream into blocks at fixed offsets, searches each, and has the suspicious ones examined. */
import { ALL_RULES } from '../rules/all';
import type { RuleId } from '../rules/rule';
import type { Candidate } from './candidate';
import type { DetectOptions } from './detector';
import { examine, type Suspicion } from './examine';
import { searchRoom, type SearchAnswer, type SearchRoom } from './keyword-search';
import { afterBlock, type BlockStart } from './line-count';
import { isCredentialsFile } from './registry/tables';
import { textFormOf } from './text-form';
import { mayBeFinding } from './verify';
import type { ByteWindow, TextForm } from './window';

/** Bytes; both even. The margin is what a match may depend on before and after its anchor. */
export interface BlockSizes {
  readonly block: number;
  readonly margin: number;
}

const BLOCK_SIZES: BlockSizes = { block: 256 * 1024, margin: 64 * 1024 };

/** A match's anchor may lie this far from the keyword by which it is found: backslashes before an escape, a table's bracket. */
const SLACK = 64;

interface Room {
  readonly sizes: BlockSizes;
  readonly search: SearchRoom;
}

/** Rooms are megabytes; a history has a hundred thousand contents. */
const idleRooms: Room[] = [];
const MOST_IDLE = 4;

function takeRoom(sizes: BlockSizes): Room {
  const at = idleRooms.findIndex((room) => room.sizes.block === sizes.block && room.sizes.margin === sizes.margin);
  const [room] = at < 0 ? [] : idleRooms.splice(at, 1);
  const window = sizes.block + 2 * sizes.margin;
  return room ?? { sizes, search: searchRoom(2 * window + 256) };
}

function giveBack(room: Room): void {
  if (idleRooms.length < MOST_IDLE) idleRooms.push(room);
}

export class BlockReader {
  private room: Room | undefined;
  private readonly sizes: BlockSizes;
  private readonly rules: ReadonlySet<RuleId>;
  private readonly isCredentialsFile: boolean;
  private form: TextForm | undefined;
  private start: BlockStart = { lineFeeds: 0, units: 0 };
  /** The offset in the content of the room's first byte, how many bytes the room holds, where its next block begins. */
  private offset = 0;
  private filled = 0;
  private from = 0;

  constructor({ blocks = BLOCK_SIZES, rules = ALL_RULES, path }: DetectOptions) {
    this.sizes = blocks;
    this.rules = rules;
    this.isCredentialsFile = isCredentialsFile(path);
  }

  push(bytes: Uint8Array): readonly Candidate[] {
    const candidates: Candidate[] = [];
    this.fill(bytes, this.collectInto(candidates));
    return candidates;
  }

  end(): readonly Candidate[] {
    const candidates: Candidate[] = [];
    this.drain(this.collectInto(candidates));
    return candidates;
  }

  /** True where a block of the content, all of it, is suspicious. The reader is spent afterwards. */
  holdsSuspicion(bytes: Uint8Array): boolean {
    const found = this.fill(bytes, ANY_SUSPICION) || this.drain(ANY_SUSPICION);
    this.release();
    return found;
  }

  /** Where the next bytes of the content may be written; never empty, and good until `wrote`. */
  space(): Uint8Array {
    const { block, margin } = this.sizes;
    this.room ??= takeRoom(this.sizes);
    return this.room.search.bytes.subarray(this.filled, this.from + block + margin);
  }

  /** So many bytes were written to `space`; true where a block that they complete is suspicious. */
  wrote(count: number): boolean {
    return this.took(count, ANY_SUSPICION);
  }

  /** The content is whole: true where what is left of it is suspicious. The reader is spent afterwards. */
  endsSuspicious(): boolean {
    return this.drain(ANY_SUSPICION);
  }

  /** Gives back what it holds; the reader is spent. */
  release(): void {
    if (this.room !== undefined) giveBack(this.room);
    this.room = undefined;
  }

  /** Takes bytes in; hands each block on once it was searched, until the answer is true. */
  private fill(bytes: Uint8Array, onBlock: OnBlock): boolean {
    for (let at = 0; at < bytes.length;) {
      const space = this.space();
      const count = Math.min(bytes.length - at, space.length);
      space.set(bytes.subarray(at, at + count));
      at += count;
      if (this.took(count, onBlock)) return true;
    }
    return false;
  }

  private took(count: number, onBlock: OnBlock): boolean {
    const { block, margin } = this.sizes;
    this.filled += count;
    if (this.filled < this.from + block + margin) return false;
    if (this.block(this.from + block, onBlock)) return true;
    this.slide();
    return false;
  }

  private drain(onBlock: OnBlock): boolean {
    let found = false;
    while (!found && this.from < this.filled)
      found = this.block(Math.min(this.filled, this.from + this.sizes.block), onBlock);
    this.release();
    return found;
  }

  /** Lets go of what is more than a margin before the next block. */
  private slide(): void {
    const gone = this.from - this.sizes.margin;
    if (gone <= 0) return;
    this.room?.search.bytes.copyWithin(0, gone, this.filled);
    this.offset += gone;
    this.filled -= gone;
    this.from -= gone;
  }

  private block(to: number, onBlock: OnBlock): boolean {
    const search = this.room?.search;
    if (search === undefined) return false;
    // The search reads a little past the end of what there is.
    search.bytes.fill(0, this.filled, this.filled + 64);
    const { margin } = this.sizes;
    const begin = Math.max(0, this.from - margin);
    const window: ByteWindow = {
      bytes: search.bytes.subarray(begin, Math.min(this.filled, to + margin)),
      offset: this.offset + begin,
      from: this.from - begin,
      to: to - begin,
    };
    const { suspicion, facts } = new BlockSearch(search, this.filled, this.offset).run(this.from, to);
    if (this.isCredentialsFile && window.offset === 0 && window.from === 0) suspicion.plain = true;
    const isSuspicious = suspicion.plain || suspicion.stripped || suspicion.wide.includes(true);
    this.from = to;
    return onBlock({ window, suspicion, isSuspicious, facts });
  }

  /** Examines the suspicious blocks, and keeps count of the lines in all of them. */
  private collectInto(candidates: Candidate[]): OnBlock {
    const { rules, isCredentialsFile } = this;
    return ({ window, suspicion, isSuspicious, facts }) => {
      const form = (this.form ??= textFormOf(window.bytes));
      const { start } = this;
      if (isSuspicious) candidates.push(...examine(window, suspicion, { form, start, rules, isCredentialsFile }));
      this.start = afterBlock(start, window, form, facts);
      return false;
    };
  }
}

interface SearchedBlock {
  readonly window: ByteWindow;
  readonly suspicion: Suspicion;
  readonly isSuspicious: boolean;
  readonly facts: Facts;
}

type OnBlock = (block: SearchedBlock) => boolean;

/** Neither the text's form nor line numbers have a say in it. */
const ANY_SUSPICION: OnBlock = ({ isSuspicious }) => isSuspicious;

interface Facts {
  lineFeeds: number;
  hasNul: boolean;
  hasHigh: boolean;
}

/** The search of one block, for keywords as they are and with NULs between their bytes. */
class BlockSearch {
  private readonly suspicion: Suspicion = { plain: false, wide: [false, false], stripped: false };

  constructor(
    private readonly room: SearchRoom,
    private readonly filled: number,
    private readonly offset: number,
  ) {}

  run(from: number, to: number): { readonly suspicion: Suspicion; readonly facts: Facts } {
    const before = Math.max(0, from - SLACK);
    const after = Math.min(this.filled, to + SLACK);
    const edges = [this.searchPlain(before, from), this.searchPlain(to, after)];
    const facts = this.searchPlain(from, to);
    if (facts.hasNul || edges.some(({ hasNul }) => hasNul)) this.searchStripped(before, after);
    return { suspicion: this.suspicion, facts };
  }

  private searchPlain(from: number, to: number): Facts {
    const bytes = this.room.bytes.subarray(0, this.filled);
    return this.search(from, to, (at, keyword) => {
      if (!this.suspicion.plain && mayBeFinding(bytes, at, keyword, 'as-they-are')) this.suspicion.plain = true;
    });
  }

  private search(from: number, to: number, onHit: (at: number, keyword: number) => void): Facts {
    const facts: Facts = { lineFeeds: 0, hasNul: false, hasHigh: false };
    for (let at = from; at < to;) {
      const answer: SearchAnswer = this.room.search(at, to);
      const { hits } = answer;
      for (let hit = 0; hit < hits.length; hit += 2) onHit(hits[hit] ?? 0, hits[hit + 1] ?? 0);
      facts.lineFeeds += answer.lineFeeds;
      facts.hasNul ||= answer.hasNul;
      facts.hasHigh ||= answer.hasHigh;
      at = answer.next;
    }
    return facts;
  }

  private searchStripped(from: number, to: number): void {
    const out = this.filled + 64;
    const blockEnd = this.room.strip(from, to, out);
    const end = this.room.strip(to, this.filled, blockEnd);
    this.room.bytes.fill(0, end, end + 64);
    const stripped = this.room.bytes.subarray(0, end);
    const rawPlaceOf = this.placesOfStripped(from, out);
    this.search(out, blockEnd, (at, keyword) => {
      if (at >= out && mayBeFinding(stripped, at, keyword, 'unknown')) this.classify(rawPlaceOf(at));
    });
  }

  /** How the bytes of a keyword lie that was found without NULs. */
  private classify(at: number): void {
    const bytes = this.room.bytes;
    const reach = Math.min(this.filled, at + 160);
    if (bytes[at + 1] === 0 && bytes[at + 2] !== 0 && bytes[at + 3] === 0) {
      this.suspicion.wide[(this.offset + at) % 2 === 0 ? 0 : 1] = true;
      return;
    }
    for (let near = at; near < reach; near += 1) if (bytes[near] === 0) this.suspicion.stripped = true;
  }

  /** Tells where a byte of the stripped copy lies in the room. Asked for in almost ascending order. */
  private placesOfStripped(from: number, out: number): (at: number) => number {
    let raw = from;
    let copied = out - 1;
    return (at) => {
      if (at <= copied) {
        raw = from;
        copied = out - 1;
      }
      for (; raw < this.filled; raw += 1) {
        if (this.room.bytes[raw] !== 0) copied += 1;
        if (copied === at) return raw++;
      }
      return raw;
    };
  }
}
