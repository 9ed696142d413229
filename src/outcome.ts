/**
 * What a command came to. A command returns an Outcome; only main knows the numbers that a shell sees.
 */
export type Outcome =
  /** Nothing blocks. */
  | { readonly kind: 'clean' }
  /** At least one finding blocks, or the answer asked for is not good news. */
  | { readonly kind: 'blocked' }
  /** Wrong usage or a wrong configuration; nothing was scanned. */
  | { readonly kind: 'usage' }
  /** It could not be done, or not whole. Unread is never clean. */
  | { readonly kind: 'incomplete' };

export function exitCodeOf(outcome: Outcome): 0 | 1 | 2 | 3 {
  switch (outcome.kind) {
    case 'clean':
      return 0;
    case 'blocked':
      return 1;
    case 'usage':
      return 2;
    case 'incomplete':
      return 3;
  }
}
