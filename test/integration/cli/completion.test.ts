import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandEntry } from '../../../src/cli/command';
import { completionScript } from '../../../src/cli/completion/completion';
import { commands, groupSummaries } from '../../../src/cli/commands';

/** A group of two-word commands besides those there are, with every kind of value. */
const table: Readonly<Record<string, CommandEntry>> = {
  ...commands,
  'group one': {
    summary: "it's [one]: of two",
    options: [
      { name: 'kind', short: 'k', value: 'KIND', choices: ['small', 'large'], summary: 'which' },
      { name: 'into', value: 'DIR', completes: 'directory', summary: 'where' },
      { name: 'from', value: 'REV', completes: 'revision', summary: 'since' },
    ],
    args: [{ name: 'FILE', required: false, variadic: true, completes: 'file', summary: 'what' }],
    load: () => Promise.reject(new Error('not run here')),
  },
  'group two': {
    summary: 'the other',
    options: [],
    args: [{ name: 'SIDE', required: true, choices: ['left', 'right'], summary: 'which' }],
    load: () => Promise.reject(new Error('not run here')),
  },
};

const expectations: readonly (readonly [string, readonly string[]])[] = [
  ['comple', ['completion']],
  ['gro', ['group']],
  ['group ', ['one', 'two']],
  ['group one --k', ['--kind']],
  ['group one --kind ', ['large', 'small']],
  ['group two ', ['left', 'right']],
  ['group two l', ['left']],
  ['completion f', ['fish']],
  ['scan --stag', ['--staged']],
  ['--stag', ['--staged']],
  ['scan --format js', ['json']],
  ['--staged --format js', ['json']],
  ['scan --output my', ['my file.txt', 'my-folder']],
  ['group one my-f', ['my-folder']],
  ['group one --into my', ['my-folder']],
  ['group one --from ma', ['main']],
  ['scan --range ma', ['main']],
  ['scan --range main..ma', ['main..main']],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-completion-'));
  const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, env: environment() });
  git('init', '-q', '-b', 'main');
  git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '-q', '--allow-empty', '-m', 'x');
  writeFileSync(join(folder, 'my file.txt'), '');
  mkdirSync(join(folder, 'my-folder'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(folder, 'none'),
    LC_ALL: 'C.UTF-8',
  };
}

function run(shell: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(shell, args, {
    cwd: folder,
    env: environment(),
    encoding: 'utf8',
    timeout: 20_000,
    input: '',
  });
  if (status !== 0) throw new Error(`${shell} failed: ${stderr}`);
  return stdout;
}

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const withShell = (shell: string): typeof describe => (has(shell) ? describe : describe.skip);

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\/$/, '').trim())
    .filter((line) => line !== '')
    .sort();

withShell('bash')('bash', () => {
  test.each(expectations)('%j', (typed, proposed) => {
    const script = join(folder, '.completion.bash');
    writeFileSync(script, completionScript('bash', table));
    const words = `cratesguard ${typed}`.split(' ');
    const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cratesguard 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(lines(run('bash', ['--norc', '-c', ask, 'bash', script, ...words]))).toEqual([...proposed].sort());
  });

  test('behind an equals sign, which bash makes a word of its own', () => {
    const script = join(folder, '.completion.bash');
    writeFileSync(script, completionScript('bash', table));
    const ask = `source "$1"; COMP_WORDS=(cratesguard scan --format = js); COMP_CWORD=4; _cratesguard; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(lines(run('bash', ['--norc', '-c', ask, 'bash', script]))).toEqual(['json']);
  });
});

withShell('fish')('fish', () => {
  test.each(expectations)('%j', (typed, proposed) => {
    const script = join(folder, '.completion.fish');
    writeFileSync(script, completionScript('fish', table));
    const answer = run('fish', [
      '--no-config',
      '-c',
      'source $argv[1]; complete -C $argv[2]',
      script,
      `cratesguard ${typed}`,
    ]);
    const words = answer.split('\n').map((line) => (line.split('\t')[0] ?? '').replaceAll('\\', ''));
    expect(lines(words.join('\n'))).toEqual([...proposed].sort());
  });
});

withShell('zsh')('zsh', () => {
  // zsh completes in its line editor only: in a terminal of its own (zpty), a tab key ends what is typed and the command
  // shows what came of it. One terminal for all, because loading zsh's completion takes seconds.
  test('every line that has one completion', () => {
    const single = expectations.filter(([, proposed]) => proposed.length === 1);
    writeFileSync(join(folder, '.completion.zsh'), completionScript('zsh', table));
    const ask = `
zmodload zsh/zpty
zpty line "zsh -f -i"
zpty -w line "PS1='' PROMPT='' RPROMPT=''; autoload -Uz compinit && compinit -u -D; source ./.completion.zsh; cratesguard() { print -r -- \\"<\\$*>\\" }; print rea''dy"
zpty -r line answer '*ready*'
for typed in "$@"; do
  zpty -n -w line "cratesguard $typed"$'\\t\\n'
  zpty -r line answer '*<*>*'
  print -r -- "$answer"
done
zpty -d line`;
    const answer = run('zsh', ['-f', '-c', ask, 'zsh', ...single.map(([typed]) => typed)]);
    const completed = [...answer.matchAll(/<([^>]*)>/g)].map(([, command = '']) =>
      command.trim().split(' ').at(-1)?.replace(/\/$/, ''),
    );
    expect(completed).toEqual(single.flatMap(([, proposed]) => proposed));
  });
});

test('every group has a summary for help and completion', () => {
  const groups = Object.keys(commands).flatMap((name) => (name.includes(' ') ? [name.split(' ')[0] ?? ''] : []));
  for (const group of groups) expect(groupSummaries[group]).toBeDefined();
});
