import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { recordRemotes } from '../../../src/git/remote-record';
import type { Git } from '../../../src/git/run';
import { managerPush, pushSource } from '../../../src/sources/push';
import { repositoryAt, temporaryRepository, type Repository } from '../../support/repository';
import { places, scan, type Scan } from '../../support/scanning';
import { apiToken } from '../../support/tokens';

const ZERO = '0'.repeat(40);
let repository: Repository;
let remote: Repository;

beforeEach(async () => {
  repository = temporaryRepository();
  remote = repositoryAt(join(repository.path, '..', 'remote.git'), repository.env, ['--bare']);
  repository.git('remote', 'add', 'origin', remote.path);
  await recordRemotes(repositoryGit());
  repository.stage('base.txt', 'base\n');
  repository.commit('base');
});
afterEach(() => {
  repository.remove();
});

const repositoryGit = (): Git => ({ cwd: repository.path, env: repository.env });

function push(input: string, name = 'origin', url = remote.path): Promise<Scan> {
  return scan(pushSource({ cwd: repository.path, env: repository.env, remote: { name, url }, input }));
}

/** The line that git writes for `ref`, whose tip at the remote is `old`. */
function line(ref: string, old = ZERO): string {
  return `${ref} ${repository.git('rev-parse', ref)} ${ref} ${old}\n`;
}

function leak(path: string): string {
  repository.stage(path, `k=${apiToken(path)}\n`);
  return repository.commit(`add ${path}`);
}

test('a new branch, at an empty remote: everything; nothing that the remote has', async () => {
  const commit = leak('a.txt');
  const first = await push(line('refs/heads/main'));
  expect(first.found.map(({ path, object }) => [path, object])).toEqual([['a.txt', commit]]);
  expect(first.found[0]?.content.provenance).toMatchObject({ ref: 'refs/heads/main' });

  repository.git('push', '-q', 'origin', 'main');
  repository.git('checkout', '-q', '-b', 'topic');
  expect(places(await push(line('refs/heads/topic')))).toEqual([]);
  leak('b.txt');
  expect(places(await push(line('refs/heads/topic')))).toEqual(['b.txt:1']);
});

test('the name that a ref gets on the remote, and not the one that it has here', async () => {
  repository.git('branch', `here/${apiToken('here')}`);
  const oid = repository.git('rev-parse', 'HEAD');
  const { found } = await push(
    `refs/heads/here/${apiToken('here')} ${oid} refs/heads/fine ${ZERO}\nrefs/heads/main ${oid} refs/heads/${apiToken('there')} ${ZERO}\n`,
  );
  expect(found.map(({ token, content }) => [token === apiToken('there'), content.where])).toEqual([[true, 'ref-name']]);
  expect((await push(`(delete) ${ZERO} refs/heads/${apiToken('gone')} ${oid}\n`)).found).toEqual([]);
});

test('the remote is known by the old tip alone, too', async () => {
  const old = leak('a.txt');
  leak('b.txt');
  expect(places(await push(line('refs/heads/main', old)))).toEqual(['b.txt:1']);
});

test('an unknown old tip, a URL as remote, another address and another remote: judged in full', async () => {
  leak('a.txt');
  repository.git('push', '-q', 'origin', 'main');
  repository.git('remote', 'add', 'origin/deep', join(remote.path, '..', 'deep.git'));
  repository.git('update-ref', 'refs/remotes/origin/deep/main', 'main');
  leak('b.txt');
  repository.git('config', 'remote.o*.url', remote.path);
  const input = line('refs/heads/main', '1'.repeat(40));
  expect(places(await push(input))).toEqual(['b.txt:1']);
  expect(places(await push(input, remote.path))).toEqual(['a.txt:1', 'b.txt:1']);
  expect(places(await push(input, 'origin', '/elsewhere'))).toEqual(['a.txt:1', 'b.txt:1']);
  expect(places(await push(input, 'o*'))).toEqual(['a.txt:1', 'b.txt:1']);
  expect(places(await push(input, 'ori'))).toEqual(['a.txt:1', 'b.txt:1']);
  // A remote within the other's refs is not that remote.
  repository.git('update-ref', 'refs/remotes/origin/deep/main', 'main');
  expect(places(await push(input))).toEqual(['b.txt:1']);
  // Fetched from one place, pushed to another.
  repository.git('remote', 'set-url', '--push', 'origin', '/elsewhere');
  expect(places(await push(input, 'origin', '/elsewhere'))).toEqual(['a.txt:1', 'b.txt:1']);
  repository.git('config', `url.${remote.path}.insteadOf`, 'short:');
  repository.git('remote', 'set-url', 'origin', 'short:');
  expect(places(await push(input))).toEqual(['b.txt:1']);
});

