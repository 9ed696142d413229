import { describeCommits, isAskable, remoteBranchesWith, tipVersions } from '../../../src/git/exposure';
import { repositoryAt, temporaryRepository, type Repository } from '../../support/repository';

let repository: Repository;
let git: { cwd: string; env: NodeJS.ProcessEnv };
beforeEach(() => {
  repository = temporaryRepository();
  git = { cwd: repository.path, env: repository.env };
});
afterEach(() => {
  repository.remove();
});

function commitOn(day: string, content: string): string {
  const later = repositoryAt(repository.path, { ...repository.env, GIT_COMMITTER_DATE: `${day}T00:00:00Z` });
  later.stage('a.txt', content);
  return later.commit(`change\nof ${content}`);
}

async function versionsOf(...paths: readonly string[]): Promise<unknown[]> {
  const versions: unknown[] = [];
  for await (const { path, refs, bytes } of tipVersions(git, paths))
    versions.push([path, Buffer.isBuffer(bytes) && bytes.toString(), refs]);
  return versions;
}

test('when a commit was made, and its subject in one line', async () => {
  const [one, two] = [commitOn('2026-01-02', 'one'), commitOn('2026-01-03', 'two')];
  const author = { name: 'dev', email: 'dev@example.com', time: Date.parse('2026-01-01') / 1000 };
  expect(await describeCommits(git, [two, one])).toEqual(
    new Map([
      [two, { time: Date.parse('2026-01-03') / 1000, subject: 'change of two', author }],
      [one, { time: Date.parse('2026-01-02') / 1000, subject: 'change of one', author }],
    ]),
  );
  expect(await describeCommits(git, [])).toEqual(new Map());
});

test('the branches of remotes that reach a commit, through merges too', async () => {
  const base = repository.commit('base');
  const main = repository.commit('main');
  repository.git('checkout', '-q', '-b', 'side', base);
  const side = repository.commit('side');
  const merge = repository.git('commit-tree', '-p', main, '-p', side, '-m', 'merge', `${main}^{tree}`);
  const unpushed = repository.commit('unpushed');
  const [early, late] = ['refs/remotes/origin/main', 'refs/remotes/other/main'];
  repository.git('update-ref', early, main);
  repository.git('update-ref', late, merge);
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', early);
  expect(await remoteBranchesWith(git, [base, main, side, unpushed])).toEqual(
    new Map([
      [base, [early, late]],
      [main, [early, late]],
      [side, [late]],
      [unpushed, []],
    ]),
  );
});

test('the versions of a file in the tips of all branches, each once', async () => {
  const first = commitOn('2026-01-02', 'one');
  commitOn('2026-01-03', 'two');
  repository.git('branch', 'old', first);
  repository.git('update-ref', 'refs/remotes/origin/main', first);
  expect(await versionsOf('a.txt', 'gone.txt')).toEqual([
    ['a.txt', 'two', ['refs/heads/main']],
    ['a.txt', 'one', ['refs/heads/old', 'refs/remotes/origin/main']],
  ]);
  expect(await versionsOf('gone.txt')).toEqual([]);
});

test('names that git cannot be asked for line by line', () => {
  expect(['a b/ü.txt', 'a\nb', 'a\\xFF'].map(isAskable)).toEqual([true, false, false]);
});
