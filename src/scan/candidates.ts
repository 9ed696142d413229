import type { Candidate } from '../detect/candidate';
import { mayHold } from '../detect/keyword-filter';
import { maskText } from '../detect/mask';
import { GuardError } from '../base/error';
import type { Place, Policy } from '../policy/policy';
import type { Source } from '../sources/content';
import { candidatesIn, enabledRules } from './detection';

export interface CandidatesOptions {
  readonly source: Source;
  readonly policy: Policy;
  readonly signal?: AbortSignal;
}

/**
 * Every candidate of a source, judged by nobody: also those on lines that a change does not add.
 *
 * @throws GuardError 'unreadable' where something could not be read
 */
export async function* candidatesOf({
  source,
  policy,
  signal,
}: CandidatesOptions): AsyncGenerator<{ readonly candidate: Candidate; readonly place: Place }> {
  const rules = enabledRules(policy);
  const counts = { files: 0, bytes: 0, commits: 0 };
  for await (const item of source.items({ mayHold, excluded: policy.excluded, counts, ...(signal && { signal }) })) {
    if (item.kind === 'skipped') continue;
    if (item.kind === 'unreadable') throw notWhole(item.path, item.reason);
    const { candidates, failure } = await candidatesIn(item, rules);
    if (failure !== null) throw notWhole(item.path, failure);
    for (const candidate of candidates) yield { candidate, place: { path: item.path, inFile: item.where === 'file' } };
  }
}

function notWhole(path: string | null, reason: string): GuardError {
  return new GuardError(
    'unreadable',
    `some content could not be scanned: ${path === null ? '' : `${maskText(path)}: `}${maskText(reason)}`,
  );
}
