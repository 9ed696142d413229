/** Decodes a block in which a finding may be anchored, and makes the candidates that it owns. */
import type { RuleId } from '../rules/rule';
import type { Candidate } from './candidate';
import { excerptOf, inlineAllowsOf } from './excerpt';
import { knownExample } from './known-example';
import { placesIn, type BlockStart } from './line-count';
import { maskedParts, maskOf } from './mask';
import type { Match } from './match';
import { findSecrets, findShapes } from './matches';
import { Secret } from './secret';
import {
  embeddedUtf16View,
  strippedView,
  utf16View,
  utf8View,
  type ByteWindow,
  type StrippedView,
  type TextForm,
  type View,
} from './window';

/** The forms in which keywords were found, and so in which the block is read. */
export interface Suspicion {
  /** Bytes that lie side by side. */
  plain: boolean;
  /** Every other byte is a NUL; the keyword's bytes lie at even or at odd offsets of the content. */
  readonly wide: [even: boolean, odd: boolean];
  /** NULs in between in some other way. */
  stripped: boolean;
}

export interface ExamineOptions {
  readonly form: TextForm;
  readonly start: BlockStart;
  readonly rules: ReadonlySet<RuleId>;
  readonly isCredentialsFile: boolean;
}

/** A place in bytes of the window, for what was found in more than one view. */
interface Found {
  readonly from: number;
  readonly to: number;
  readonly make: (
    line: (unit: number) => { readonly line: number; readonly column: number },
    primary: View,
  ) => Candidate;
}

function viewOf(window: ByteWindow, form: TextForm): View {
  return form === 'utf-8' ? utf8View(window) : utf16View(window, form, 0);
}

function secondaryViews(window: ByteWindow, form: TextForm, suspicion: Suspicion): readonly View[] {
  const views: View[] = [];
  if (form !== 'utf-8' && suspicion.plain) views.push(utf8View(window));
  suspicion.wide.forEach((isSuspect, parity) => {
    if (!isSuspect) return;
    // A keyword at even offsets is little-endian text at even offsets, or big-endian text at odd ones.
    const covered = (form === 'utf-16le' && parity === 0) || (form === 'utf-16be' && parity === 1);
    if (!covered)
      views.push(embeddedUtf16View(window, 'utf-16le', parity), embeddedUtf16View(window, 'utf-16be', 1 - parity));
  });
  if (suspicion.stripped) views.push(strippedView(window));
  return views;
}

function isStripped(view: View): view is StrippedView {
  return 'isOneText' in view;
}

function belongsTo(view: View, match: Match): boolean {
  if (!isStripped(view)) return true;
  return match.rule.startsWith('crates-io-') && view.isOneText(match.start, match.end);
}

function candidatesOf(view: View, window: ByteWindow, options: ExamineOptions, isWide: boolean): readonly Found[] {
  const { text } = view;
  const isCredentialsFile = options.isCredentialsFile && window.offset === 0;
  const shapes = findShapes(text, { isCredentialsFile });
  const owned = findSecrets(shapes, options.rules).filter((match) => {
    const anchor = view.byteAt(match.anchor);
    return anchor >= window.from && anchor < window.to && belongsTo(view, match);
  });
  if (owned.length === 0) return [];
  const masked = maskedParts(text, shapes);
  const inlineAllow = inlineAllowsOf(text);
  return owned.map((match) => {
    const { rule, start, end, value } = match;
    const mask = maskOf(rule);
    const from = view.byteAt(start);
    const to = view.byteAt(end - 1) + 1;
    return {
      from,
      to,
      make: (placeOf, primary) => {
        const { line, column } = placeOf(view === primary ? start : primary.unitAt(from));
        const length = view === primary ? end - start : primary.unitAt(to) - primary.unitAt(from);
        return {
          rule,
          secret: new Secret(value, mask),
          encoding: isWide && match.encoding === 'plain' ? 'utf-16' : match.encoding,
          line,
          column,
          endColumn: column + length,
          excerpt: excerptOf({ text, start, end, mask, masked }),
          inlineAllow: inlineAllow(end),
          knownExample: knownExample(value),
        };
      },
    };
  });
}

/** The candidates anchored in the window's block, in order. */
export function examine(window: ByteWindow, suspicion: Suspicion, options: ExamineOptions): readonly Candidate[] {
  const primary = viewOf(window, options.form);
  const found: Found[] = [...candidatesOf(primary, window, options, options.form !== 'utf-8')];
  for (const view of secondaryViews(window, options.form, suspicion)) {
    const isWide = !isStripped(view) && !(options.form !== 'utf-8' && view.byteAt(1) - view.byteAt(0) === 1);
    for (const candidate of candidatesOf(view, window, options, isWide))
      if (!found.some(({ from, to }) => from < candidate.to && candidate.from < to)) found.push(candidate);
  }
  if (found.length === 0) return [];
  const placeOf = placesIn(primary, options.start, primary.unitAt(window.from));
  return found.map(({ make }) => make(placeOf, primary)).sort((a, b) => a.line - b.line || a.column - b.column);
}
