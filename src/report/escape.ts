/**
 * C0 except line feed and tab, DEL, C1, the line and paragraph separators, and what turns the direction of text around
 * (Unicode's Bidi_Control): a terminal or a reader could be told to show something else than what is there.
 */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\r') return '\\r';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The text with every control character written out (`\x1b`, `\u202e`); line feeds and tabs stay. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escapeOf);
}

/** As escapeControls, and in one line: for a path, a ref, an excerpt or a reason. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/**
 * A value as JSON in which control characters beyond JSON's own are written as `\uXXXX` too, so that a JSON report can
 * be looked at in a terminal.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replace(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
