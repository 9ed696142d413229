import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect } from '../../../src/detect/detector';
import { RULES } from '../../../src/rules/all';
import { apiToken, registryToken, secretKey } from '../../support/tokens';
import {
  type Answer,
  type RunOptions,
  type Sandbox,
  openSandbox,
  pathWith,
  programNamed,
  writeScript,
} from './sandbox';

/**
 * The shell gate in the shells that users have. No Node.js is within its reach here, so what it passes on to the scanner
 * stops with status 3, and only what it calls clean itself passes.
 */

let sandbox: Sandbox;
let repository: string;
let count = 0;

const NO_NODE = { CRATESGUARD_NODE: '/nonexistent/node' };

beforeAll(() => {
  sandbox = openSandbox();
  const first = sandbox.repository('template-with-hooks');
  sandbox.cratesguard(first, ['install', '--hooks=pre-commit,commit-msg,pre-push,pre-merge-commit']);
});
afterAll(() => {
  sandbox.remove();
});
beforeEach(() => {
  count += 1;
  repository = join(sandbox.folder, `repository ${count}`);
  cpSync(join(sandbox.folder, 'template-with-hooks'), repository, { recursive: true });
});

const git = (...args: readonly string[]): Answer => sandbox.git(repository, ...args);

function stage(name: string, content: string | Buffer): void {
  mkdirSync(join(repository, name, '..'), { recursive: true });
  writeFileSync(join(repository, name), content);
  git('add', '-f', '--', name);
}

function runHook(
  name: string,
  args: readonly string[] = [],
  options: RunOptions = {},
  shell: readonly string[] = [],
): Answer {
  const path = join('.git', 'hooks', name);
  return sandbox.run([...(shell.length > 0 ? [...shell, path] : [`./${path}`]), ...args], {
    cwd: repository,
    ...options,
    env: { ...NO_NODE, ...options.env },
  });
}

/** `clean`, `suspicious`, or what happened else. */
function verdict(answer: Answer): string {
  if (answer.status === 0) return answer.stderr === '' ? 'clean' : `0 with ${answer.stderr}`;
  return answer.status === 3 && answer.stderr.includes('Node.js')
    ? 'suspicious'
    : `${answer.status} with ${answer.stderr}`;
}

const busybox = programNamed('busybox');
const shells: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
  ...['dash', 'bash', 'ksh', 'zsh', 'mksh', 'yash']
    .filter((name) => programNamed(name) !== null)
    .map((name) => [name, name === 'zsh' ? ['zsh', '--emulate', 'sh'] : [name], {}] as const),
  ...(busybox === null
    ? []
    : [
        [
          'busybox',
          [busybox, 'sh'],
          Object.fromEntries(['tr', 'grep', 'cat'].map((tool) => [tool, `${busybox} ${tool}`])),
        ] as const,
      ]),
];

