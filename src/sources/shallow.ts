import type { Git } from '../git/run';
import { shallowBoundary } from '../git/tips';
import type { SourceItem } from './content';

/** What a scan makes of a clone that lacks older commits (`git clone --depth`). */
export interface ShallowRule {
  /** `allowed`: the part that is here is taken for the whole (`--allow-shallow`). */
  readonly shallow?: 'refused' | 'allowed';
  /** What gets the rest, for the message; without it, git's own command. */
  readonly shallowHint?: string;
}

const DEFAULT_HINT = 'run `git fetch --unshallow`, or add --allow-shallow to scan what is here';

/**
 * Unreadable where the clone ends inside of what is scanned, or a notice where that is allowed; nothing where all of it is
 * here. `commits` are those that are scanned; null stands for the whole history.
 */
export async function cutOff(
  git: Git,
  commits: readonly string[] | null,
  { shallow = 'refused', shallowHint = DEFAULT_HINT }: ShallowRule,
): Promise<SourceItem[]> {
  const boundary = await shallowBoundary(git);
  if (boundary.size === 0 || commits?.some((oid) => boundary.has(oid)) === false) return [];
  if (shallow === 'allowed')
    return [{ kind: 'skipped', path: '.git/shallow', reason: 'shallow clone: older commits were not scanned' }];
  const reason = `this is a shallow clone, and older commits that belong to the scan are not here: ${shallowHint}`;
  return [{ kind: 'unreadable', path: null, reason }];
}
