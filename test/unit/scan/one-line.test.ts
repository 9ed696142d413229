import { policyFrom } from '../../../src/policy/load';
import { scan } from '../../../src/scan/scan';
import type { Source, Where } from '../../../src/sources/content';
import { apiToken } from '../../support/tokens';

function sourceOf(where: Where): Source {
  const bytes = Buffer.from(`one\nk=${apiToken('line')}`);
  return {
    name: 'image',
    items: async function* () {
      yield await Promise.resolve({ kind: 'content', provenance: { kind: 'worktree' }, path: 'a', where, bytes });
    },
  };
}

test.each<[Where, number]>([
  ['path-name', 1],
  ['symlink', 1],
  ['image-config', 1],
  ['file', 2],
])('a %s that holds a line feed has its finding on line %d', async (where, line) => {
  const { findings } = await scan({ source: sourceOf(where), policy: await policyFrom(null) });
  expect(findings.map((finding) => finding.line)).toEqual([line]);
});