describe.each(shells)('in %s', (name, shell, tools) => {
  const environment = (): Readonly<Record<string, string>> =>
    Object.keys(tools).length === 0
      ? {}
      : { PATH: `${pathWith(sandbox, `tools-${name}`, tools)}:${sandbox.env['PATH'] ?? ''}` };
  const judged = (hook: string, args: readonly string[] = [], input = ''): string =>
    verdict(runHook(hook, args, { input, env: environment() }, shell));

  test('pre-commit: clean content passes without a word', () => {
    stage('a.rs', 'let socio = 1; // precious\n');
    stage('zeros.bin', Buffer.alloc(3000));
    stage('caf\u00e9/\u00fc b.txt', 'gr\u00fc\u00dfe\n');
    expect(judged('pre-commit')).toBe('clean');
  });

  test.each([
    ['plain', (token: string): Buffer => Buffer.from(`k = ${token}`)],
    ['after a NUL', (token: string) => Buffer.from(`\0\0${token}\0`)],
    ['UTF-16', (token: string) => Buffer.from(`a\nk = ${token}\n`, 'utf16le')],
  ])('pre-commit: a token, %s', (_name, bytes) => {
    stage('a.bin', bytes(apiToken('a')));
    expect(judged('pre-commit')).toBe('suspicious');
  });

  test('commit-msg: a token, none, and a file that is not there', () => {
    const message = join(repository, 'message');
    writeFileSync(message, 'add a thing\n\n# a comment\n');
    expect(judged('commit-msg', [message])).toBe('clean');
    writeFileSync(message, `use ${apiToken('b')}\n`);
    expect(judged('commit-msg', [message])).toBe('suspicious');
    expect(judged('commit-msg', [`${message}-gone`])).toBe('suspicious');
    expect(judged('commit-msg')).toBe('suspicious');
  });

  test('commit-msg: a short message without a keyword passes by the shell alone, and no other does', () => {
    const keywords = RULES.flatMap((rule) => rule.keywords).flatMap(({ text, anyCase }) =>
      anyCase === true ? [text, text.toUpperCase()] : [text],
    );
    const messages = [
      'add a thing\n\n\ta "100 % plain" one, of it \\o/ \n# a comment\nthe end',
      '',
      'line\n'.repeat(50),
      'line\n'.repeat(51),
      'gr\u00fc\u00dfe\n',
      'x\n# ------------------------ >8 ------------------------\n',
      'x\ndiff --git a/x b/x\n',
      'a\rb\n',
      ...keywords.map((text, index) => (index % 2 === 0 ? `a\n\nx${text}y\n` : `z ${text}`)),
    ];
    const folder = join(repository, 'messages');
    mkdirSync(folder);
    messages.forEach((text, index) => {
      writeFileSync(join(folder, String(index)), text);
    });
    const hook = readFileSync(join(repository, '.git', 'hooks', 'commit-msg'), 'utf8');
    const script = hook.replace(
      'cg_run "$@"',
      'for message in messages messages/none messages/*; do cg_message_is_plain "$message" && echo "$message"; done; :',
    );
    expect(script).not.toBe(hook);
    writeFileSync(join(repository, 'ask'), script);
    const answer = sandbox.run([...shell, 'ask'], { cwd: repository });
    expect(answer.stdout).toBe('messages/0\nmessages/1\nmessages/2\n');
  });

  test('pre-push: a commit without a token, and one with', () => {
    const line = (): string => {
      const head = git('rev-parse', 'HEAD').stdout.trim();
      return `refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}\n`;
    };
    expect(judged('pre-push', ['origin', 'address'], line())).toBe('clean');
    git('commit', '-q', '--no-verify', '--allow-empty', '-m', `use ${apiToken('c')}`);
    expect(judged('pre-push', ['origin', 'address'], line())).toBe('suspicious');
    expect(judged('pre-push', ['origin', 'address'], '')).toBe('clean');
    expect(judged('pre-push', ['origin', 'address'], 'refs/heads/main main\n')).toBe('suspicious');
  });
});

