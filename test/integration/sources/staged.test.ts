import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stagedSource } from '../../../src/sources/staged';
import { temporaryRepository, type Repository } from '../../support/repository';
import { places, scan } from '../../support/scanning';
import { apiToken } from '../../support/tokens';

let repository: Repository;
const staged = (cwd = repository.path, env = repository.env) => scan(stagedSource({ cwd, env }));

beforeEach(() => {
  repository = temporaryRepository();
});
afterEach(() => {
  repository.remove();
});

test('the first commit: everything is added', async () => {
  repository.stage('a.txt', `x\nk=${apiToken(1)}\n`);
  const result = await staged();
  expect(places(result)).toEqual(['a.txt:2']);
  expect(result.counts).toEqual({ files: 1, bytes: 40, commits: 0 });
});

test('an old token beside a changed line is not added, a new one is', async () => {
  repository.stage('a.txt', `one\n${apiToken(1)}\nthree\n`);
  repository.commit('leak');
  repository.stage('a.txt', `uno\n${apiToken(1)}\ntres\n${apiToken(2)}\n`);
  expect(places(await staged())).toEqual(['a.txt:4']);
});

test('content that looks like a diff, without a newline at the end', async () => {
  repository.stage('s.sql', '-- a/x');
  repository.commit('s');
  repository.stage(
    's.sql',
    `-- a/x\n++ b/o\n@@ -1 +1 @@\ndiff --git a/z b/z\n-- a/x\n\\ No newline at end of file\nk=${apiToken(1)}`,
  );
  expect(places(await staged())).toEqual(['s.sql:7']);
});

test('nothing staged, and only a mode changed', async () => {
  repository.stage('a.sh', apiToken(1));
  repository.commit('leak');
  expect(places(await staged())).toEqual([]);
  repository.git('update-index', '--chmod=+x', 'a.sh');
  expect(places(await staged())).toEqual([]);
});

test('a moved file adds all its lines', async () => {
  repository.stage('old.txt', apiToken(1));
  repository.commit('leak');
  repository.git('mv', 'old.txt', 'new.txt');
  expect(places(await staged())).toEqual(['new.txt:1']);
});

