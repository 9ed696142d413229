import { GuardError } from '../base/error';
import { pathText } from '../base/path-text';

/** One line of what git writes to a `pre-push` or a `pre-receive` hook (githooks(5)). */
export interface RefUpdate {
  /** The ref on the receiving side, as text for a report. */
  readonly ref: string;
  /** What it is to point at; null where it is deleted. */
  readonly newOid: string | null;
  /** What it points at there now; null where it is new. */
  readonly oldOid: string | null;
}

const OID = '(?:[0-9a-f]{40}|[0-9a-f]{64})';
const LINES = {
  // The local side is what the user typed, and may hold spaces (`HEAD^{/fix it}:refs/heads/x`).
  'pre-push': new RegExp(`^.+ (?<new>${OID}) (?<ref>\\S+) (?<old>${OID})$`),
  'pre-receive': new RegExp(`^(?<old>${OID}) (?<new>${OID}) (?<ref>\\S+)$`),
} as const;

function orNull(oid: string): string | null {
  return /^0+$/.test(oid) ? null : oid;
}

/** Reads the hook's whole input, bytes as latin1. Throws GuardError 'damaged' at a line that git does not write. */
export function parseRefUpdates(input: string, hook: keyof typeof LINES): RefUpdate[] {
  const lines = input.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const { old: oldOid, new: newOid, ref } = LINES[hook].exec(line)?.groups ?? {};
    if (oldOid === undefined || newOid === undefined || ref === undefined || oldOid.length !== newOid.length)
      throw new GuardError(
        'damaged',
        `line ${index + 1} of what git writes to the ${hook} hook is not as it should be`,
        {
          hint: `the ${hook} hook must be run by git, with its standard input`,
        },
      );
    return { ref: pathText(Buffer.from(ref, 'latin1')), newOid: orNull(newOid), oldOid: orNull(oldOid) };
  });
}

/** What git takes for a full ref name (git-check-ref-format), so that no value can be a revision of another kind. */
export function isRefName(ref: string | null): ref is string {
  if (!ref?.startsWith('refs/')) return false;
  return !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[/.]$/.test(ref);
}