test('a deletion and a push of nothing pass', async () => {
  expect(places(await push(`(delete) ${ZERO} refs/heads/gone ${repository.git('rev-parse', 'HEAD')}\n`))).toEqual([]);
  expect(places(await push(''))).toEqual([]);
});

test('what git does not write is an error', async () => {
  const oid = repository.git('rev-parse', 'HEAD');
  for (const input of [
    'a b c\n',
    `refs/heads/main ${oid}\n`,
    `x ${oid} refs/heads/x ${oid.slice(1)}\n`,
    '\n',
    `\n${line('HEAD')}`,
    'a b c d e\n',
  ])
    await expect(push(input)).rejects.toMatchObject({ code: 'damaged' });
  expect(places(await push(`HEAD^{/b a se}:x ${oid} refs/heads/x ${ZERO}`))).toEqual([]);
});

test('every ref counts, whatever its name, and each content names its ref', async () => {
  repository.git('checkout', '-q', '-b', 'one');
  leak('one.txt');
  repository.git('checkout', '-q', '-b', 'two', 'main');
  leak('two.txt');
  repository.git('update-ref', 'refs/odd/x', 'one');
  const input = [line('refs/heads/main'), line('refs/odd/x'), line('refs/heads/two')].join('');
  const result = await push(input);
  expect(places(result)).toEqual(['one.txt:1', 'two.txt:1']);
  const refs = result.found.map(({ content: { provenance } }) => ('ref' in provenance ? provenance.ref : ''));
  expect(refs.sort()).toEqual(['refs/heads/two', 'refs/odd/x']);
});

test('tags: annotated, nested, of a blob and of a tree; notes', async () => {
  repository.git('push', '-q', 'origin', 'main');
  repository.git('tag', '-a', 'inner', '-m', `inner ${apiToken('inner')}`);
  repository.git('tag', '-a', 'outer', '-m', 'outer', 'inner');
  expect(places(await push(line('refs/tags/outer')))).toEqual(['-:1']);

  const blob = repository.gitWith(`x\n${apiToken('blob')}`, 'hash-object', '-w', '--stdin');
  repository.git('tag', '-a', 'blob', '-m', 'blob', blob);
  repository.git('update-ref', 'refs/odd/blob', blob);
  expect(places(await push(line('refs/tags/blob')))).toEqual(['-:2']);
  expect(places(await push(line('refs/odd/blob')))).toEqual(['-:2']);

  repository.git('update-index', '--add', '--cacheinfo', `100644,${blob},dir/${apiToken('name')}`);
  const tree = repository.git('write-tree');
  repository.git('tag', 'tree', tree);
  const result = await push(line('refs/tags/tree'));
  expect(result.found.map(({ content, line: at }) => `${content.where}:${at}`).sort()).toEqual([
    'file:2',
    'path-name:1',
  ]);

  repository.git('notes', 'add', '-m', `note ${apiToken('note')}`, 'HEAD');
  expect((await push(line('refs/notes/commits'))).found).toHaveLength(1);
});

test('messages, moves of what the remote has, and a line beside an old token', async () => {
  leak('a.txt');
  repository.git('push', '-q', 'origin', 'main');
  repository.git('mv', 'a.txt', 'moved.txt');
  repository.commit('move');
  repository.stage('moved.txt', `k=${apiToken('a.txt')}\nmore\n`);
  repository.commit('beside');
  const old = repository.git('rev-parse', 'origin/main');
  expect(places(await push(line('refs/heads/main', old)))).toEqual([]);
  repository.commit(`subject\n\nuse ${apiToken('message')}`);
  expect(places(await push(line('refs/heads/main', old)))).toEqual(['-:3']);
});

describe('which tracking refs are believed', () => {
  beforeEach(() => {
    leak('old.txt');
    repository.git('push', '-q', 'origin', 'main', 'main:kept', 'main:merged');
    repository.git('checkout', '-q', '-b', 'topic');
  });

  test('none after the remote moved, until they move too', async () => {
    const moved = repositoryAt(join(repository.path, '..', 'moved.git'), repository.env, ['--bare']).path;
    const topic = () => push(line('refs/heads/topic'), 'origin', moved);
    expect(places(await push(line('refs/heads/topic')))).toEqual([]);
    repository.git('remote', 'set-url', 'origin', moved);
    expect(places(await topic())).toEqual(['old.txt:1']);
    expect(places(await topic())).toEqual(['old.txt:1']);
    repository.commit('more');
    repository.git('push', '-q', 'origin', 'topic:main');
    expect(places(await topic())).toEqual([]);
    repository.git('remote', 'set-url', 'origin', remote.path);
    expect(places(await push(line('refs/heads/topic')))).toEqual(['old.txt:1']);
  });

  test('none of a remote that was never seen', async () => {
    rmSync(join(repository.path, '.git', 'cratesguard'), { recursive: true });
    expect(places(await push(line('refs/heads/topic')))).toEqual(['old.txt:1']);
  });

  test('not that of a branch which the remote lacks, and none where it is the default branch', async () => {
    expect(
      places(await push(line('refs/heads/topic') + line('refs/heads/topic').replaceAll('topic ', 'merged '))),
    ).toEqual([]);
    repository.git('remote', 'set-head', 'origin', 'main');
    expect(places(await push(line('refs/heads/main')))).toEqual(['old.txt:1']);
    repository.git('remote', 'set-head', 'origin', 'kept');
    expect(places(await push(line('refs/heads/main')))).toEqual([]);
  });
});

