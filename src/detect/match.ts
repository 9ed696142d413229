import type { RuleId } from '../rules/rule';
import type { Encoding } from './candidate';

/** A secret, or what has the shape of one, at its place in a text. Offsets are UTF-16 code units; `end` is one past. */
export interface Match {
  readonly rule: RuleId;
  readonly start: number;
  readonly end: number;
  /** Where the search could begin: the keyword, a value's key, a table's header. It decides which block owns the match. */
  readonly anchor: number;
  /** The secret itself, decoded. */
  readonly value: string;
  readonly encoding: Encoding;
  /** False where only the shape is there: a placeholder, a part of a longer word, a wrong checksum. It is masked all the same. */
  readonly counts: boolean;
}
