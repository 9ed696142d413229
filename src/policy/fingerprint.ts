import type { Secret } from '../detect/secret';
import { sha256 } from '../detect/sha256';

/** Below this many characters, the hash of a secret could be turned back by trying. */
const SHORTEST = 20;

/**
 * `sha256:` and the SHA-256 of the secret's UTF-8 bytes, in lower-case hex; for a crates.io API token that is what
 * crates.io itself stores. Null for a secret of fewer than 20 characters.
 */
export function fingerprintOf(secret: Secret): string | null {
  const value = secret.reveal();
  if (value.length < SHORTEST) return null;
  return `sha256:${sha256(value)}`;
}

/** Tells one secret from another, however short, in memory only: never to be stored or shown. */
export function identityOf(secret: Secret): string {
  return sha256(secret.reveal());
}