test('what pre-commit and prek tell instead of git', async () => {
  const commit = leak('a.txt');
  const told = async (variables: Record<string, string>) => {
    const env = { ...repository.env, ...variables };
    return scan(pushSource({ cwd: repository.path, env, ...(await managerPush({ cwd: repository.path, env })) }));
  };
  const remoteIs = { PRE_COMMIT_REMOTE_NAME: 'origin', PRE_COMMIT_REMOTE_URL: remote.path };
  const branch = { PRE_COMMIT_LOCAL_BRANCH: 'refs/heads/main', PRE_COMMIT_REMOTE_BRANCH: 'refs/heads/x' };
  const result = await told({ ...remoteIs, ...branch, PRE_COMMIT_FROM_REF: 'main', PRE_COMMIT_TO_REF: commit });
  expect(result.found[0]?.content.provenance).toMatchObject({ ref: 'refs/heads/x' });
  expect(places(result)).toEqual(['a.txt:1']);
  expect(places(await told({ ...remoteIs, ...branch }))).toEqual(['a.txt:1']);
  repository.git('push', '-q', 'origin', 'main');
  expect(places(await told({ ...remoteIs, ...branch }))).toEqual([]);
  for (const nothing of [{}, remoteIs, { PRE_COMMIT_TO_REF: 'nonsense' }])
    await expect(told(nothing)).rejects.toMatchObject({ code: 'damaged' });
});

test('a shallow clone: more is judged, never less', async () => {
  leak('a.txt');
  repository.stage('b.txt', 'b\n');
  repository.commit('b');
  repository.git('push', '-q', 'origin', 'main');
  repository.git('clone', '-q', '--depth', '1', `file://${remote.path}`, '../shallow');
  const shallow = join(repository.path, '..', 'shallow');
  const tip = repository.git('-C', shallow, 'rev-parse', 'HEAD');
  await recordRemotes({ cwd: shallow, env: repository.env });
  const input = `refs/heads/x ${tip} refs/heads/x ${ZERO}\n`;
  const at = (name: string, url: string) =>
    scan(pushSource({ cwd: shallow, env: repository.env, remote: { name, url }, input }));
  expect(places(await at('origin', `file://${remote.path}`))).toEqual([]);
  expect(places(await at('elsewhere', '/elsewhere'))).toEqual(['a.txt:1']);
});

test('a partial clone: a missing object is an error, and nothing is fetched', async () => {
  repository.stage('b.txt', 'clean\n');
  repository.commit('b');
  repository.git('push', '-q', 'origin', 'main');
  remote.git('config', 'uploadpack.allowFilter', 'true');
  repository.git('clone', '-q', '--no-checkout', '--filter=blob:none', `file://${remote.path}`, '../partial');
  const partial = join(repository.path, '..', 'partial');
  const tip = repository.git('-C', partial, 'rev-parse', 'HEAD');
  const input = `refs/heads/x ${tip} refs/heads/x ${ZERO}\n`;
  const result = await scan(
    pushSource({ cwd: partial, env: repository.env, remote: { name: '/other', url: '/other' }, input }),
  );
  expect(result.unreadable).toHaveLength(2);
  expect(
    repository.git('-C', partial, 'rev-list', '--objects', '--missing=print', '--quiet', 'HEAD').split('\n'),
  ).toHaveLength(2);
});

test('a missing commit and a tip that is not here', async () => {
  leak('a.txt');
  const middle = repository.commit('middle');
  leak('b.txt');
  rmSync(join(repository.path, '.git', 'objects', middle.slice(0, 2), middle.slice(2)));
  const result = await push(`refs/heads/main ${repository.git('rev-parse', 'HEAD')} refs/heads/main ${ZERO}\n`);
  expect(result.unreadable.length).toBeGreaterThan(0);
  const gone = await push(`refs/heads/main ${'2'.repeat(40)} refs/heads/main ${ZERO}\n`);
  expect(gone.unreadable).toHaveLength(1);
});
