import { describeSecretCommits, tipVersions } from '../../../src/git/exposure';
import { repositoryAt, temporaryRepository, type Repository } from '../../support/repository';

let repository: Repository;
beforeEach(() => {
  repository = temporaryRepository();
});
afterEach(() => {
  repository.remove();
});

test('first and last commit, the remotes that have one, and the tips that still hold the file', async () => {
  const git = { cwd: repository.path, env: repository.env };
  const commitOn = (day: string, content: string) => {
    const later = repositoryAt(repository.path, { ...repository.env, GIT_COMMITTER_DATE: `${day}T00:00:00Z` });
    later.stage('a.txt', content);
    return later.commit(content);
  };
  const first = commitOn('2026-01-02', 'one\n');
  const last = commitOn('2026-01-03', 'two\n');
  repository.git('branch', 'old', first);
  repository.git('update-ref', 'refs/remotes/origin/main', first);
  const described = await describeSecretCommits(git, [last, first]);
  expect(described.remoteBranches).toEqual(['refs/remotes/origin/main']);
  expect(described.first).toEqual({ oid: first, time: Date.parse('2026-01-02') / 1000 });
  expect(described.last).toEqual({ oid: last, time: Date.parse('2026-01-03') / 1000 });
  const versions = await tipVersions(git, 'a.txt');
  expect(versions.map(({ refs, bytes }) => [Buffer.isBuffer(bytes) && bytes.toString(), refs])).toEqual([
    ['two\n', ['refs/heads/main']],
    ['one\n', ['refs/heads/old', 'refs/remotes/origin/main']],
  ]);
  expect(await tipVersions(git, 'gone.txt')).toEqual([]);
});
