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
  readonly range: () => { readonly from: number; readonly to: number };
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
  const secrets = findSecrets(shapes, options.rules).filter((match) => belongsTo(view, match));
  if (secrets.length === 0) return [];
  const [first, last] = [view.unitAt(window.from), view.unitAt(window.to)];
  const owned = secrets.filter(({ anchor }) => anchor >= first && anchor < last);
  if (owned.length === 0) return [];
  const masked = maskedParts(text, shapes);
  const inlineAllow = inlineAllowsOf(text);
  return owned.map((match) => {
    const { rule, start, end, value } = match;
    const mask = maskOf(rule);
    const range = (): { from: number; to: number } => ({ from: view.byteAt(start), to: view.byteAt(end - 1) + 1 });
    const unitsIn = (primary: View): { from: number; to: number } => {
      if (view === primary) return { from: start, to: end };
      const { from, to } = range();
      return { from: primary.unitAt(from), to: primary.unitAt(to) };
    };
    return {
      range,
      make: (placeOf, primary) => {
        const { from, to } = unitsIn(primary);
        const { line, column } = placeOf(from);
        return {
          rule,
          secret: new Secret(value, mask),
          encoding: isWide && match.encoding === 'plain' ? 'utf-16' : match.encoding,
          line,
          column,
          endColumn: column + to - from,
          excerpt: excerptOf({ text, start, end, mask, masked }),
          inlineAllow: inlineAllow(end),
          knownExample: knownExample(value),
        };
      },
    };
  });
}

function overlap(a: Found, b: Found): boolean {
  const [one, other] = [a.range(), b.range()];
  return one.from < other.to && other.from < one.to;
}

/** The candidates anchored in the window's block, in order. */
export function examine(window: ByteWindow, suspicion: Suspicion, options: ExamineOptions): readonly Candidate[] {
  const primary = viewOf(window, options.form);
  const found: Found[] = [...candidatesOf(primary, window, options, options.form !== 'utf-8')];
  for (const view of secondaryViews(window, options.form, suspicion)) {
    const isWide = !isStripped(view) && !(options.form !== 'utf-8' && view.byteAt(1) - view.byteAt(0) === 1);
    for (const candidate of candidatesOf(view, window, options, isWide))
      if (!found.some((other) => overlap(other, candidate))) found.push(candidate);
  }
  if (found.length === 0) return [];
  const placeOf = placesIn(primary, options.start, primary.unitAt(window.from));
  return found.map(({ make }) => make(placeOf, primary)).sort((a, b) => a.line - b.line || a.column - b.column);
}
