import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AgentId } from '../../src/agents/table';
import { temporaryFolder } from '../support/packed';
import { projectRoot } from '../support/project';
import { privateEnvironment, repositoryAt } from '../support/repository';
import { apiToken } from '../support/tokens';
import { hasPrograms, testWhere } from '../support/tools';

/** The real agents against a model on the loopback interface; `.ci/run` installs them. */

const TOKEN = apiToken('real agents');
const folder = temporaryFolder();
let number = 0;

afterAll(() => {
  folder.remove();
});

interface Way {
  /** The command line that gives the agent a prompt. */
  readonly command: (prompt: string) => readonly string[];
  readonly env: (address: string) => NodeJS.ProcessEnv;
  /** Configuration that makes it use the model, by path below the home. */
  readonly files: (address: string, project: string) => Readonly<Record<string, string>>;
}

const WAYS: Readonly<Record<Exclude<AgentId, 'cursor'>, Way>> = {
  claude: {
    command: (prompt) => ['claude', '-p', prompt, '--allowedTools', 'Bash,Read'],
    env: (address) => ({
      ANTHROPIC_BASE_URL: address,
      ANTHROPIC_API_KEY: 'dummy',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    files: () => ({}),
  },
  codex: {
    // It runs a hook only once a person has trusted it, on a screen; here it is told not to ask.
    command: (prompt) => [
      ...['codex', 'exec', '--dangerously-bypass-approvals-and-sandbox', '--dangerously-bypass-hook-trust'],
      prompt,
    ],
    env: () => ({}),
    files: (address, project) => ({
      '.codex/config.toml': [
        'model = "m"\nmodel_provider = "fake"',
        `[model_providers.fake]\nname = "fake"\nbase_url = "${address}/v1"\nwire_api = "responses"`,
        `[projects."${project}"]\ntrust_level = "trusted"\n`,
      ].join('\n'),
    }),
  },
  gemini: {
    command: (prompt) => ['gemini', '-p', prompt, '--yolo'],
    env: (address) => ({
      GOOGLE_GEMINI_BASE_URL: address,
      GEMINI_API_KEY: 'dummy',
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    }),
    files: () => ({ '.gemini/settings.json': '{"security":{"auth":{"selectedType":"gemini-api-key"}}}' }),
  },
  copilot: {
    command: (prompt) => ['copilot', '-p', prompt, '--allow-all-tools', '--trust-folder'],
    env: (address) => ({ COPILOT_OFFLINE: 'true', COPILOT_PROVIDER_BASE_URL: `${address}/v1`, COPILOT_MODEL: 'm' }),
    files: () => ({}),
  },
};

/** Runs a program to its end, and ends it after a minute. */
async function finished(child: ChildProcess): Promise<void> {
  const end = new Promise((resolve) => child.on('close', resolve));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await end;
  clearTimeout(timer);
}

async function portIn(file: string): Promise<string> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text !== '') return text;
    await wait(25);
  }
  throw new Error('the model does not start');
}

/** Gives the agent a prompt, lets the model ask for a command, and tells what the model was sent. */
async function session(
  agent: keyof typeof WAYS,
  scope: 'user' | 'project',
  { prompt = 'go on', command = 'true' }: { readonly prompt?: string; readonly command?: string },
): Promise<{ readonly sent: string; readonly ran: boolean }> {
  const home = join(folder.path, `home-${++number}`);
  mkdirSync(home);
  const env: NodeJS.ProcessEnv = { ...privateEnvironment(home), NO_PROXY: '127.0.0.1' };
  const repository = repositoryAt(join(folder.path, `project-${number}`), env);
  repository.write('main.rs', 'fn main() {}\n');
  repository.write('key.txt', `${TOKEN}\n`);
  repository.write('show.sh', 'cat key.txt; echo after\n');
  const at = (name: string): string => join(folder.path, `${name}-${number}`);
  const model = spawn(process.execPath, [join(projectRoot, 'test/support/model.mjs'), at('port'), at('log'), command]);
  try {
    const address = `http://127.0.0.1:${await portIn(at('port'))}`;
    const way = WAYS[agent];
    for (const [file, text] of Object.entries(way.files(address, repository.path))) {
      mkdirSync(join(home, file, '..'), { recursive: true });
      writeFileSync(join(home, file), text);
    }
    const install = [join(projectRoot, 'dist/cratesguard.cjs'), 'agents', 'install', agent];
    await finished(
      spawn(process.execPath, scope === 'user' ? [...install, '--user'] : install, { cwd: repository.path, env }),
    );
    const [program = '', ...args] = way.command(prompt);
    const settings = { cwd: repository.path, env: { ...env, ...way.env(address) } };
    await finished(spawn(program, args, { ...settings, stdio: 'ignore' }));
    const sent = existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : '';
    return { sent, ran: existsSync(join(repository.path, 'ran')) };
  } finally {
    model.kill();
  }
}

/** So that a failure does not print what was sent. */
const holdsKey = (text: string): boolean => text.includes(TOKEN);

for (const agent of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
  const testHere = testWhere(hasPrograms(agent));

  describe.each(['user', 'project'] as const)(`${agent}, by the configuration of the %s`, (scope) => {
    testHere('clean work passes', async () => {
      const { sent, ran } = await session(agent, scope, { command: 'touch ran && expr 40 + 2 | sed s/^/clean-/' });
      expect(ran).toBe(true);
      expect(sent).toContain('clean-42');
    });

    testHere('a prompt with a key is not sent', async () => {
      const { sent } = await session(agent, scope, { prompt: `publish with ${TOKEN}` });
      expect(holdsKey(sent)).toBe(false);
    });

    testHere('a command with a key does not run', async () => {
      const { ran } = await session(agent, scope, { command: `touch ran; echo ${TOKEN}` });
      expect(ran).toBe(false);
    });

    testHere('of an output with a key, the rest is sent', async () => {
      const { sent } = await session(agent, scope, { command: 'sh show.sh' });
      expect(holdsKey(sent)).toBe(false);
      expect(sent).toMatch(/cio\*{32}\W+n?after/);
    });
  });

  describe(agent, () => {
    testHere('a command that names a file with a key does not run', async () => {
      const { sent, ran } = await session(agent, 'user', { command: 'touch ran; cat key.txt' });
      expect(ran).toBe(false);
      expect(holdsKey(sent)).toBe(false);
    });

    testHere('a prompt that mentions a file with a key is not sent', async () => {
      const { sent } = await session(agent, 'user', { prompt: 'what is in @key.txt ?' });
      expect(holdsKey(sent)).toBe(false);
    });
  });
}
