import { KNOWN_EXAMPLES } from '../rules/known-examples';
import { sha256 } from './sha256';

/** Why this secret is known to be a published example, or null. */
export function knownExample(value: string): string | null {
  return KNOWN_EXAMPLES.get(sha256(value)) ?? null;
}

export function isKnownExample(value: string): boolean {
  return knownExample(value) !== null;
}
