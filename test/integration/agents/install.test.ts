import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_IDS, AGENTS } from '../../../src/agents/table';
import { commands } from '../../../src/cli/commands';
import { madeIo } from '../../support/made-io';
import { temporaryFolder } from '../../support/packed';
import { projectRoot } from '../../support/project';
import { privateEnvironment, repositoryAt, type Repository } from '../../support/repository';
import { apiToken } from '../../support/tokens';

const folder = temporaryFolder();
let number = 0;

afterAll(() => {
  folder.remove();
});

/** A repository of its own with a home of its own, and no agent's program on PATH. */
function fresh(): Repository & { readonly home: string; readonly environment: Record<string, string> } {
  const home = join(folder.path, `home-${++number}`);
  mkdirSync(home);
  const repository = repositoryAt(join(folder.path, `repository-${number}`), privateEnvironment(home));
  const environment = { HOME: home, PATH: '/usr/bin:/bin', GIT_CONFIG_NOSYSTEM: '1' };
  return { ...repository, home, environment };
}

async function run(
  { path, environment }: Pick<ReturnType<typeof fresh>, 'path' | 'environment'>,
  command: keyof typeof commands,
  args: readonly string[] = [],
  user = false,
) {
  const io = madeIo({ cwd: path, env: environment });
  const work = await commands[command]?.load();
  // The build's folder is where the program to copy lies.
  const start = work as (...given: unknown[]) => ReturnType<NonNullable<typeof work>>;
  const outcome = await start({ options: user ? { user: true } : {}, args }, io, join(projectRoot, 'dist'));
  return { outcome: outcome.kind, ...io.printed };
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .filter((name) => !name.startsWith('.git/') || name.includes('cratesguard'))
    .sort();
}

test('install, status, uninstall in a repository', async () => {
  const repository = fresh();
  repository.write('.gemini/settings.json', '{ "ui": { "theme": "x" } }');
  const before = filesBelow(repository.path);
  expect(await run(repository, 'agents install', AGENT_IDS)).toMatchObject({ outcome: 'clean' });
  for (const { files } of Object.values(AGENTS)) {
    const text = readFileSync(join(repository.path, files.project), 'utf8');
    expect(text).toContain('cratesguard');
    expect(text).not.toContain(repository.path);
  }
  expect(readFileSync(join(repository.path, '.cratesguard', 'agent'), 'utf8')).not.toContain(repository.path);
  const again = await run(repository, 'agents install', AGENT_IDS);
  expect(again.stdout.match(/in place/g)).toHaveLength(AGENT_IDS.length);
  const status = await run(repository, 'agents status', ['claude', 'copilot', 'cursor']);
  expect(status.stdout.match(/stops a made-up key/g)).toHaveLength(3);
  expect(status.outcome).toBe('clean');
  expect((await run(repository, 'agents status', ['codex'])).stdout).toContain('not trusted yet');
  expect(await run(repository, 'agents uninstall', AGENT_IDS.slice(1))).toMatchObject({ outcome: 'clean' });
  expect((await run(repository, 'agents status', ['claude'])).outcome).toBe('clean');
  await run(repository, 'agents uninstall', ['claude']);
  expect(filesBelow(repository.path)).toEqual(before);
  expect(readFileSync(join(repository.path, '.gemini/settings.json'), 'utf8')).toBe('{ "ui": { "theme": "x" } }');
  expect(existsSync(join(repository.path, '.claude'))).toBe(false);
});

test('install and uninstall for a user', async () => {
  const repository = fresh();
  mkdirSync(join(repository.home, '.claude'));
  writeFileSync(join(repository.home, 'kept.json'), '{}\n');
  symlinkSync('../kept.json', join(repository.home, '.claude', 'settings.json'));
  const before = filesBelow(repository.home);
  await run(repository, 'agents install', [], true);
  expect(readFileSync(join(repository.home, 'kept.json'), 'utf8')).toContain(repository.home);
  expect(await run(repository, 'agents status', [], true)).toMatchObject({ outcome: 'clean' });
  expect(await run(repository, 'agents status', ['claude'])).toMatchObject({ outcome: 'clean' });
  await run(repository, 'agents uninstall', [], true);
  expect(filesBelow(repository.home)).toEqual(before);
  expect(readFileSync(join(repository.home, 'kept.json'), 'utf8')).toBe('{}\n');
});

test('without a name, the agents that are there', async () => {
  const repository = fresh();
  expect((await run(repository, 'agents install')).outcome).toBe('blocked');
  mkdirSync(join(repository.path, '.codex'));
  mkdirSync(join(repository.home, '.gemini'));
  const { stdout } = await run(repository, 'agents install');
  expect(stdout).toContain('Codex CLI');
  expect(stdout).toContain('Gemini CLI');
  expect(stdout).not.toContain('Claude Code  ');
});

test("the git hooks' install names the agents that are there", async () => {
  const repository = fresh();
  mkdirSync(join(repository.path, '.claude'));
  expect((await run(repository, 'install')).stdout).toMatch(/Claude Code.*cratesguard agents install/);
  await run(repository, 'agents install');
  expect((await run(repository, 'install')).stdout).not.toContain('agents install');
});

test('a clone without the program stops what is suspicious, and says what to run', async () => {
  const repository = fresh();
  await run(repository, 'agents install', AGENT_IDS);
  rmSync(join(repository.path, '.git', 'cratesguard-agents'), { recursive: true });
  const key = apiToken('clone');
  for (const [agent, { events }] of Object.entries(AGENTS))
    for (const event of Object.keys(events)) {
      const { stdout, status } = spawnSync('sh', ['.cratesguard/agent', agent, event], {
        cwd: repository.path,
        env: repository.environment,
        input: JSON.stringify({
          hook_event_name: event,
          cwd: repository.path,
          tool_response: key,
          error: key,
          prompt: key,
        }),
        encoding: 'utf8',
      });
      expect(status).toBe(0);
      expect(Object.keys(JSON.parse(stdout) as object).length).toBeGreaterThan(0);
      expect(stdout).toContain('npx cratesguard agents install');
    }
});

test('nothing is written where a folder leads out of the repository, or a configuration is no JSON', async () => {
  const repository = fresh();
  symlinkSync(repository.home, join(repository.path, '.claude'));
  await expect(run(repository, 'agents install', ['claude'])).rejects.toMatchObject({ code: 'unsupported' });
  expect(filesBelow(repository.home)).toEqual([]);
  repository.write('.gemini/settings.json', '{ "ui": ');
  await expect(run(repository, 'agents install', ['codex', 'gemini'])).rejects.toMatchObject({ code: 'unsupported' });
  expect(existsSync(join(repository.path, '.codex'))).toBe(false);
});

test('a hook that was tampered with is not run, and a key that passes is told', async () => {
  const repository = fresh();
  await run(repository, 'agents install', ['claude']);
  const settings = join(repository.path, '.claude/settings.json');
  const text = readFileSync(settings, 'utf8');
  writeFileSync(settings, text.replace('agent\\" claude PreToolUse', 'agent\\" claude PreToolUse; touch ran'));
  expect(await run(repository, 'agents status', ['claude'])).toMatchObject({ outcome: 'blocked' });
  expect(existsSync(join(repository.path, 'ran'))).toBe(false);
  writeFileSync(settings, text);
  writeFileSync(join(repository.path, '.cratesguard/agent'), 'exit 0\n');
  expect((await run(repository, 'agents status', ['claude'])).stdout).toContain('a made-up key passed');
});
