import { registryToken, secretKey } from './cargo';
import { apiToken, session, trustpubToken } from './crates-io';
import type { Keyword } from './keyword';
import { RULE_IDS, type Rule, type RuleId } from './rule';

/** Every rule, in the order of RULE_IDS. */
export const RULES: readonly Rule[] = [trustpubToken, apiToken, secretKey, session, registryToken];

export const ALL_RULES: ReadonlySet<RuleId> = new Set(RULE_IDS);

/** The rule of an id. */
export function ruleOf(id: RuleId): Rule {
  for (const rule of RULES) if (rule.id === id) return rule;
  throw new Error(`no rule ${id}`);
}

function withoutRepeats(keywords: readonly Keyword[]): readonly Keyword[] {
  const seen = new Map(keywords.map((keyword) => [JSON.stringify(keyword), keyword]));
  return [...seen.values()];
}

/** What the search over bytes looks for. */
export const KEYWORDS: readonly Keyword[] = withoutRepeats(RULES.flatMap((rule) => rule.keywords));
