import type { SourceItem } from './content';

/** What a scan makes of a clone that lacks older commits (`git clone --depth`). */
export interface ShallowRule {
  /** `allowed`: the part that is here is taken for the whole (`--allow-shallow`). */
  readonly shallow?: 'refused' | 'allowed';
  /** What gets the rest, for the message; without it, git's own command. */
  readonly shallowHint?: string;
}

const DEFAULT_HINT = 'run `git fetch --unshallow`, or add --allow-shallow to scan what is here';

/** What to say of a clone that ends inside of what is scanned: unreadable, or a notice where that is allowed. */
export function cutOff({ shallow = 'refused', shallowHint = DEFAULT_HINT }: ShallowRule): SourceItem {
  if (shallow === 'allowed')
    return { kind: 'skipped', path: '.git/shallow', reason: 'shallow clone: older commits were not scanned' };
  const reason = `this is a shallow clone, and older commits that belong to the scan are not here: ${shallowHint}`;
  return { kind: 'unreadable', path: null, reason };
}
