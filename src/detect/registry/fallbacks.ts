/** What is taken where a variable is not set: a literal that a shell or a program carries for that case. */
import { literalAt, quotedAt, type Span } from './literal';
import { couldBeKey } from './value';

/** `${X:-literal}`, `${X:=literal}`, `${X-literal}`, `${X=literal}` (POSIX, Shell Command Language, section 2.6.2). */
const EXPANSION = /:?[-=]/y;
/** `X || "literal"`, `X ?? "literal"`, `get("X") or "literal"`, `var("X").unwrap_or("literal")` and their assignments. */
const ALTERNATIVE =
  /(?:\\{0,8}["'`])?[\])}]{0,3}[ \t]*(?:(?:\|\||\?\?)=?|\bor\b|\.unwrap_or(?:_else)?\([ \t]*(?:\|_?\|)?)[ \t]*/y;

/** The literal that stands in for a variable whose name lies between `start` and `end`, or null. */
export function fallbackValue(place: {
  readonly text: string;
  readonly end: number;
  readonly before: string;
}): Span | null {
  const { text, end, before } = place;
  if (before.endsWith('${')) {
    EXPANSION.lastIndex = end;
    return EXPANSION.test(text) ? literalAt(text, EXPANSION.lastIndex, 'shell-word') : null;
  }
  ALTERNATIVE.lastIndex = end;
  if (!ALTERNATIVE.test(text)) return null;
  const span = quotedAt(text, ALTERNATIVE.lastIndex)?.span ?? null;
  return span !== null && couldBeKey(text.slice(span.start, span.end)) ? span : null;
}
