/** Lines and columns across blocks: where each block begins, and where a place of its text is. */
import { firstIndex } from '../base/search';
import { characterBoundary, countUnits } from './utf8';
import { markLength, type ByteWindow, type TextForm, type View } from './window';

/** What lies before a block. */
export interface BlockStart {
  /** Line feeds before it. */
  readonly lineFeeds: number;
  /** UTF-16 code units between the last of them and the block. */
  readonly units: number;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

interface BlockFacts {
  readonly lineFeeds: number;
  readonly hasHigh: boolean;
}

const LINE_FEED = 0x0a;

function afterUtf8(start: BlockStart, { bytes, offset, from, to }: ByteWindow, facts: BlockFacts): BlockStart {
  const lineFeeds = start.lineFeeds + facts.lineFeeds;
  const end = characterBoundary(bytes, to, bytes.length);
  if (facts.lineFeeds > 0) {
    const last = bytes.subarray(from, to).lastIndexOf(LINE_FEED) + from;
    return { lineFeeds, units: facts.hasHigh ? countUnits(bytes, last + 1, end) : to - last - 1 };
  }
  const begin = offset === 0 && from === 0 ? markLength(bytes, 'utf-8') : characterBoundary(bytes, from, bytes.length);
  return { lineFeeds, units: start.units + (facts.hasHigh ? countUnits(bytes, begin, end) : to - from) };
}

function afterUtf16(start: BlockStart, { bytes, offset, from, to }: ByteWindow, form: TextForm): BlockStart {
  const low = form === 'utf-16le' ? 0 : 1;
  let { lineFeeds, units } = start;
  for (let at = offset === 0 && from === 0 ? markLength(bytes, form) : from; at + 1 < to; at += 2) {
    units += 1;
    if (bytes[at + low] === LINE_FEED && bytes[at + 1 - low] === 0) {
      lineFeeds += 1;
      units = 0;
    }
  }
  return { lineFeeds, units };
}

/** Where the next block begins. Blocks of UTF-16 begin at even offsets. */
export function afterBlock(start: BlockStart, window: ByteWindow, form: TextForm, facts: BlockFacts): BlockStart {
  return form === 'utf-8' ? afterUtf8(start, window, facts) : afterUtf16(start, window, form);
}

/** Tells the line and column of a code unit of the view; `blockUnit` is the one with which the block begins. */
export function placesIn({ text }: View, start: BlockStart, blockUnit: number): (unit: number) => Place {
  const feeds: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) feeds.push(at);
  const feedsBefore = (unit: number): number => firstIndex(feeds.length, (at) => (feeds[at] ?? 0) >= unit);
  const beforeBlock = feedsBefore(blockUnit);
  return (unit) => {
    const count = feedsBefore(unit);
    const lastFeed = feeds[count - 1];
    return {
      line: start.lineFeeds + count - beforeBlock + 1,
      column: lastFeed === undefined ? start.units + unit - blockUnit + 1 : unit - lastFeed,
    };
  };
}
