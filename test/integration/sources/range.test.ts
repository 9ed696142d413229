import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseRange, rangeSource, type RangeOptions } from '../../../src/sources/range';
import { temporaryRepository, type Repository } from '../../support/repository';
import { places, scan } from '../../support/scanning';
import { apiToken } from '../../support/tokens';

let repository: Repository;
const range = (text: string) => scan(rangeSource({ cwd: repository.path, env: repository.env, range: text }));

beforeEach(() => {
  repository = temporaryRepository();
  repository.stage('base.txt', 'base\n');
  repository.commit('base');
  repository.git('tag', 'base');
});
afterEach(() => {
  repository.remove();
});

test('a token added and removed again inside the range, at its commit', async () => {
  repository.stage('a.txt', `x\n${apiToken(1)}\n`);
  const commit = repository.commit('add');
  repository.git('rm', '-q', 'a.txt');
  repository.commit('remove');
  const result = await range('base..HEAD');
  expect(result.found.map(({ path, line, object }) => [path, line, object])).toEqual([['a.txt', 2, commit]]);
  expect(result.counts).toMatchObject({ files: 1, commits: 2 });
});

test('what the base has is not judged, what is added to it is', async () => {
  repository.stage('base.txt', `base\n${apiToken(1)}\n`);
  repository.commit('leak');
  repository.git('tag', 'leak');
  repository.stage('base.txt', `bass\n${apiToken(1)}\nmore\n`);
  repository.commit('beside');
  expect(places(await range('leak..HEAD'))).toEqual([]);
  expect(places(await range('base..HEAD'))).toEqual(['base.txt:2']);
});

test('a moved file and a restored one add all their lines', async () => {
  repository.stage('a.txt', apiToken(1));
  repository.commit('leak');
  repository.git('tag', 'leak');
  repository.git('mv', 'a.txt', 'b.txt');
  const moved = repository.commit('move');
  repository.git('rm', '-q', 'b.txt');
  repository.commit('remove');
  repository.stage('b.txt', apiToken(1));
  const restored = repository.commit('restore');
  const result = await range('leak..HEAD');
  expect(result.found.map(({ path, object }) => [path, object])).toEqual([
    ['b.txt', moved],
    ['b.txt', restored],
  ]);
});

test('the commit object: subject, body, author and extra headers; in the encoding it names', async () => {
  const tree = repository.git('write-tree');
  const raw = [
    `tree ${tree}`,
    `parent ${repository.git('rev-parse', 'HEAD')}`,
    `author ${apiToken(1)} <a@example.com> 1700000000 +0000`,
    'committer c <c@example.com> 1700000000 +0000',
    'encoding ISO-8859-1',
    `x-extra ${apiToken(2)}`,
    '',
    `subject`,
    '',
    `b\xf6dy ${apiToken(3)}`,
  ].join('\n');
  const commit = repository.gitWith(Buffer.from(raw, 'latin1'), 'hash-object', '-t', 'commit', '-w', '--stdin');
  repository.git('reset', '-q', '--hard', commit);
  const result = await range('base..HEAD');
  expect(places(result)).toEqual(['-:3', '-:3', '-:6']);
  expect(new Set(result.found.map(({ token }) => token)).size).toBe(3);
  expect(result.found.every(({ content }) => content.encoding === 'ISO-8859-1')).toBe(true);
  expect(result.found.every(({ object, content }) => object === commit && content.where === 'commit-message')).toBe(
    true,
  );
});

test('a merge is judged by what no parent has', async () => {
  repository.git('checkout', '-q', '-b', 'side');
  repository.stage('base.txt', 'base\nside\n');
  repository.stage('side.txt', apiToken('side'));
  repository.commit('side');
  repository.git('tag', 'sided');
  repository.git('checkout', '-q', 'main');
  repository.stage('main.txt', 'main\n');
  repository.commit('main');
  repository.git('merge', '-q', '--no-commit', '--no-ff', 'side');
  repository.stage('base.txt', `base\nside\n${apiToken('evil')}\n`);
  repository.stage('evil.txt', apiToken('evil'));
  const merge = repository.commit('merge');
  repository.git('tag', 'merged');
  expect(places(await range('merged^1..merged'))).toEqual(['base.txt:3', 'evil.txt:1', 'side.txt:1']);
  const result = await range('sided..merged');
  expect(places(result)).toEqual(['base.txt:3', 'evil.txt:1']);
  expect(result.found.every(({ object }) => object === merge)).toBe(true);
});

test('an octopus merge, with a file that only the merge has', async () => {
  for (const name of ['one', 'two', 'three']) {
    repository.git('checkout', '-q', '-b', name, 'base');
    repository.stage(`${name}.txt`, name);
    repository.commit(name);
  }
  repository.stage('evil.txt', apiToken(1));
  const tree = repository.git('write-tree');
  const merge = repository.git('commit-tree', tree, '-p', 'one', '-p', 'two', '-p', 'three', '-m', 'octopus');
  expect(places(await range(`base..${merge}`))).toEqual(['evil.txt:1']);
});

