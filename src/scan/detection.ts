import type { Candidate } from '../detect/candidate';
import { createDetector } from '../detect/detector';
import { GuardError, systemErrorCode } from '../base/error';
import type { Policy } from '../policy/policy';
import { RULE_IDS, type RuleId } from '../rules/rule';
import type { Content } from '../sources/content';

/** The rules that report; one that is off still masks. */
export function enabledRules(policy: Policy): ReadonlySet<RuleId> {
  return new Set(RULE_IDS.filter((id) => policy.modes[id] !== 'off'));
}

/** The candidates of a content; `failure` says why it could not be read to its end. */
export async function candidatesIn(
  content: Content,
  rules: ReadonlySet<RuleId>,
): Promise<{ candidates: readonly Candidate[]; failure: string | null }> {
  const detector = createDetector({
    path: content.path,
    rules,
    ...(content.encoding !== undefined && { encoding: content.encoding }),
  });
  const candidates: Candidate[] = [];
  const take = (found: readonly Candidate[]) => {
    for (const candidate of found) candidates.push(candidate);
  };
  let failure: string | null = null;
  try {
    if (content.bytes instanceof Uint8Array) take(detector.push(content.bytes));
    else for await (const chunk of content.bytes) take(detector.push(chunk));
  } catch (error) {
    failure = reasonOf(error);
  }
  // What came before a failure was read, and may hold a secret.
  take(detector.end());
  return { candidates, failure };
}

/** An expected failure's own words; anything else is a defect of this program and is thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof GuardError) return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  const code = systemErrorCode(error);
  if (code !== undefined) return `cannot be read (${code})`;
  throw error;
}
