/** Masks: what may be shown of a text with secrets in it. Liberal, since a false mask harms nobody. */
import { ruleOf } from '../rules/all';
import { RULE_IDS, type RuleId } from '../rules/rule';
import type { Match } from './match';
import { findShapes } from './matches';

/** A part of a text and what is shown in its place. */
export interface MaskedPart {
  readonly start: number;
  readonly end: number;
  readonly mask: string;
}

/** The public prefix of a rule's secrets, and `*` for the rest. */
export function maskOf(rule: RuleId): string {
  const { prefix, stars } = ruleOf(rule).mask;
  return prefix + '*'.repeat(stars);
}

const ANYTHING = '*'.repeat(8);

interface LiberalMask {
  /** With one group: what is masked. */
  readonly pattern: RegExp;
  readonly mask: string;
}

/** What looks enough like a secret to stay hidden, whether or not a rule would report it. */
const LIBERAL: readonly LiberalMask[] = [
  { pattern: /(cio_tp_[A-Za-z0-9]{12,4096})/dg, mask: maskOf('crates-io-trustpub-token') },
  { pattern: /(cio[A-Za-z0-9]{32,4096})/dg, mask: maskOf('crates-io-api-token') },
  { pattern: /(k3\.secret\.[A-Za-z0-9_-]{12,4096})/dg, mask: maskOf('cargo-secret-key') },
  { pattern: /cargo_session=\\{0,8}["']?([^\s;"'\\]{6,4096})/dg, mask: ANYTHING },
  {
    // A GitHub expression is a reference, and the run book shows one that must stay valid. What ends in a colon is the
    // key of another value, on the line below.
    pattern:
      /CARGO_REGISTR[A-Z0-9_]{1,80}(?:TOKEN|KEY)[^\w*]{1,8}(?<!\$\{\{\s{0,2})(?![\w.-]{1,64}\\{0,8}["']?:\s)((?:(?:Bearer|Basic)\s)?[^\s"'`\\${}<>()]{6,4096})/dgi,
    mask: ANYTHING,
  },
  {
    pattern:
      /(?:token|secret-key|private-key)\\{0,8}["']?\s{0,8}=\s{0,8}\\{0,8}["']((?:[^"'\\\n]|\\[^"'\n]){6,4096})/dgi,
    mask: ANYTHING,
  },
  { pattern: /--token[\s=,"')]{1,16}(?:\.arg\(["'])?([^\s"'`,;)$<{][^\s"'`,;)]{7,4096})/dg, mask: ANYTHING },
  { pattern: /\blogin\s[^\n]{0,80}?\s?([A-Za-z0-9+/_=.-]{16,4096})/dg, mask: ANYTHING },
  { pattern: /:\/\/[^\s/@:]{0,256}:([^\s/@]{1,1024})@/dg, mask: ANYTHING },
  {
    pattern: /authorization["']?\s{0,8}[:=]\s{0,8}["']?(?:(?:bearer|basic|token)\s)?([^\s"',;]{8,4096})/dgi,
    mask: ANYTHING,
  },
];

/** What this room has masked already stays as it is, so that masking twice is masking once. */
const MASKED = /^(?:(?:Bearer|Basic|Token)\s)?(?:cio_tp_|cio|k3\.secret\.)?\*{8,}\W*$/i;

interface RankedPart extends MaskedPart {
  /** The lower, the more its mask tells. */
  readonly rank: number;
}

function liberalParts(text: string): readonly RankedPart[] {
  return LIBERAL.flatMap(({ pattern, mask }) =>
    [...text.matchAll(pattern)].flatMap((found) => {
      const [start, end] = found.indices?.[1] ?? [0, 0];
      return end > start && !MASKED.test(text.slice(start, end)) ? [{ start, end, mask, rank: RULE_IDS.length }] : [];
    }),
  );
}

/** The parts of a text that must not be shown, apart and in order. `shapes` are the text's own. */
export function maskedParts(text: string, shapes: readonly Match[]): readonly MaskedPart[] {
  const exact = shapes.map(({ rule, start, end }) => ({
    start,
    end,
    mask: maskOf(rule),
    rank: RULE_IDS.indexOf(rule),
  }));
  const parts = [...exact, ...liberalParts(text)].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: RankedPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last === undefined || part.start >= last.end) merged.push(part);
    else {
      const shown = part.rank < last.rank ? part : last;
      merged[merged.length - 1] = { ...shown, start: last.start, end: Math.max(last.end, part.end) };
    }
  }
  return merged;
}

/** A text with everything masked that looks like a secret: paths, refs, messages of other programs. */
export function maskText(text: string): string {
  let masked = '';
  let shown = 0;
  for (const { start, end, mask } of maskedParts(text, findShapes(text, { isCredentialsFile: true }))) {
    masked += text.slice(shown, start) + mask;
    shown = end;
  }
  return masked + text.slice(shown);
}
