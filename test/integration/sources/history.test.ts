import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historySource, type HistoryOptions } from '../../../src/sources/history';
import { rangeSource } from '../../../src/sources/range';
import { receiveSource } from '../../../src/sources/receive';
import { repositoryAt, temporaryRepository, type Repository } from '../../support/repository';
import { places, scan } from '../../support/scanning';
import { apiToken } from '../../support/tokens';

let repository: Repository;
const history = (options: Partial<HistoryOptions> = {}, cwd = repository.path) =>
  scan(historySource({ cwd, env: repository.env, ...options }));
const looseObject = (oid: string) => join(repository.path, '.git', 'objects', oid.slice(0, 2), oid.slice(2));

beforeEach(() => {
  repository = temporaryRepository();
  repository.stage('base.txt', 'base\n');
  repository.commit('base');
});
afterEach(() => {
  repository.remove();
});

/** One token in every place that a history has. */
function everywhere(): { leak: string } {
  repository.stage('gone.txt', `x\n${apiToken('gone')}\n`);
  const leak = repository.commit('gone');
  repository.git('rm', '-q', 'gone.txt');
  repository.commit('removed');
  repository.stage('gone.txt', `x\ny\n${apiToken('gone')}\n`);
  repository.commit('again');
  repository.git('checkout', '-q', '--orphan', 'other');
  repository.stage('orphan.txt', apiToken('orphan'));
  repository.commit('orphan');
  repository.git('checkout', '-q', '-f', 'main');
  repository.stage('stash.txt', apiToken('stash'));
  repository.git('stash', '-q');
  repository.git('tag', '-a', 'tag', '-m', apiToken('tag'));
  repository.commit(`message ${apiToken('message')}`);
  repository.git('notes', 'add', '-m', apiToken('note'));
  repository.git('worktree', 'add', '-q', '--detach', '../linked');
  repository.write('../linked/tree.txt', apiToken('tree'));
  repository.git('-C', '../linked', 'add', '.');
  repository.git('-C', '../linked', 'commit', '-q', '--no-verify', '-m', 'tree');
  const blob = repository.gitWith(apiToken('blob'), 'hash-object', '-w', '--stdin');
  repository.git('update-ref', 'refs/odd/blob', blob);
  repository.gitWith(apiToken('unreachable'), 'hash-object', '-w', '--stdin');
  return { leak };
}

const EVERYWHERE = ['gone', 'orphan', 'stash', 'tag', 'message', 'note', 'tree', 'blob'].map(apiToken);

test('every place that a history has, at the commit that brought it in, and nothing unreachable', async () => {
  const { leak } = everywhere();
  const result = await history();
  expect(EVERYWHERE.map((token) => result.found.some((found) => found.token === token))).toEqual(
    EVERYWHERE.map(() => true),
  );
  expect(result.found.filter(({ token }) => !EVERYWHERE.includes(token))).toHaveLength(0);
  const first = result.found.find(({ path }) => path === 'gone.txt');
  expect([first?.object, first?.line]).toEqual([leak, 2]);
  expect(result.unreadable).toEqual([]);
  expect(result.counts.commits).toBe(Number(repository.git('rev-list', '--all', '--count')));
});

test('several processes, packed, and from a bare repository: the same', async () => {
  everywhere();
  const alone = places(await history());
  repository.git('gc', '-q');
  expect(places(await history({ jobs: 3 }))).toEqual(alone);
  expect(places(await history({}, join(repository.path, '.git')))).toEqual(alone);
});

test('since a day: only the commits from then on', async () => {
  repository.stage('old.txt', apiToken(1));
  repository.commit('old');
  const env = { ...repository.env, GIT_COMMITTER_DATE: '2026-03-01T00:00:00Z' };
  const later = repositoryAt(repository.path, env);
  later.stage('new.txt', apiToken(2));
  later.commit('new');
  later.git('tag', '-a', 'v1', '-m', apiToken(3));
  expect(places(await history({ since: '2026-02-01' }))).toEqual(['-:1', 'new.txt:1']);
  for (const wrong of ['yesterday', '2026-02-31', '2026', '', '2026-02-01 10'])
    expect(() => historySource({ cwd: '.', env: {}, since: wrong })).toThrow(
      expect.objectContaining({ code: 'usage' }) as Error,
    );
});

test('a missing blob, a damaged one, a missing commit, a broken ref: errors, and what can be read is reported', async () => {
  repository.stage('a.txt', apiToken('a'));
  repository.stage('b.txt', apiToken('b'));
  repository.commit('ab');
  const missing = repository.git('rev-parse', ':b.txt');
  rmSync(looseObject(missing));
  const first = await history();
  expect(places(first)).toEqual(['a.txt:1']);
  expect(first.unreadable.map(({ reason }) => reason.includes(missing))).toEqual([true]);

  repository.git('reset', '-q', '--hard', 'HEAD~1');
  repository.stage('c.txt', apiToken('c'));
  repository.stage('d.txt', 'd\n');
  repository.commit('cd');
  const damaged = looseObject(repository.git('rev-parse', ':d.txt'));
  rmSync(damaged);
  writeFileSync(damaged, 'not an object');
  const second = await history();
  expect(places(second)).toEqual(['c.txt:1']);
  expect(second.unreadable.length).toBeGreaterThan(0);

  rmSync(damaged);
  repository.gitWith('d\n', 'hash-object', '-w', '--stdin');
  expect((await history()).unreadable).toEqual([]);
  writeFileSync(join(repository.path, '.git', 'refs', 'heads', 'broken'), 'nonsense\n');
  expect((await history()).unreadable).toHaveLength(1);
  writeFileSync(join(repository.path, '.git', 'refs', 'heads', 'broken'), `${'1'.repeat(40)}\n`);
  expect((await history()).unreadable).toHaveLength(1);
  rmSync(join(repository.path, '.git', 'refs', 'heads', 'broken'));
});

