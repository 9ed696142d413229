import type { Candidate } from '../../../src/detect/candidate';
import { Secret } from '../../../src/detect/secret';
import type { Place } from '../../../src/policy/policy';

/** A candidate as the detector would give it; `value` is the secret. */
export function candidateOf(value: string, changes: Partial<Candidate> = {}): Candidate {
  return {
    rule: 'crates-io-api-token',
    secret: new Secret(value, `${value.slice(0, 3)}********`),
    encoding: 'plain',
    line: 1,
    column: 1,
    endColumn: value.length + 1,
    excerpt: '',
    inlineAllow: null,
    knownExample: null,
    ...changes,
  };
}

export function fileAt(path: string): Place {
  return { path, inFile: true };
}
