/** A finding's line with the secret marked in it, cut to a width. */
import type { Finding } from '../scan/report';
import { escapeLine } from './escape';
import { displayWidth, fitting, fittingEnd } from './width';

/** Offsets into a text, the second one past the end. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function occurrences(text: string, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found.push(at);
  return found;
}

/**
 * Where the masked secret stands in its excerpt. An excerpt may be a piece of its line, and a mask may be shorter than
 * its secret, so the column is only the first guess; of several equal masks `ordinal` (0-based) picks one.
 */
export function maskSpan({ excerpt, secret, column }: Finding, ordinal: number): Span | null {
  const length = secret.length;
  if (length > 0 && excerpt.startsWith(secret, column - 1)) return { start: column - 1, end: column - 1 + length };
  const places = length > 0 ? occurrences(excerpt, secret) : [];
  const start = places[Math.min(ordinal, places.length - 1)];
  if (start !== undefined) return { start, end: start + length };
  const stars = /\*{8,}/.exec(excerpt);
  return stars === null ? null : { start: stars.index, end: stars.index + stars[0].length };
}

export interface MarkedLine {
  readonly before: string;
  readonly secret: string;
  readonly after: string;
  /** Spaces and `^` to stand under the line; empty where the secret cannot be pointed at. */
  readonly marker: string;
}

/** The excerpt, escaped, in at most `columns` columns with the secret in view. */
export function markedLine(finding: Finding, ordinal: number, columns: number): MarkedLine {
  const span = maskSpan(finding, ordinal);
  if (span === null)
    return { before: fitting(escapeLine(finding.excerpt).trimStart(), columns), secret: '', after: '', marker: '' };
  const secret = fitting(escapeLine(finding.excerpt.slice(span.start, span.end)), columns);
  const room = columns - displayWidth(secret);
  const before = cutStart(escapeLine(finding.excerpt.slice(0, span.start).trimStart().replaceAll('\t', ' ')), room);
  const after = cutEnd(
    escapeLine(finding.excerpt.slice(span.end).trimEnd().replaceAll('\t', ' ')),
    room - displayWidth(before),
  );
  return { before, secret, after, marker: ' '.repeat(displayWidth(before)) + '^'.repeat(displayWidth(secret)) };
}

/** What leads up to the secret may take up to three quarters of the room beside it. */
function cutStart(text: string, room: number): string {
  const most = Math.max(0, Math.floor((room * 3) / 4));
  if (displayWidth(text) <= most) return text;
  return most < 1 ? '' : `…${fittingEnd(text, most - 1)}`;
}

function cutEnd(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  return room < 1 ? '' : `${fitting(text, room - 1)}…`;
}
