import type { RuleDescription } from '../report/reporter';
import { RULES } from '../rules/all';

/** What reports say of the rules. */
export const ruleDescriptions: readonly RuleDescription[] = RULES.map(({ id, summary, help }) => ({
  id,
  summary,
  help: [help.what, help.why, help.fix].join('\n\n'),
}));
