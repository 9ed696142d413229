import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { mergeInProgress, mergeSource } from '../../../src/sources/merge';
import { messageSource } from '../../../src/sources/message';
import { temporaryRepository, type Repository } from '../../support/repository';
import { places, scan } from '../../support/scanning';
import { apiToken } from '../../support/tokens';

let repository: Repository;

beforeEach(() => {
  repository = temporaryRepository();
});
afterEach(() => {
  repository.remove();
});

describe('a merge', () => {
  const inProgress = (env = repository.env) => mergeInProgress({ cwd: repository.path, env, hook: 'pre-merge-commit' });
  const merge = (parents: readonly string[] | null) =>
    scan(mergeSource({ cwd: repository.path, env: repository.env, parents: parents ?? [] }));

  beforeEach(() => {
    repository.stage('shared.txt', 'one\ntwo\n');
    repository.commit('base');
    repository.git('checkout', '-q', '-b', 'side');
    repository.stage('shared.txt', `one\ntwo\nside ${apiToken('side')}\n`);
    repository.stage(`${apiToken('name')}.txt`, 'side\n');
    repository.commit('side');
    repository.git('checkout', '-q', 'main');
    repository.stage('main.txt', apiToken('main'));
    repository.commit('main');
    repository.git('merge', '-q', '--no-commit', '--no-ff', 'side');
  });

  test('what the other side brings in is marked, what nobody has is not, what HEAD has is nothing', async () => {
    repository.stage('shared.txt', `own ${apiToken('own')}\none\ntwo\nside ${apiToken('side')}\n`);
    repository.stage('new.txt', apiToken('new'));
    const result = await merge(await inProgress());
    const marked = result.found.map(({ path, line, incoming, content }) =>
      [content.where === 'path-name' ? 'name' : path, line, incoming].join(' '),
    );
    expect(marked.sort()).toEqual(['name 1 true', 'new.txt 1 false', 'shared.txt 1 false', 'shared.txt 4 true']);
  });

  test('its parents: in MERGE_HEAD, or in the environment for an automatic one, or none', async () => {
    const side = repository.git('rev-parse', 'side');
    expect(await inProgress()).toEqual([side]);
    repository.commit('merged');
    expect(await inProgress()).toBeNull();
    const env = { ...repository.env, [`GITHEAD_${side}`]: 'side', GITHEAD_nonsense: 'x' };
    expect(await inProgress(env)).toEqual([side]);
    expect(await mergeInProgress({ cwd: repository.path, env, hook: 'pre-commit' })).toBeNull();
    expect(
      await mergeInProgress({ cwd: repository.path, env: { ...env, GIT_DIR: '.git' }, hook: 'pre-commit' }),
    ).toBeNull();
  });
});

describe('a message', () => {
  const message = (text: string | Uint8Array, env: NodeJS.ProcessEnv = {}) => {
    repository.write('.git/COMMIT_EDITMSG', text);
    return scan(
      messageSource({ cwd: repository.path, env: { ...repository.env, ...env }, file: '.git/COMMIT_EDITMSG' }),
    );
  };
  const NO_EDITOR = { GIT_EDITOR: ':' };
  const SCISSORS = '# ------------------------ >8 ------------------------';
  const commented = `fine ${apiToken(1)}\n# ${apiToken(2)}\nmore ${apiToken(3)}\n`;

  test('comment lines go where an editor was used, and stay where not', async () => {
    expect(places(await message(commented))).toEqual(['-:1', '-:3']);
    expect(places(await message(commented, NO_EDITOR))).toEqual(['-:1', '-:2', '-:3']);
  });

  test('commit.cleanup decides', async () => {
    const lines = async (mode: string, env: NodeJS.ProcessEnv = {}) => {
      repository.git('config', 'commit.cleanup', mode);
      return (await message(commented, env)).found.map(({ line }) => line);
    };
    expect(await lines('strip', NO_EDITOR)).toEqual([1, 3]);
    for (const mode of ['whitespace', 'verbatim', 'scissors']) expect(await lines(mode)).toEqual([1, 2, 3]);
    expect(await lines('default')).toEqual([1, 3]);
  });

  test.each([
    ['core.commentChar', ';', ';'],
    ['core.commentChar', 'auto', '%'],
  ])('%s=%s', async (key, value, comment) => {
    repository.git('config', key, value);
    const text = `# ${apiToken(1)}\n${comment} ${apiToken(2)}\n${comment}\n${comment} On branch main\n`;
    expect(places(await message(text))).toEqual(['-:1']);
  });

  test.each([
    ['2.45.0', ['-:1', '-:3']],
    ['2.44.2', ['-:2', '-:3']],
  ])('core.commentString counts from git 2.45 on, and git before drops # as ever: %s', async (version, expected) => {
    const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    repository.write(
      'bin/git',
      `#!/bin/sh\ncase "$*" in *version) echo git version ${version} ;; *) exec '${real}' "$@" ;; esac\n`,
    );
    chmodSync(join(repository.path, 'bin', 'git'), 0o755);
    repository.git('config', 'core.commentString', '//');
    const env = { PATH: `${join(repository.path, 'bin')}:${process.env['PATH'] ?? ''}` };
    expect(places(await message(`# ${apiToken(1)}\n// ${apiToken(2)}\nmore ${apiToken(3)}\n`, env))).toEqual(expected);
  });

  test('core.commentChar=auto without a sign of which it was: everything counts', async () => {
    repository.git('config', 'core.commentChar', 'auto');
    expect(places(await message(`# ${apiToken(1)}\nend\n`))).toEqual(['-:1']);
  });

  test('below the scissors line only what git put there is dropped', async () => {
    const verbose = `fine\n${SCISSORS}\n# Do not modify\n# Everything below\ndiff --git a/x b/x\n-${apiToken(1)}\n`;
    expect(places(await message(verbose))).toEqual([]);
    expect(places(await message(verbose, NO_EDITOR))).toEqual(['-:6']);
    expect(places(await message(`fine\n${SCISSORS}\n${apiToken(1)}\n`))).toEqual(['-:3']);
    repository.git('config', 'commit.cleanup', 'scissors');
    expect(places(await message(`fine\n${SCISSORS}\n${apiToken(1)}\n`))).toEqual([]);
  });

  test('the encoding that git is told', async () => {
    repository.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    const result = await message(Buffer.from(`f\xfcr ${apiToken(1)}`, 'latin1'));
    expect(result.contents.map(({ encoding }) => encoding)).toEqual(['ISO-8859-1']);
  });

  test('a file that is not there, and one without anything suspect', async () => {
    const missing = messageSource({ cwd: repository.path, env: repository.env, file: join('no', 'where') });
    await expect(scan(missing)).rejects.toMatchObject({ code: 'unreadable' });
    expect((await message('fine\n')).contents).toEqual([]);
  });
});