test('of a history with a missing commit: what comes after it, and what another tip reaches', async () => {
  repository.stage('before.txt', apiToken('before'));
  repository.commit('before');
  repository.stage('other.txt', 'other\n');
  repository.commit('lost');
  repository.stage('next.txt', apiToken('next'));
  repository.commit('next');
  repository.stage('last.txt', apiToken('last'));
  repository.commit(apiToken('message'));
  repository.git('checkout', '-q', '-b', 'side', 'main~3');
  repository.stage('side.txt', apiToken('side'));
  repository.commit('side');
  rmSync(looseObject(repository.git('rev-parse', 'main~2')));
  const result = await history();
  expect([...new Set(places(result))].sort()).toEqual([
    '-:1',
    'before.txt:1',
    'last.txt:1',
    'next.txt:1',
    'side.txt:1',
  ]);
  expect(result.unreadable.length).toBeGreaterThan(0);
  const range = await scan(rangeSource({ cwd: repository.path, env: repository.env, range: 'side..main' }));
  expect(places(range).sort()).toEqual(['-:1', 'before.txt:1', 'last.txt:1', 'next.txt:1']);
  expect(range.unreadable.length).toBeGreaterThan(0);
});

test('the names of refs, older stash entries, and what a work tree has for itself', async () => {
  repository.git('branch', `b/${apiToken('branch')}`);
  repository.git('tag', apiToken('tag'));
  for (const name of ['newest', 'middle', 'oldest'].reverse()) {
    repository.stage('stash.txt', apiToken(name));
    repository.git('stash', '-q');
  }
  repository.git('worktree', 'add', '-q', '--detach', '../linked');
  for (const place of ['.', '../linked']) {
    repository.git('-C', place, 'checkout', '-q', '--detach');
    repository.write(`${place}/own.txt`, apiToken(place));
    repository.git('-C', place, 'add', '.');
    repository.git('-C', place, 'commit', '-q', '--no-verify', '-m', 'own');
    repository.git('-C', place, 'update-ref', 'refs/worktree/own', 'HEAD');
    repository.git('-C', place, 'checkout', '-q', '--detach', 'main');
  }
  const expected = ['branch', 'tag', 'newest', 'middle', 'oldest', '.', '../linked'].map(apiToken).sort();
  for (const cwd of [repository.path, join(repository.path, '..', 'linked'), join(repository.path, '.git')]) {
    const { found, unreadable } = await history({}, cwd);
    expect([...new Set(found.map(({ token }) => token))].sort()).toEqual(expected);
    expect(found.filter(({ content }) => content.where === 'ref-name')).toHaveLength(2);
    expect(unreadable).toEqual([]);
  }
});

test('a shallow clone is not the whole history, unless it is said to be', async () => {
  repository.stage('a.txt', apiToken(1));
  repository.commit('leak');
  repository.git('clone', '-q', '--depth', '1', `file://${repository.path}`, '../shallow');
  const shallow = join(repository.path, '..', 'shallow');
  const result = await history({}, shallow);
  expect(places(result)).toEqual(['a.txt:1']);
  expect(result.unreadable.map(({ reason }) => reason).join()).toContain('`git fetch --unshallow`');
  const allowed = await history({ shallow: 'allowed' }, shallow);
  expect(allowed.unreadable).toEqual([]);
  expect(allowed.skipped.map(({ path }) => path)).toEqual(['.git/shallow']);
});

test('in the middle of a rebase, with a detached and an orphaned HEAD, in an empty repository, and in none', async () => {
  repository.stage('a.txt', apiToken(1));
  repository.commit('leak');
  repository.git('checkout', '-q', '--detach');
  repository.stage('b.txt', apiToken(2));
  repository.commit('detached');
  expect(places(await history())).toEqual(['a.txt:1', 'b.txt:1']);
  repository.git('checkout', '-q', '--orphan', 'nothing-yet');
  expect(places(await history())).toEqual(['a.txt:1']);
  const empty = repositoryAt(join(repository.path, '..', 'empty'), repository.env);
  expect(places(await history({}, empty.path))).toEqual([]);
  await expect(history({}, join(repository.path, '..'))).rejects.toMatchObject({ code: 'no-repository' });
});

test('what a server receives, in its quarantine', async () => {
  const server = repositoryAt(join(repository.path, '..', 'server.git'), repository.env, ['--bare']);
  repository.git('push', '-q', server.path, 'main');
  const old = repository.git('rev-parse', 'HEAD');
  repository.stage('a.txt', apiToken(1));
  const leak = repository.commit('leak');
  const quarantine = join(repository.path, '.git', 'objects');
  const env = {
    ...repository.env,
    GIT_DIR: '.',
    GIT_OBJECT_DIRECTORY: quarantine,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(server.path, 'objects'),
    GIT_QUARANTINE_PATH: quarantine,
  };
  const receive = (input: string) => scan(receiveSource({ cwd: server.path, env, input }));
  const result = await receive(`${old} ${leak} refs/heads/main\n`);
  expect(result.found.map(({ path, object }) => [path, object])).toEqual([['a.txt', leak]]);
  expect(places(await receive(`${'0'.repeat(40)} ${old} refs/heads/new\n`))).toEqual([]);
  expect(places(await receive(`${old} ${'0'.repeat(40)} refs/heads/main\n`))).toEqual([]);
  for (const input of ['', 'x\n', `${old} ${leak}\n`])
    await expect(receive(input)).rejects.toMatchObject({ code: 'damaged' });
});
