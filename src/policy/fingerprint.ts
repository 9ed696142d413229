import type * as Crypto from 'node:crypto';
import { createRequire } from 'node:module';
import type { Secret } from '../detect/secret';

/** Loaded when there is something to hash: it takes ten milliseconds, and most scans find nothing. */
const load = createRequire(__filename);

/** Below this many characters, the hash of a secret could be turned back by trying. */
const SHORTEST = 20;

/**
 * `sha256:` and the SHA-256 of the secret's UTF-8 bytes, in lower-case hex; for a crates.io API token that is what
 * crates.io itself stores. Null for a secret of fewer than 20 characters.
 */
export function fingerprintOf(secret: Secret): string | null {
  const value = secret.reveal();
  if (value.length < SHORTEST) return null;
  const { createHash } = load('node:crypto') as typeof Crypto;
  return `sha256:${createHash('sha256').update(value).digest('hex')}`;
}
