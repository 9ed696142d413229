/**
 * The two kinds of key that crates.io accepts, as its server makes them (crates_io_database/src/utils/token.rs,
 * crates_io_trustpub/src/access_token.rs).
 */
export type TokenKind = 'api-token' | 'trustpub-token';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const TRUSTPUB_PREFIX = 'cio_tp_';
const TRUSTPUB_RAW_LENGTH = 31;

/** What `text` is, as a whole; null where it is neither kind (a wrong checksum makes it neither). */
export function tokenKind(text: string): TokenKind | null {
  if (/^cio[A-Za-z0-9]{32}$/.test(text)) return 'api-token';
  if (/^cio_tp_[A-Za-z0-9]{32}$/.test(text) && hasRightChecksum(text)) return 'trustpub-token';
  return null;
}

/** The kind's public prefix and `*` for the rest, as every mask of this program. */
export function maskOf(kind: TokenKind): string {
  return (kind === 'api-token' ? 'cio' : TRUSTPUB_PREFIX) + '*'.repeat(32);
}

function hasRightChecksum(token: string): boolean {
  const body = token.slice(TRUSTPUB_PREFIX.length);
  let sum = 0;
  for (const character of body.slice(0, TRUSTPUB_RAW_LENGTH)) sum ^= character.charCodeAt(0);
  return ALPHABET.charAt(sum % ALPHABET.length) === body.charAt(TRUSTPUB_RAW_LENGTH);
}
