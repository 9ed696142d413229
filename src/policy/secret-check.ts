/**
 * The tokens that have a shape of their own. Boundaries are left out on purpose: what looks like a key in a
 * configuration is refused, whatever stands around it.
 */
const TOKEN_SHAPES = /cio(?:_tp_)?[A-Za-z0-9]{32}|k3\.secret\.[A-Za-z0-9_-]{64}|cargo_session=[^\s;"'<>$]{8}/;

/** True where a text holds what looks like one of the keys this program is there to keep out. */
export function holdsSecret(text: string): boolean {
  return TOKEN_SHAPES.test(text);
}

/**
 * A short word of a configuration as a message may quote it; null where it could be a key of a registry that gives them
 * no shape, or is no word.
 */
export function quotable(text: string): string | null {
  if (!/^[\p{L}\p{N}$_.:/*-][\p{L}\p{N}$_.:/* -]{0,39}$/u.test(text) || holdsSecret(text)) return null;
  return /[A-Za-z0-9]{16}/.test(text) && /\d/.test(text) ? null : `'${text}'`;
}
