/**
 * A name for the same thing in report after report: 128 bits of FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) with
 * four different starts. It tells findings apart and keeps nothing secret, so it need not be cryptographic.
 */

const PRIME = 0x01000193;
const STARTS = [0x811c9dc5, 0x3c6ef372, 0xa54ff53a, 0x510e527f] as const;

function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), PRIME);
    hash = Math.imul(hash ^ (unit >>> 8), PRIME);
  }
  return hash >>> 0;
}

/** 32 lower-case hex digits that depend on the parts, their order and their borders. */
export function stableId(parts: readonly (string | number | null)[]): string {
  const text = JSON.stringify(parts);
  return STARTS.map((start) => fnv1a(text, start).toString(16).padStart(8, '0')).join('');
}

/** The same as a UUID of version 8 (RFC 9562, section 5.8: what is in it is up to us). */
export function stableUuid(parts: readonly (string | number | null)[]): string {
  const hex = stableId(parts);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
