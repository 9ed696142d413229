import type { GateTest } from './gate-test';
import type { Keyword } from './keyword';

/** The rules, most specific first: where two match the same characters, the earlier one wins. */
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

/** Makes well-formed secrets from a seed, so that no rule has to write one down. */
export interface TokenKit {
  readonly apiToken: (seed: string) => string;
  readonly trustpubToken: (seed: string, checksum?: 'right' | 'wrong') => string;
  readonly secretKey: (seed: string) => string;
  readonly registryToken: (seed: string, length?: number) => string;
  readonly sessionValue: (seed: string) => string;
}

/** A text that shows what a rule finds or what it leaves alone. */
export interface Sample {
  readonly text: (build: TokenKit) => string;
  /** The file it stands in, where that matters. */
  readonly path?: string;
}

export interface Rule {
  readonly id: RuleId;
  /** A few words, without a full stop. */
  readonly summary: string;
  /** Sentences for people who see a finding of this rule for the first time. */
  readonly help: { readonly what: string; readonly why: string; readonly fix: string };
  readonly mode: RuleMode;
  /** What may be shown of a secret: the prefix that all of them share, and how many `*` follow it. */
  readonly mask: { readonly prefix: string; readonly stars: number };
  /** Where the search over bytes begins: each finding holds at least one of these at its anchor. */
  readonly keywords: readonly Keyword[];
  /** One of these matches a line of every change that brings a finding. */
  readonly gate: readonly GateTest[];
  /** Each text holds exactly one finding of this rule, and no other. */
  readonly examples: readonly Sample[];
  /** No text holds a finding of any rule. */
  readonly nonExamples: readonly Sample[];
}
