import { configOf } from '../../../src/policy/config';
import { parseJson } from '../../../src/policy/parse-json';
import { identityOf } from '../../../src/policy/entry';
import { createJudge } from '../../../src/policy/judge';
import { apiToken } from '../../support/tokens';
import { candidateOf, fileAt } from './candidates';

const VALUE = apiToken('new');

async function configFrom(allowlist: unknown) {
  const source = { name: 'a.json', text: JSON.stringify({ allowlist }) };
  return configOf(source, await parseJson(source));
}

async function judgeWith(allowlist: unknown, before: unknown) {
  const committed = jest.fn(async () =>
    before === null ? null : new Set((await configFrom(before)).allowlist.map(identityOf)),
  );
  const judge = createJudge({
    config: await configFrom(allowlist),
    today: '2026-01-01',
    inlineCounts: true,
    committed,
  });
  return { judge, committed };
}

const A = { paths: ['a', 'b'], reason: 'one' };

test.each<[string, unknown, unknown, boolean]>([
  ['was there', [A], [A], false],
  ['was there in other words', [A], [{ ...A, reason: 'two', paths: ['b', 'a'] }], false],
  ['was not there', [A], [], true],
  ['was narrower', [A], [{ ...A, paths: ['a'] }], true],
  ['had another end', [{ ...A, expires: '2027-01-01' }], [{ ...A, expires: '2026-06-01' }], true],
  ['cannot be told', [A], null, false],
])('an entry that %s is new: %#', async (_, now, before, expected) => {
  const { judge } = await judgeWith(now, before);
  expect((await judge(candidateOf(VALUE), fileAt('a'))).allowedBy).toEqual({
    kind: 'entry',
    reason: 'one',
    ...(expected && { new: true }),
  });
});

test('an entry that was there speaks before a new one', async () => {
  const { judge } = await judgeWith([A, { paths: ['*'], reason: 'old' }], [{ paths: ['*'], reason: 'old' }]);
  expect((await judge(candidateOf(VALUE), fileAt('a'))).allowedBy).toEqual({ kind: 'entry', reason: 'old' });
});

test('the committed file is asked for once, and only where an entry allows', async () => {
  const { judge, committed } = await judgeWith([A], []);
  await judge(candidateOf(VALUE), fileAt('c'));
  expect(committed).not.toHaveBeenCalled();
  await Promise.all([judge(candidateOf(VALUE), fileAt('a')), judge(candidateOf(VALUE), fileAt('b'))]);
  expect(committed).toHaveBeenCalledTimes(1);
});