describe('pre-commit sees', () => {
  const suspicious = (options: RunOptions = {}): void => {
    expect(verdict(runHook('pre-commit', [], options))).toBe('suspicious');
    expect(verdict(runHook('pre-merge-commit', [], options))).toBe('suspicious');
  };

  test('a link, a path name, and names that git quotes', () => {
    symlinkSync(`/tmp/${apiToken('d')}`, join(repository, 'link'));
    git('add', 'link');
    suspicious();
    git('reset', '-q', '--hard');
    stage(`${apiToken('d')}/ok.txt`, 'ok\n');
    suspicious();
    git('reset', '-q', '--hard');
    stage('a\nb"c.txt', 'ok\n');
    suspicious();
  });

  test('paths in conflict', () => {
    const blob = git('hash-object', '-w', 'main.rs').stdout.trim();
    const lines = [1, 2, 3].map((at) => `100644 ${blob} ${at}\tboth.txt\n`).join('');
    sandbox.run(['git', 'update-index', '--index-info'], { cwd: repository, input: lines });
    suspicious();
  });

  test('six lines above what changed', () => {
    // Indented, because git shows an unindented line above a hunk in its header.
    const text = (...lines: readonly string[]): string => [` ${secretKey('e')}`, ...lines, ''].join('\n');
    stage('a.txt', text(' 1', ' 2', ' 3', ' 4', ' 5', ' 6'));
    git('commit', '-q', '--no-verify', '-m', 'old');
    stage('a.txt', text(' 1', ' 2', ' 3', ' 4', ' 5', ' six'));
    suspicious();
    git('commit', '-q', '--no-verify', '-m', 'beside');
    stage('a.txt', text(' 1', ' 2', ' 3', ' 4', ' 5', ' six', ' 7'));
    expect(verdict(runHook('pre-commit'))).toBe('clean');
  });

  test('a value that changes six lines below its name', () => {
    const list = (value: string): string =>
      ['- name: CARGO_REGISTRIES_ACME_TOKEN', '  a: 1', '  b: 2', '  value: >-', '', '', `    ${value}`, ''].join('\n');
    stage('a.yml', list('old'));
    git('commit', '-q', '--no-verify', '-m', 'old');
    const leak = list(registryToken('far below'));
    expect(detect(Buffer.from(leak), { path: 'a.yml' })).toHaveLength(1);
    stage('a.yml', leak);
    suspicious();
  });

  test('the first commit, and work in a folder below', () => {
    rmSync(join(repository, '.git', 'refs', 'heads', 'main'));
    expect(verdict(runHook('pre-commit'))).toBe('clean');
    stage('deep/er/a.txt', apiToken('f'));
    git('config', 'diff.relative', 'true');
    suspicious();
    expect(sandbox.run(['git', 'commit', '-m', 'x'], { cwd: join(repository, 'deep'), env: NO_NODE }).status).not.toBe(
      0,
    );
  });

  test('through settings, attributes and variables', () => {
    writeScript(join(sandbox.folder, 'quiet'), '#!/bin/sh\nexit 0\n');
    const quiet = join(sandbox.folder, 'quiet');
    stage('.gitattributes', '*.env -diff\n*.txt diff=x\n*.bin binary\n');
    git('commit', '-q', '--no-verify', '-m', 'attributes');
    for (const [name, value] of Object.entries({
      'diff.external': quiet,
      'diff.x.textconv': quiet,
      'diff.x.command': quiet,
      'diff.x.binary': 'true',
      'diff.noprefix': 'true',
      'diff.mnemonicPrefix': 'true',
      'diff.context': '0',
      'diff.interHunkContext': '9',
      'diff.submodule': 'log',
      'diff.ignoreSubmodules': 'all',
      'diff.renames': 'copies',
      'diff.wordRegex': '.',
      'diff.algorithm': 'histogram',
      'diff.colorMoved': 'zebra',
      'color.ui': 'always',
      'core.quotePath': 'true',
      'core.pager': quiet,
      'pager.diff': 'true',
      'core.bigFileThreshold': '1',
      'core.fsmonitor': quiet,
      'grep.patternType': 'fixed',
      'alias.diff': 'version',
      'i18n.logOutputEncoding': 'utf-16',
    }))
      git('config', name, value);
    const env = {
      GIT_EXTERNAL_DIFF: quiet,
      GIT_DIFF_OPTS: '--unified=0',
      GIT_PAGER: quiet,
      GREP_OPTIONS: '-v',
      GREP_COLOR: 'always',
      GREP_COLORS: 'mt=01;31',
      IFS: 'cio',
      CDPATH: '/',
      ENV: quiet,
      BASH_ENV: quiet,
      POSIXLY_CORRECT: '1',
      LC_ALL: 'C.UTF-8',
      CRATESGUARD_SKIP: '0',
      'BASH_FUNC_git%%': '() { :; }',
      'BASH_FUNC_grep%%': '() { return 1; }',
    };
    for (const name of ['a.txt', 'a.env', 'a.bin']) {
      stage(name, `k = ${apiToken('g')}\n`);
      expect([name, verdict(runHook('pre-commit', [], { env }))]).toEqual([name, 'suspicious']);
      expect([name, verdict(runHook('pre-commit', [], { env }, ['bash', '--posix']))]).toEqual([name, 'suspicious']);
      git('reset', '-q', '--hard');
    }
    stage('clean.txt', 'fine\n');
    expect(verdict(runHook('pre-commit', [], { env }))).toBe('clean');
  });

  test('a rename, whose content is not new to git', () => {
    stage('a.txt', `k = ${apiToken('h')}\n`);
    git('commit', '-q', '--no-verify', '-m', 'old');
    git('mv', 'a.txt', 'b.txt');
    suspicious();
  });
});

