import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { AGENT_IDS, agentOf, type AgentId } from '../../../src/agents/table';
import { commands } from '../../../src/cli/commands';
import { ask } from '../../support/agent-events';
import { madeIo } from '../../support/made-io';
import { temporaryFolder } from '../../support/packed';
import { projectRoot } from '../../support/project';
import { privateEnvironment, repositoryAt } from '../../support/repository';
import { apiToken, registryToken, secretKey } from '../../support/tokens';

const folder = temporaryFolder();
const home = join(folder.path, 'home');
const repository = repositoryAt(join(folder.path, 'repository'), privateEnvironment(home));
const TOKEN = apiToken('gate');
const env = { ...repository.env, CARGO_REGISTRIES_ACME_TOKEN: registryToken('gate') };

beforeAll(async () => {
  mkdirSync(join(home, '.cargo'), { recursive: true });
  writeFileSync(join(home, '.cargo', 'credentials.toml'), `[registry]\ntoken = "${TOKEN}"\n`);
  for (const name of ['key.toml', 'ab', 'a folder/key file.txt', 'sub/=x', '-x', 'a:b'])
    repository.write(name, `k = "${TOKEN}"\n`);
  repository.write('main.rs', 'fn main() {}\n');
  const install = await commands['agents install']?.load();
  const io = madeIo({ cwd: repository.path, env: { HOME: home, PATH: process.env['PATH'] ?? '' } });
  const run = install as unknown as (...given: readonly unknown[]) => Promise<unknown>;
  await run({ options: {}, args: AGENT_IDS }, io, join(projectRoot, 'dist'));
});

afterAll(() => {
  folder.remove();
});

/** True where the shell lets the event pass by itself: there is no Node.js to ask. */
function passesInShell(agent: string, event: string, text: string): boolean {
  const { stdout, status } = spawnSync('sh', ['.cratesguard/agent', agent, event], {
    cwd: repository.path,
    env: { ...env, CRATESGUARD_NODE: '/nonexistent' },
    input: text,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  if (stdout === '') return true;
  expect(() => JSON.parse(stdout) as unknown).not.toThrow();
  expect(stdout).toContain('Node.js');
  return false;
}

const word = fc.constantFrom(
  ...[
    'cargo',
    'test',
    'cat',
    'echo',
    'cd',
    'sub',
    'env',
    'set',
    'export',
    'key.toml',
    'key',
    '.toml',
    'a',
    'b',
    'ab',
    '-x',
  ],
  ...[
    'a folder/key file.txt',
    '=x',
    'x=key.toml',
    '-fkey.toml',
    '@key.toml',
    '--file=key.toml',
    'a:b',
    'k*.toml',
    '{key,x}.toml',
  ],
  ...[
    '~/.cargo/credentials.toml',
    '$HOME',
    '$CARGO_REGISTRIES_ACME_TOKEN',
    '`',
    '$(',
    ')',
    '|',
    ';',
    '&&',
    '<',
    '>',
    '\\',
    '\n',
  ],
  ...[
    '"',
    "'",
    '""',
    ' ',
    '/',
    'main.rs',
    'missing',
    'precious',
    'login',
    '--token',
    'process.env',
    '[registry]',
    'token = ',
  ],
  ...[
    '@',
    'me@x',
    '(',
    '#L2',
    'CARGO_REGISTRY_TOKEN',
    ':',
    '=',
    '+',
    '\t',
    'é',
    '鍵',
    '{',
    '}',
    '\u0000',
    '\\u0063io',
    'sudo',
  ],
  TOKEN,
  TOKEN.slice(0, 20),
  TOKEN.replace('cio', '\\u0063io'),
  Buffer.from(`x:${TOKEN}`).toString('base64'),
  encodeURIComponent(TOKEN).replace('c', '%63'),
  registryToken('gate-value'),
  secretKey('gate'),
);
const text = fc
  .tuple(fc.array(word, { maxLength: 7 }), fc.constantFrom('', ' '))
  .map(([words, space]) => words.join(space));

function eventOf(agent: AgentId, event: string, made: string, other: string): Readonly<Record<string, unknown>> {
  const kind = (agentOf(agent).events as Readonly<Record<string, string>>)[event];
  const base =
    agent === 'copilot'
      ? { sessionId: 's', timestamp: 1, cwd: repository.path }
      : { session_id: 's', cwd: repository.path, hook_event_name: event };
  const [name, input, output] =
    agent === 'copilot' ? ['toolName', 'toolArgs', 'toolResult'] : ['tool_name', 'tool_input', 'tool_response'];
  if (kind === 'prompt') return { ...base, prompt: made };
  if (kind === 'call')
    return { ...base, [name]: 'Bash', [input]: { command: made, description: other }, tool_use_id: 't' };
  if (kind === 'failed-output') return { ...base, [name]: 'Bash', [input]: { command: 'x' }, error: made };
  return { ...base, [name]: 'Bash', [input]: { command: 'x' }, [output]: { stdout: made, stderr: other } };
}

const hooked = AGENT_IDS.flatMap((agent) => Object.keys(agentOf(agent).events).map((event) => [agent, event] as const));

test('what the judge stops never passes in the shell', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...hooked), text, text, async ([agent, event], made, other) => {
      const sent = eventOf(agent, event, made, other);
      const passes = passesInShell(agent, event, JSON.stringify(sent));
      if (passes) expect(await ask({ path: repository.path, env }, agent, sent, event)).toBeNull();
    }),
    { numRuns: 400 },
  );
});

test.each(hooked)('%s %s: what breaks off is stopped', (agent, event) => {
  const whole = JSON.stringify(eventOf(agent, event, 'cargo "x"', 'y'));
  for (let size = 0; size < whole.length; size += 1) {
    if (!whole.slice(0, size).endsWith('}') && size % 7 !== 0) continue;
    expect(passesInShell(agent, event, whole.slice(0, size))).toBe(false);
  }
});

test.each([
  ['claude', 'PreToolUse', 'cargo test -p a --features "x y"'],
  ['claude', 'PreToolUse', 'git commit -m "a message" && git push'],
  ['codex', 'PreToolUse', 'ls'],
  ['gemini', 'BeforeTool', 'ls -la src'],
  ['copilot', 'preToolUse', 'cargo build --release'],
  ['cursor', 'beforeShellExecution', 'cargo clippy -- -D warnings'],
  ['claude', 'UserPromptSubmit', 'publish it, please; the description is precious (mail me@example.com)'],
  ['claude', 'PostToolUse', 'fn login() {\n\tprintln!("registry: {}", cio);\n}\n'],
] as const)('%s %s %j is decided in the shell', (agent, event, made) => {
  expect(passesInShell(agent, event, JSON.stringify(eventOf(agent, event, made, 'runs it')))).toBe(true);
});

test('what a tool writes is decided in the shell, whatever lies where it is written', () => {
  const sent = {
    cwd: repository.path,
    hook_event_name: 'PreToolUse',
    tool_name: 'Write',
    tool_input: { file_path: 'main.rs', content: 'fn main() {\n    println!("x");\n}\n' },
  };
  expect(passesInShell('claude', 'PreToolUse', JSON.stringify(sent))).toBe(true);
});
