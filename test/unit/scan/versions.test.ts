import type { Candidate } from '../../../src/detect/candidate';
import { createDetector } from '../../../src/detect/detector';
import { RULE_IDS } from '../../../src/rules/rule';
import { createVersions } from '../../../src/scan/versions';
import type { Content } from '../../../src/sources/content';
import { apiToken } from '../../support/tokens';

function candidatesIn(text: string): readonly Candidate[] {
  const detector = createDetector({ path: 'a', rules: new Set(RULE_IDS) });
  return [...detector.push(Buffer.from(text)), ...detector.end()];
}

function version(path: string, oid: string, ...old: readonly string[]): Content {
  return {
    kind: 'content',
    provenance: { kind: 'commit', commit: oid, ref: null },
    path,
    where: 'file',
    bytes: Buffer.alloc(0),
    version: { oid, old },
  };
}

test('a secret is new where no version of a parent holds it on such a line', () => {
  const versions = createVersions();
  const [one, two] = [apiToken('one'), apiToken('two')];
  const linesOf = (content: Content, text: string) =>
    versions.added(content, candidatesIn(text))?.map(({ line }) => line);
  expect(linesOf(version('a', '1'), `k=${one}\n`)).toEqual([1]);
  expect(linesOf(version('a', '2', '1'), `\nk=${one}\nk=${two}\n`)).toEqual([3]);
  expect(linesOf(version('a', '3', '2'), `k=${one} # cratesguard:allow old\nk=${two}\n`)).toEqual([1]);
  expect(linesOf(version('a', '4'), `k=${two}\n`)).toEqual([1]);
  expect(linesOf(version('a', '5', '4', '1'), `k=${one}\nk=${two}\n`)).toEqual([]);
  expect(linesOf(version('b', '6', '1'), `k=${one}\n`)).toEqual([1]);
  expect(versions.added({ ...version('a', '7'), version: undefined } as unknown as Content, [])).toBeNull();
});
