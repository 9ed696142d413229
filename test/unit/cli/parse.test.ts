import type { CommandEntry } from '../../../src/cli/command';
import { commandGroups, commands, groupSummaries } from '../../../src/cli/commands';
import { parseCommandLine } from '../../../src/cli/parse';
import { GuardError } from '../../../src/base/error';
import { apiToken, registryToken, secretKey, trustpubToken } from '../../support/tokens';

const load = () => Promise.reject(new Error('not run here'));

/** Two-word commands as other rooms export them. */
const demo: Readonly<Record<string, CommandEntry>> = {
  'demo verify': {
    summary: 'is it alive',
    options: [
      { name: 'api', value: 'URL', summary: 'where' },
      { name: 'yes', short: 'y', summary: 'no question' },
    ],
    args: [],
    load,
  },
  'demo inventory': {
    summary: 'what uses it',
    options: [],
    args: [{ name: 'PATH', required: false, summary: 'where' }],
    load,
  },
};

const context = { commands: { ...commands, ...demo }, groups: commandGroups, groupSummaries, version: '1.2.3' };

const parse = (...argv: string[]) => parseCommandLine(argv, context);

function complaint(...argv: string[]): GuardError {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof GuardError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test.each([
  [['--staged'], 'scan', { staged: true }, []],
  [['scan', '--staged'], 'scan', { staged: true }, []],
  [['--range', 'A..B', '--format', 'json'], 'scan', { range: 'A..B', format: 'json' }, []],
  [['scan', '--range=A..B', '-o', 'x.json'], 'scan', { range: 'A..B', output: 'x.json' }, []],
  [['scan', '--history', '--exclude', 'a', '--exclude=b'], 'scan', { history: true, exclude: ['a', 'b'] }, []],
  [['scan', '--staged', '--exclude', 'a'], 'scan', { staged: true, exclude: ['a'] }, []],
  [['scan', '--staged', '--config-from', 'main'], 'scan', { staged: true, 'config-from': 'main' }, []],
  [
    ['hook', 'pre-push', 'origin', 'https://example.com/x'],
    'hook',
    {},
    ['pre-push', 'origin', 'https://example.com/x'],
  ],
  [['completion', 'zsh'], 'completion', {}, ['zsh']],
  [
    ['demo', 'verify', '--api', 'http://127.0.0.1:1', '-y'],
    'demo verify',
    { api: 'http://127.0.0.1:1', yes: true },
    [],
  ],
  [['demo', 'inventory', 'some/where'], 'demo inventory', {}, ['some/where']],
  [['demo', 'inventory', '--', '--odd'], 'demo inventory', {}, ['--odd']],
] as const)('%j', (argv, name, options, args) => {
  expect(parse(...argv)).toMatchObject({ kind: 'run', name, invocation: { options, args }, color: 'as-usual' });
});

test('--no-color counts before and behind the command', () => {
  for (const argv of [
    ['--no-color', '--staged'],
    ['--no-color', 'scan', '--staged'],
    ['scan', '--staged', '--no-color'],
    ['--staged', '--no-color'],
  ])
    expect(parse(...argv)).toMatchObject({ name: 'scan', color: 'never', invocation: { options: { staged: true } } });
});

test.each([
  [[], 'no command'],
  [['--no-color'], 'no command'],
  [['scna'], 'Did you mean scan?'],
  [['--stagd'], 'Did you mean --staged?'],
  [['scan', '--formt=json'], 'Did you mean --format?'],
  [['scan', '--range', '--', '-x..HEAD'], 'no such option'],
  [['scan', '--format', 'nonsense'], 'sarif'],
  [['scan', '--format'], '--format FORMAT is missing its value'],
  [['scan', '--format='], '--format needs a value'],
  [['scan', '--range', 'A..B', '--range', 'C..D'], '--range was given twice'],
  [['completion'], 'needs SHELL'],
  [['completion', 'tcsh'], 'bash, zsh, fish'],
  [['completion', 'bash', 'zsh'], 'too many arguments'],
  [['demo'], 'verify, inventory'],
  [['demo', 'verfy'], 'Did you mean verify?'],
  [['demo', 'verify', 'x'], 'too many arguments'],
  [['help', 'nothing-like-it'], 'no command'],
] as const)('%j is wrong usage, and says what is right', (argv, words) => {
  const { code, message, hint } = complaint(...argv);
  expect(code).toBe('usage');
  expect(`${message}\n${hint ?? ''}`).toContain(words);
});

test.each([
  [['--help'], 'Exit status'],
  [['-h'], 'Exit status'],
  [['help'], 'Exit status'],
  [['scan', '--help'], '--staged'],
  [['scan', '--staged', '--help'], '--staged'],
  [['--staged', '--help'], '--staged'],
  [['help', 'scan'], '--staged'],
  [['completion', '-h'], 'SHELL'],
  [['demo', '--help'], 'demo inventory'],
  [['demo', 'verify', '--help'], '--api URL'],
  [['help', 'demo', 'verify'], '--api URL'],
  [['--version'], '1.2.3'],
  [['-V'], '1.2.3'],
] as const)('%j prints and does nothing', (argv, words) => {
  const line = parse(...argv);
  expect(line.kind).toBe('print');
  expect(line.kind === 'print' && line.text.includes(words)).toBe(true);
});

test.each([
  ['an API token', apiToken(1)],
  ['a Trusted Publishing token', trustpubToken(1)],
  ['a secret key', secretKey(1)],
  ['a token behind an equals sign', `--at=${apiToken(2)}`],
])('%s among the arguments stops every command but those that name what is there', (_, secret) => {
  for (const argv of [
    ['demo', 'verify', secret],
    ['completion', secret],
    ['demo', 'inventory', secret],
  ]) {
    const { message, hint } = complaint(...argv);
    expect(message.startsWith('an argument holds a secret')).toBe(true);
    expect(`${message} ${hint ?? ''}`.includes(secret.slice(-8))).toBe(false);
  }
  expect(parse('hook', 'commit-msg', secret.replace('--at=', '')).kind).toBe('run');
});

test('no complaint repeats a value, whatever it looks like', () => {
  const secret = registryToken(1);
  for (const argv of [
    [secret],
    [`--${secret}`],
    ['scan', `--nothing=${secret}`],
    ['scan', '--format', secret],
    ['completion', secret],
    ['demo', secret],
    ['demo', 'verify', secret],
    ['help', secret],
  ]) {
    const { message, hint } = complaint(...argv);
    expect(`${message} ${hint ?? ''}`.includes(secret)).toBe(false);
  }
});
