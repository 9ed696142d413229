/** The rules of CONTRACT.md, section 4, most specific first: where two match the same characters, the earlier one wins. */
export const RULE_IDS = [
  'crates-io-trustpub-token',
  'crates-io-api-token',
  'cargo-secret-key',
  'crates-io-session',
  'cargo-registry-token',
] as const;

export type RuleId = (typeof RULE_IDS)[number];

/** What a rule does with what it finds; `off` neither reports nor counts (but masks all the same). */
export type RuleMode = 'block' | 'warn' | 'off';