test('names, links and submodules', async () => {
  repository.stage(`dir/${apiToken(1)}/x.txt`, 'clean');
  const oid = repository.gitWith(`/tmp/${apiToken(2)}`, 'hash-object', '-w', '--stdin');
  repository.git('update-index', '--add', '--cacheinfo', `120000,${oid},link`);
  repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.git('rev-parse', 'HEAD')},sub`);
  repository.commit('names');
  const result = await range('base..HEAD');
  expect(result.found.map(({ content, line }) => `${content.where}:${line}`).sort()).toEqual([
    'path-name:1',
    'symlink:1',
  ]);
  expect(result.skipped.map(({ path }) => path)).toEqual(['sub']);
});

test('a missing and a damaged blob, and a missing tree: what can be read is reported, and the rest is an error', async () => {
  const oids: string[] = [];
  for (const name of ['a.txt', 'b.txt', 'c.txt']) {
    repository.stage(name, `${name} ${apiToken(name)}`);
    oids.push(repository.git('rev-parse', `:${name}`));
    repository.commit(name);
  }
  const remove = (oid = '') => {
    rmSync(join(repository.path, '.git', 'objects', oid.slice(0, 2), oid.slice(2)));
  };
  remove(oids[1]);
  const result = await range('base..HEAD');
  expect(places(result)).toEqual(['a.txt:1', 'c.txt:1']);
  expect(result.unreadable).toHaveLength(1);
  remove(repository.git('rev-parse', 'HEAD~1^{tree}'));
  const again = await range('base..HEAD');
  expect(places(again)).toContain('a.txt:1');
  expect(again.unreadable.length).toBeGreaterThan(1);
});

test('a shallow clone is whole where it ends below the range, and unread where it ends inside', async () => {
  repository.stage('a.txt', apiToken(1));
  repository.commit('leak');
  repository.git('rm', '-q', 'a.txt');
  repository.commit('removed');
  repository.commit('last');
  const shallow = (depth: number) => {
    repository.git('clone', '-q', '--depth', String(depth), `file://${repository.path}`, `../shallow-${depth}`);
    const cwd = join(repository.path, '..', `shallow-${depth}`);
    return (text: string, options: Partial<RangeOptions> = {}) =>
      scan(rangeSource({ cwd, env: repository.env, range: text, ...options }));
  };
  const [two, three] = [shallow(2), shallow(3)];
  expect((await three('HEAD~2..HEAD')).unreadable).toEqual([]);
  for (const depth of [2, 3])
    repository.git('-C', `../shallow-${depth}`, 'fetch', '-q', '--depth', '1', 'origin', 'tag', 'base');
  expect((await two('base..HEAD')).unreadable).toHaveLength(1);
  expect((await two('base..HEAD', { shallow: 'allowed' })).skipped).toHaveLength(1);
  // The parent of the last commit that git has came along as the base, so nothing is missing, and base.txt is not new.
  const whole = await three('base..HEAD');
  expect([places(whole), whole.unreadable, whole.counts.files]).toEqual([['a.txt:1'], [], 1]);
});

test('only A..B is a range', () => {
  expect(parseRange('origin/main..HEAD~2')).toEqual({ from: 'origin/main', to: 'HEAD~2' });
  for (const wrong of ['HEAD', 'a...b', '..b', 'a..', '', '...'])
    expect(() => parseRange(wrong)).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
});

test('an unknown revision, one that looks like an option, one with a line break', async () => {
  for (const unknown of ['nonsense', '--all', '-x', 'HEAD:base.txt', 'HEAD\nHEAD', '$(id)'])
    await expect(range(`${unknown}..HEAD`)).rejects.toHaveProperty(
      'code',
      expect.stringMatching(/unreadable|git-failed/),
    );
});

test('replace refs and grafts hide nothing; a bare repository and an empty range are fine', async () => {
  repository.stage('a.txt', apiToken(1));
  repository.commit('leak');
  repository.git(
    'replace',
    repository.git('rev-parse', 'HEAD:a.txt'),
    repository.gitWith('x', 'hash-object', '-w', '--stdin'),
  );
  repository.git('replace', 'HEAD', 'base');
  expect(places(await range('base..HEAD'))).toEqual(['a.txt:1']);
  expect(places(await range('HEAD..HEAD'))).toEqual([]);
  const bare = join(repository.path, '.git');
  expect(places(await scan(rangeSource({ cwd: bare, env: repository.env, range: 'base..HEAD' })))).toEqual(['a.txt:1']);
});
