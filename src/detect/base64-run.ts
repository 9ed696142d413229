/**
 * Long base64 texts (integrity hashes, data URLs, certificates): a random run of 35 letters and digits in one starts
 * with `cio` once in 238,328, so there the shape alone is no finding.
 */
import { isAlphanumeric } from './characters';

const LONG = 64;
const LONGEST_INTRODUCTION = 'base64,'.length;

interface Alphabet {
  readonly holds: (code: number) => boolean;
}

const STANDARD: Alphabet = { holds: (code) => isAlphanumeric(code) || code === 0x2b || code === 0x2f };
const URL_SAFE: Alphabet = { holds: (code) => isAlphanumeric(code) || code === 0x2d || code === 0x5f };

interface Run {
  readonly start: number;
  readonly end: number;
  readonly isBase64: boolean;
}

/** Tells whether the plain shape from `start` to `end` is a part of a longer base64 text. */
export type Base64Check = (start: number, end: number) => boolean;

function runMeasure(text: string, alphabet: Alphabet): (start: number, end: number) => Run {
  // One run is asked about as often as it holds a shape, and measured once.
  let last: Run = { start: 0, end: -1, isBase64: false };
  return (start, end) => {
    if (last.start <= start && end <= last.end) return last;
    let from = start;
    while (from > 0 && alphabet.holds(text.charCodeAt(from - 1))) from -= 1;
    let to = end;
    while (to < text.length && alphabet.holds(text.charCodeAt(to))) to += 1;
    last = { start: from, end: to, isBase64: looksLikeBase64(text, from, to, alphabet) };
    return last;
  };
}

function looksLikeBase64(text: string, from: number, to: number, alphabet: Alphabet): boolean {
  let padded = to;
  while (padded - to < 2 && text.charCodeAt(padded) === 0x3d) padded += 1;
  if (padded - from < LONG) return false;
  // `key=value` at the end of a run is an assignment and no padding.
  if (padded > to && !(padded < text.length && alphabet.holds(text.charCodeAt(padded)))) return true;
  const run = text.slice(from, to);
  if (run.includes('+') || /^sha(?:256|384|512)-/.test(run)) return true;
  return /(?:sha(?:256|384|512)-|base64,)$/.test(text.slice(Math.max(0, from - LONGEST_INTRODUCTION), from));
}

const LONGEST_ADDRESS = 4096;

/** True in the path of a URL, whose slashes make no base64 of it. */
function inUrlPath(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - LONGEST_ADDRESS), start);
  const scheme = before.lastIndexOf('://');
  return scheme > 0 && /^[a-z]:\/\/[^\s"'`<>?#|(){}]*$/i.test(before.slice(scheme - 1));
}

export function base64CheckOf(text: string): Base64Check {
  const measures = [STANDARD, URL_SAFE].map((alphabet) => ({ alphabet, measure: runMeasure(text, alphabet) }));
  return (start, end) => {
    const inside = measures.some(({ alphabet, measure }) => {
      for (let at = start; at < end; at += 1) if (!alphabet.holds(text.charCodeAt(at))) return false;
      return measure(start, end).isBase64;
    });
    return inside && !inUrlPath(text, start);
  };
}
