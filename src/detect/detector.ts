/**
 * The detector: bytes in, candidates out, synchronously and with flat memory. A content is cut into blocks at fixed
 * offsets; each is searched for keywords, and only a block with one that could open a secret is decoded and matched.
 */
import type { RuleId } from '../rules/rule';
import { BlockReader, type BlockSizes } from './blocks';
import type { Candidate } from './candidate';
import { withEncoding } from './labelled';

export interface DetectOptions {
  /** Where the content stands; a credentials file of Cargo's is known by its name. */
  readonly path: string | null;
  /** The rules that are on; by default all. What others match is masked all the same. */
  readonly rules?: ReadonlySet<RuleId>;
  /** The encoding that a commit's header names, such as `ISO-8859-1`. */
  readonly encoding?: string;
  /** For tests: how the content is cut into blocks. */
  readonly blocks?: BlockSizes;
}

export interface Detector {
  /**
   * The next bytes of the content; gives what can be told by now. The bytes may be reused afterwards. Candidates come in
   * the order of what they begin with: a value far below its table's header comes before what lies between them.
   */
  push(bytes: Uint8Array): readonly Candidate[];
  /** The content is whole; gives the rest. */
  end(): readonly Candidate[];
}

/** A detector for one content. */
export function createDetector(options: DetectOptions): Detector {
  const { encoding } = options;
  const detector = (): Detector => new BlockReader(options);
  return encoding === undefined ? detector() : withEncoding(encoding, detector);
}

/** All candidates of a content that is there whole, in order of place. */
export function detect(bytes: Uint8Array, options: DetectOptions): readonly Candidate[] {
  const detector = createDetector(options);
  return [...detector.push(bytes), ...detector.end()].sort((a, b) => a.line - b.line || a.column - b.column);
}
