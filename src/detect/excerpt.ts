/** What a report shows of the line around a secret, and what the line says about letting it through. */
import { firstIndex } from '../base/search';
import { maskText, type MaskedPart } from './mask';

/** An excerpt's length at most, in UTF-16 code units. */
const EXCERPT_LENGTH = 200;
const ELLIPSIS = '…';

/** Where a secret stands: the text of a block, the secret's place in it, and what of the text is masked. */
export interface Surroundings {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly mask: string;
  /** Apart and in order. */
  readonly masked: readonly MaskedPart[];
}

/** The number of the first part that ends after `index`. */
function firstPartAfter(parts: readonly MaskedPart[], index: number): number {
  return firstIndex(parts.length, (at) => (parts[at]?.end ?? 0) > index);
}

/** The text between two places with masks in it; a part that reaches over either end is there whole. */
function maskedBetween({ text, masked }: Surroundings, from: number, to: number): string {
  let shown = '';
  let at = from;
  for (let number = firstPartAfter(masked, from); number < masked.length; number += 1) {
    const part = masked[number];
    if (part === undefined || part.start >= to) break;
    shown += text.slice(at, Math.max(at, part.start)) + part.mask;
    at = part.end;
  }
  return shown + text.slice(at, Math.max(at, to));
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function lastOf(text: string, length: number): string {
  const from = text.length - length;
  return isLowSurrogate(text.charCodeAt(from)) ? text.slice(from + 1) : text.slice(from);
}

function firstOf(text: string, length: number): string {
  return isLowSurrogate(text.charCodeAt(length)) ? text.slice(0, length - 1) : text.slice(0, length);
}

/** The line around a secret, every secret on it masked, cut to EXCERPT_LENGTH around the one at hand. */
export function excerptOf(surroundings: Surroundings): string {
  const { text, masked } = surroundings;
  const part = masked[firstPartAfter(masked, surroundings.start)];
  const start = Math.min(surroundings.start, part?.start ?? surroundings.start);
  const end =
    part !== undefined && part.start < surroundings.end ? Math.max(surroundings.end, part.end) : surroundings.end;
  const earliest = Math.max(0, start - 2 * EXCERPT_LENGTH);
  const from = earliest + text.slice(earliest, start).lastIndexOf('\n') + 1;
  const within = text.slice(end, end + 2 * EXCERPT_LENGTH);
  const feed = within.indexOf('\n');
  const to = end + (feed < 0 ? within.length : feed);
  const cutBefore = from === earliest && from > 0 && text.charAt(from - 1) !== '\n';
  const cutAfter = feed < 0 && to < text.length;
  const after = maskedBetween(surroundings, end, to);
  return cut(maskedBetween(surroundings, from, start), surroundings.mask, cutAfter ? after : after.replace(/\r$/, ''), {
    before: cutBefore,
    after: cutAfter,
  });
}

function cut(
  before: string,
  mask: string,
  after: string,
  isCut: { readonly before: boolean; readonly after: boolean },
): string {
  const room = EXCERPT_LENGTH - mask.length;
  if (before.length + after.length <= room && !isCut.before && !isCut.after) return before + mask + after;
  const shown = room - 2 * ELLIPSIS.length;
  const right = Math.min(after.length, Math.max(Math.ceil(shown / 2), shown - before.length));
  const left = Math.min(before.length, shown - right);
  const head = left < before.length || isCut.before ? ELLIPSIS + lastOf(before, left) : before;
  const tail = right < after.length || isCut.after ? firstOf(after, right) + ELLIPSIS : after;
  return head + mask + tail;
}

const ALLOW = /cratesguard:allow(?![\w:-])([^\n]{0,1024})/g;
const COMMENT_CLOSERS = /(?:\s|\*\/|--+>|#\}|\}\}|%>|\*\)|-\}|"""|''')+$/;

export interface InlineAllow {
  /** Masked; null where the comment gives none. */
  readonly reason: string | null;
}

function reasonIn(rest: string): string | null {
  const reason = maskText(rest.replace(COMMENT_CLOSERS, '').trim());
  return /[\p{L}\p{N}]/u.test(reason) ? reason : null;
}

/** Tells of a place in the text which `cratesguard:allow REASON` stands after it on its line. */
export function inlineAllowsOf(text: string): (end: number) => InlineAllow | null {
  const comments = [...text.matchAll(ALLOW)];
  return (end) => {
    const comment = comments[firstIndex(comments.length, (at) => (comments[at]?.index ?? 0) >= end)];
    if (comment === undefined || text.slice(end, comment.index).includes('\n')) return null;
    return { reason: reasonIn(comment[1] ?? '') };
  };
}