describe('a stream that breaks off is suspicious', () => {
  const real = (name: string): string => programNamed(name) ?? name;
  const broken: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['git diff fails', { git: `sh -c '[ "$5" = version ] && exit 0; exit 1' git` }],
    ['git diff is killed', { git: `sh -c 'echo partial; kill -9 $$' git` }],
    ['tr fails', { tr: `sh -c 'cat; exit 1' tr` }],
    ['tr is killed', { tr: `sh -c 'kill -9 $$' tr` }],
    ['grep fails', { grep: `sh -c 'exit 2' grep` }],
    ['grep is killed', { grep: `sh -c 'kill -9 $$' grep` }],
    ['git is missing', { git: '/nonexistent/git' }],
    ['tr is missing', { tr: '/nonexistent/tr' }],
    ['grep is missing', { grep: '/nonexistent/grep' }],
  ];

  test.each(broken)('%s', (name, programs) => {
    stage('a.txt', 'fine\n');
    const folder = pathWith(sandbox, `broken ${name}`, programs);
    const env = { PATH: `${folder}:${sandbox.env['PATH'] ?? ''}` };
    expect(verdict(runHook('pre-commit', [], { env }))).toBe('suspicious');
    const quiet = { ...env, 'BASH_FUNC_echo%%': '() { :; }' };
    expect(verdict(runHook('pre-commit', [], { env: quiet }, ['bash', '--posix']))).toBe('suspicious');
    const head = execFileSync(real('git'), ['rev-parse', 'HEAD'], { cwd: repository, encoding: 'utf8' }).trim();
    const input = `refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}\n`;
    expect(verdict(runHook('pre-push', ['origin', 'address'], { env, input }))).toBe('suspicious');
  });
});