test('links, names and submodules', async () => {
  symlinkSync(`/tmp/${apiToken(1)}`, join(repository.path, 'link'));
  repository.git('add', 'link');
  repository.stage(`${apiToken(2)}/x.txt`, 'clean');
  const commit = repository.git('commit-tree', '-m', 'x', repository.git('write-tree'));
  repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},sub`);
  const result = await staged();
  expect(result.found.map(({ content, line }) => `${content.where}:${line}`).sort()).toEqual([
    'path-name:1',
    'symlink:1',
  ]);
  expect(result.skipped.map(({ path }) => path)).toEqual(['sub']);
});

test('awkward names', async () => {
  const names = ['sp ace', 'quo"te', 'café', 'tab\there', 'new\nline', ':colon', '-dash', 'end ', 'back\\slash'];
  for (const name of names) repository.stage(name, apiToken(name));
  const result = await staged();
  expect(result.found.map(({ path }) => path).sort()).toEqual([...names].sort());
});

test('a name that is not UTF-8 shows its bytes', async () => {
  const oid = repository.gitWith(apiToken(1), 'hash-object', '-w', '--stdin');
  repository.gitWith(Buffer.from(`100644 ${oid}\tcaf\xe9\n`, 'latin1'), 'update-index', '--index-info');
  expect(places(await staged())).toEqual(['caf\\xE9:1']);
});

test('the same content at two paths, one of them excluded', async () => {
  repository.stage('a.txt', apiToken(1));
  repository.stage('b.txt', apiToken(1));
  repository.stage('vendor/b.txt', apiToken(1));
  const source = stagedSource({ cwd: repository.path, env: repository.env });
  const result = await scan(source, { excluded: (path) => path.startsWith('vendor/') });
  expect(places(result)).toEqual(['a.txt:1', 'b.txt:1']);
  expect(result.skipped.map(({ path }) => path)).toEqual(['vendor/b.txt']);
});

test('a missing blob is an error at its path, and the others are read', async () => {
  for (const name of ['a.txt', 'b.txt', 'c.txt']) repository.stage(name, `${name} ${apiToken(name)}\n`);
  const oid = repository.git('rev-parse', ':b.txt');
  rmSync(join(repository.path, '.git', 'objects', oid.slice(0, 2), oid.slice(2)));
  const result = await staged();
  expect(places(result)).toEqual(['a.txt:1', 'c.txt:1']);
  expect(result.unreadable.map(({ path }) => path)).toEqual(['b.txt']);
});

test('a damaged blob is an error at its path, and the others are read', async () => {
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) repository.stage(name, `${name} ${apiToken(name)}\n`);
  for (const name of ['b.txt', 'c.txt']) {
    const oid = repository.git('rev-parse', `:${name}`);
    const file = join(repository.path, '.git', 'objects', oid.slice(0, 2), oid.slice(2));
    rmSync(file);
    writeFileSync(file, 'not an object');
  }
  const result = await staged();
  expect(places(result)).toEqual(['a.txt:1', 'd.txt:1']);
  expect(result.unreadable.map(({ path }) => path).sort()).toEqual(['b.txt', 'c.txt']);
});

test('a blob of several megabytes, the token across two windows', async () => {
  repository.stage('big.txt', 'start\n');
  repository.commit('start');
  const line = `${'x'.repeat(62)}\n`;
  const before = line.repeat(16644);
  repository.stage('big.txt', `start\n${before}k=${apiToken(1)}\n${line.repeat(40000)}`);
  expect(places(await staged())).toEqual(['big.txt:16646']);
});

test('hostile settings, replace refs, grafts and attributes', async () => {
  for (const [key, value] of [
    ['diff.external', 'false'],
    ['diff.noprefix', 'true'],
    ['diff.interHunkContext', '50'],
    ['diff.context', '9'],
    ['diff.renames', 'copies'],
    ['diff.relative', 'true'],
    ['diff.orderFile', 'nowhere'],
    ['diff.x.textconv', 'echo clean #'],
    ['diff.x.command', 'false'],
    ['diff.wordRegex', '.'],
    ['color.ui', 'always'],
    ['core.bigFileThreshold', '1'],
    ['diff.ignoreSubmodules', 'all'],
    ['core.fsmonitor', 'false'],
  ])
    repository.git('config', key ?? '', value ?? '');
  repository.stage('.gitattributes', '* diff=x\n*.env -diff\n');
  repository.stage('old.env', 'one\ntwo\nthree\n');
  repository.commit('old');
  repository.stage('old.env', `one\n${apiToken(1)}\ntwo\nthree\n`);
  repository.stage('sub/a.txt', apiToken(2));
  repository.git(
    'replace',
    repository.git('rev-parse', ':old.env'),
    repository.gitWith('clean', 'hash-object', '-w', '--stdin'),
  );
  const env = {
    ...repository.env,
    GIT_EXTERNAL_DIFF: 'false',
    GIT_DIFF_OPTS: '--unified=9',
    GIT_LITERAL_PATHSPECS: '1',
  };
  mkdirSync(join(repository.path, 'deep'));
  expect(places(await staged(join(repository.path, 'deep'), env))).toEqual(['old.env:2', 'sub/a.txt:1']);
});

test('an intent to add is nothing yet', async () => {
  repository.write('a.txt', apiToken(1));
  repository.git('add', '--intent-to-add', 'a.txt');
  expect(places(await staged())).toEqual([]);
});

test('another index, a linked work tree, a split and a sparse index, SHA-256', async () => {
  repository.stage('dir/a.txt', 'clean');
  repository.commit('first');
  const env = { ...repository.env, GIT_INDEX_FILE: join(repository.path, 'other.index') };
  const oid = repository.gitWith(apiToken(1), 'hash-object', '-w', '--stdin');
  repository.git('worktree', 'add', '-q', '../linked', '-b', 'linked');
  expect(places(await staged(repository.path, env))).toEqual([]);

  const linked = join(repository.path, '..', 'linked');
  repository.git('-C', linked, 'update-index', '--add', '--cacheinfo', `100644,${oid},l.txt`);
  expect(places(await staged(linked))).toEqual(['l.txt:1']);
  expect(places(await staged())).toEqual([]);

  repository.git('update-index', '--split-index');
  repository.git('update-index', '--add', '--cacheinfo', `100644,${oid},s.txt`);
  expect(places(await staged())).toEqual(['s.txt:1']);

  const sha256 = temporaryRepository(['--object-format=sha256']);
  try {
    sha256.stage('a.txt', apiToken(1));
    expect(places(await staged(sha256.path, sha256.env))).toEqual(['a.txt:1']);
  } finally {
    sha256.remove();
  }
});

test('unmerged paths are judged by each of their stages', async () => {
  repository.stage('a.txt', 'base\n');
  repository.commit('base');
  repository.git('checkout', '-q', '-b', 'side');
  repository.stage('a.txt', `theirs ${apiToken(1)}\n`);
  repository.commit('side');
  repository.git('checkout', '-q', 'main');
  repository.stage('a.txt', `ours ${apiToken(2)}\n`);
  repository.commit('main');
  expect(() => repository.git('merge', '-q', 'side')).toThrow();
  const result = await staged();
  expect(result.found.map(({ token }) => token === apiToken(1))).toEqual([true]);
});

test('no repository, a bare one, and a folder that is not there', async () => {
  const bare = temporaryRepository(['--bare']);
  try {
    await expect(staged(bare.path)).rejects.toMatchObject({ code: 'unsupported' });
  } finally {
    bare.remove();
  }
  await expect(staged(join(repository.path, '..'))).rejects.toMatchObject({
    code: 'no-repository',
    message: expect.stringContaining('git repository') as string,
  });
  const env = { ...repository.env, PATH: '' };
  await expect(staged(repository.path, env)).rejects.toMatchObject({ code: 'git-missing' });
  const elsewhere = { ...repository.env, GIT_DIR: join(repository.path, 'nowhere') };
  await expect(staged(repository.path, elsewhere)).rejects.toMatchObject({ code: 'no-repository' });
});

test('an aborted scan says so', async () => {
  repository.stage('a.txt', apiToken(1));
  const source = stagedSource({ cwd: repository.path, env: repository.env });
  await expect(scan(source, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
});