describe('finding Node.js, and going on without it', () => {
  test('clean work passes, suspicious work stops with a message that says how to go on', () => {
    stage('a.txt', apiToken('i'));
    const stopped = runHook('pre-commit');
    expect(stopped.status).toBe(3);
    for (const word of ['pre-commit', 'Node.js', 'CRATESGUARD_NODE', 'CRATESGUARD_SKIP=1', 'crates.io'])
      expect(stopped.stderr).toContain(word);
    expect(stopped.stderr.includes(apiToken('i'))).toBe(false);
  });

  test('CRATESGUARD_SKIP=1 lets one command through and says so', () => {
    stage('a.txt', apiToken('j'));
    const skipped = runHook('pre-commit', [], { env: { CRATESGUARD_SKIP: '1' } });
    expect(skipped).toMatchObject({ status: 0, stdout: '' });
    expect(skipped.stderr).toContain('CRATESGUARD_SKIP');
    expect(runHook('pre-commit', [], { env: { CRATESGUARD_SKIP: 'yes' } }).status).toBe(3);
  });

  test('the probe variable only ever stops', () => {
    stage('a.txt', 'fine\n');
    expect(runHook('pre-commit', [], { env: { CRATESGUARD_PROBE: '1' } }).status).toBe(86);
    expect(runHook('pre-commit', [], { env: { CRATESGUARD_PROBE: '1', CRATESGUARD_SKIP: '1' } }).status).toBe(86);
    stage('b.txt', apiToken('k'));
    expect(runHook('pre-commit', [], { env: { CRATESGUARD_PROBE: '1' } }).status).toBe(3);
  });

  test('it loads no certificates of the user, which the scanner has no use for', () => {
    stage('a.txt', apiToken('n'));
    const node = join(sandbox.folder, 'asking-node');
    writeScript(
      node,
      '#!/bin/sh\n[ "$1" = --version ] && { echo v20.0.0; exit; }\necho "certificates: [$NODE_EXTRA_CA_CERTS]" >&2\nexit 1\n',
    );
    const stopped = runHook('pre-commit', [], {
      env: { CRATESGUARD_NODE: node, NODE_EXTRA_CA_CERTS: '/etc/hosts' },
    });
    expect(stopped).toMatchObject({ status: 1, stderr: 'certificates: []\n' });
  });

  test('a program that is no Node.js, or one too old, judges nothing', () => {
    stage('a.txt', apiToken('l'));
    writeScript(join(sandbox.folder, 'old-node'), '#!/bin/sh\necho v18.20.4\n');
    for (const node of ['/bin/true', join(sandbox.folder, 'old-node')]) {
      const stopped = runHook('pre-commit', [], { env: { CRATESGUARD_NODE: node } });
      expect(stopped.status).toBe(3);
      expect(stopped.stderr).toContain(node);
    }
    const stopped = runHook('pre-commit', [], { env: { CRATESGUARD_NODE: join(sandbox.folder, 'old-node') } });
    expect(stopped.stderr).toContain('too old');
  });

  test('the recorded one first, then PATH, then where version managers put it', () => {
    stage('a.txt', apiToken('m'));
    const noRecord = { CRATESGUARD_NODE: undefined };
    expect(runHook('pre-commit', [], { env: noRecord }).status).toBe(1);
    writeFileSync(join(repository, '.git', 'cratesguard', 'node'), '/nonexistent/node\n');
    expect(runHook('pre-commit', [], { env: noRecord }).status).toBe(1);
    const tools = Object.fromEntries(
      ['git', 'tr', 'grep', 'cat', 'sh'].flatMap((name) => [[name, programNamed(name) ?? name] as const]),
    );
    const bare = pathWith(sandbox, 'without-node', tools);
    const home = join(sandbox.folder, `home-${count}`);
    const env = { ...noRecord, PATH: bare, HOME: home, NVM_DIR: undefined, NVM_BIN: undefined };
    writeScript(join(home, '.nvm/versions/node/v18.0.0/bin/node'), '#!/bin/sh\necho v18.0.0\n');
    writeScript(join(home, '.nvm/versions/node/v99.0.0/bin/node'), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`);
    expect(runHook('pre-commit', [], { env }).status).toBe(1);
  });

  test('a recorded one that was replaced by an old one is found out', () => {
    stage('a.txt', apiToken('n'));
    writeScript(join(sandbox.folder, 'replaced'), '#!/bin/sh\n[ "$1" = --version ] && echo v16.0.0 || exit 1\n');
    writeFileSync(join(repository, '.git', 'cratesguard', 'node'), `${join(sandbox.folder, 'replaced')}\n`);
    const stopped = runHook('pre-commit', [], { env: { CRATESGUARD_NODE: undefined } });
    expect(stopped.status).toBe(3);
    expect(stopped.stderr).toContain('16.0.0');
  });

  test('a scanner that breaks off stops git', () => {
    stage('a.txt', apiToken('o'));
    writeFileSync(join(repository, '.git', 'cratesguard', 'hook.cjs'), 'process.kill(process.pid, "SIGKILL")');
    const stopped = runHook('pre-commit', [], { env: { CRATESGUARD_NODE: undefined } });
    expect(stopped.status).toBeGreaterThan(3);
    expect(stopped.stderr).toContain('broke off');
  });
});
