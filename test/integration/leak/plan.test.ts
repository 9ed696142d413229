import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { commandGroups, commands, groupSummaries } from '../../../src/cli/commands';
import { runLeakPlan } from '../../../src/cli/leak/plan';
import { parseCommandLine } from '../../../src/cli/parse';
import { runScan } from '../../../src/cli/scan/scan';
import { maskText } from '../../../src/detect/mask';
import type { Plan } from '../../../src/leak/plan/plan';
import { buildCli, type BuiltCli } from '../../support/built-cli';
import { GITLAB_CI, MANIFEST, publishWorkflow } from '../../support/ci-files';
import { startCratesIoApi, type RunningApi } from '../../support/crates-io-api';
import { madeIo } from '../../support/made-io';
import { temporaryRepository, type Repository } from '../../support/repository';
import { apiToken } from '../../support/tokens';

const HELP = { commands, groups: commandGroups, groupSummaries, version: '1.2.3' };
const key = apiToken('leaked');
const replacement = apiToken('new');

let repository: Repository;
beforeEach(() => {
  repository = temporaryRepository();
});
afterEach(() => {
  repository.remove();
});

const WORKFLOW = publishWorkflow('CRATES_KEY');

/** A crate whose first commit holds a key, in a file with an awkward name and in its message; the second takes it out. */
function leak(name: string): string {
  repository.stage('Cargo.toml', MANIFEST);
  repository.stage('.github/workflows/release.yml', WORKFLOW);
  repository.stage(name, `# mine\nKEY=${key}\n`);
  const first = repository.commit('first');
  repository.git('rm', '-q', '--', name);
  repository.commit('take it out');
  repository.git('tag', 'v1.2.0');
  return first;
}

async function scanReport(): Promise<string> {
  const io = madeIo({ cwd: repository.path, env: { HOME: join(repository.path, '..', 'home') } });
  expect(await runScan({ options: { history: true, format: 'json' }, args: [] }, io)).toEqual({ kind: 'blocked' });
  const file = join(repository.path, '..', 'report.json');
  writeFileSync(file, io.printed.stdout);
  return file;
}

async function plan(options: Record<string, string> = {}): Promise<string> {
  const io = madeIo({ cwd: repository.path, env: { HOME: join(repository.path, '..', 'home') } });
  expect(await runLeakPlan({ options, args: [] }, io)).toEqual({ kind: 'clean' });
  return io.printed.stdout;
}

const planJson = async (options: Record<string, string> = {}): Promise<Plan> =>
  JSON.parse(await plan({ ...options, format: 'json' })) as Plan;

const sectionIds = ({ sections }: Plan): readonly string[] => sections.map(({ id }) => id);

function commandsOf({ sections }: Plan, ...ids: readonly string[]): readonly string[] {
  return sections
    .filter(({ id }) => ids.includes(id))
    .flatMap(({ steps }) => steps.flatMap(({ code }) => code))
    .flatMap(({ language, text }) => (language === 'shell' ? [text] : []));
}

test.each(['md', 'html', 'json'])('the plan as %s, whole, and without the key', async (format) => {
  leak('.env');
  repository.git('remote', 'add', 'origin', 'https://someone:hunter2@github.com/bob/one.git');
  const text = await plan({ report: await scanReport(), format });
  expect([text.includes(key), text.includes(key.slice(3, 19)), text.includes('hunter2')]).toEqual([
    false,
    false,
    false,
  ]);
  // Whatever leaves the program is masked: that must change none of the plan's own commands and workflows.
  expect(maskText(text)).toBe(text);
  expect(text).toMatchSnapshot();
});

test('public: revoke first. Private: replace first. Evidence comes before either', async () => {
  leak('.env');
  const report = await scanReport();
  expect(sectionIds(await planJson({ report, exposure: 'public' }))).toEqual(sectionIds(await planJson({ report })));
  expect(sectionIds(await planJson({ report })).slice(0, 4)).toEqual(['contain', 'audit', 'strangers', 'replace']);
  expect(sectionIds(await planJson({ report, exposure: 'private' })).slice(0, 4)).toEqual([
    'evidence',
    'replace',
    'contain',
    'audit',
  ]);
  const titles = (await planJson({ report })).sections[0]?.steps.map(({ title }) => title.split(' ', 2).join(' '));
  expect(titles).toEqual(['Know what', 'Note "Last', 'Revoke the', 'Check that']);
});

test.each([
  ['.env', 'with a report'],
  ["it's a $(touch pwned) `file`; é.env", 'whatever a file is called'],
])('every command is valid in a shell, and every cratesguard command is one: %s', async (name) => {
  leak(name);
  repository.stage('.gitlab-ci.yml', GITLAB_CI);
  repository.commit('another service');
  for (const options of [{ report: await scanReport() }, { report: await scanReport(), exposure: 'private' }, {}]) {
    const made = await planJson(options);
    const commands = commandsOf(made, ...sectionIds(made));
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) {
      expect(spawnSync('sh', ['-n'], { input: command, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      for (const [, words = ''] of command.matchAll(/(?:^|\| )cratesguard ([^|\n']+)/gm))
        expect(() => parseCommandLine(words.trim().split(' '), HELP)).not.toThrow();
    }
    for (const { language, text } of made.sections.flatMap(({ steps }) => steps.flatMap(({ code }) => code)))
      if (language === 'yaml') expect(parseYaml(text)).toBeInstanceOf(Object);
  }
  expect(existsSync(join(repository.path, 'pwned'))).toBe(false);
});

test('what a repository calls its crates, secrets and environments is no command', async () => {
  const name = "x\"; touch pwned; $(touch pwned) '; touch pwned; '";
  repository.stage('Cargo.toml', `[package]\nname = ${JSON.stringify(name)}\nversion = "1.2.0"\n`);
  repository.stage(
    '.github/workflows/release.yml',
    WORKFLOW.replace('    runs-on', `    environment: ${JSON.stringify(name)}\n    runs-on`),
  );
  repository.stage(
    'pod.json.yaml',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      spec: {
        containers: [
          {
            image: 'rust',
            command: ['cargo', 'publish'],
            env: [{ name: 'CARGO_REGISTRY_TOKEN', valueFrom: { secretKeyRef: { name, key: 'token' } } }],
          },
        ],
      },
    }),
  );
  repository.commit('first');
  const made = await planJson();
  expect(made.facts.filter((fact) => fact.startsWith('Crates here'))).toEqual([]);
  const hostile = commandsOf(made, ...sectionIds(made)).filter((command) => command.includes('touch pwned'));
  expect(hostile.map((command) => command.split(' ', 2).join(' ')).sort()).toEqual([
    'bash -ec',
    'gh secret',
    'gh secret',
  ]);
  // Each of them is one word for the program that is started.
  for (const command of hostile) {
    const words = spawnSync('sh', ['-c', `gh() { printf '%s\\n' "$@"; }; bash() { gh "$@"; }; ${command}`], {
      cwd: repository.path,
      encoding: 'utf8',
    });
    expect(words.stdout.split('\n')).toContain(name);
  }
  expect(existsSync(join(repository.path, 'pwned'))).toBe(false);
});

test('Cargo’s own name for the secret leaves the command as it is', async () => {
  repository.stage('.github/workflows/release.yml', WORKFLOW.replace('CRATES_KEY', 'CARGO_REGISTRY_TOKEN'));
  repository.commit('first');
  repository.git('remote', 'add', 'origin', 'git@github.com:bob/one.git');
  const command = 'gh secret set --repo bob/one CARGO_REGISTRY_TOKEN';
  expect(commandsOf(await planJson(), 'replace')).toContain(command);
  expect(maskText(command)).toBe(command);
});

test('without CI it says so, and where to look', async () => {
  repository.stage('README.md', 'cargo publish\n');
  repository.commit('first');
  const titles = (await planJson()).sections.flatMap(({ steps }) => steps.map(({ title }) => title));
  expect(titles).toContain('Find where the key is used');
});

test.each([
  ['a later version', '{"version":2,"findings":[]}', 'unsupported'],
  ['no version', '{"findings":[]}', 'damaged'],
  ['cut JSON', '{"version":1,"findings":[{"ru', 'damaged'],
  ['another report', '[]', 'damaged'],
  ['an unknown rule', '{"version":1,"source":"history","findings":[{"rule":"x"}],"errors":[]}', 'damaged'],
  ['a portal', '<html>Log in</html>', 'damaged'],
])('a report that is none: %s', async (_name, text, code) => {
  const report = join(repository.path, 'report.json');
  writeFileSync(report, text);
  await expect(plan({ report })).rejects.toMatchObject({ code });
});

test('a report that is not there', async () => {
  await expect(plan({ report: 'absent.json' })).rejects.toMatchObject({ code: 'unreadable' });
});

// test/e2e/leak-plan-followed.test.ts goes from the first command to the last; here is what needs no whole night.
describe('followed in part', () => {
  let cli: BuiltCli;
  beforeAll(() => {
    cli = buildCli();
  });
  afterAll(() => {
    cli.remove();
  });

  let api: RunningApi;
  let tools = '';
  let environment: NodeJS.ProcessEnv = {};

  /** crates.io is the stand-in, and consent is given. */
  beforeEach(async () => {
    api = await startCratesIoApi({
      tokens: { [key]: { scopes: null }, [replacement]: { scopes: ['publish-update'] } },
      crates: {
        one: {
          owners: ['bob'],
          versions: [
            {
              crate: 'one',
              num: '1.2.0',
              created_at: '2026-01-02T00:00:00Z',
              yanked: false,
              checksum: '0'.repeat(64),
              published_by: { id: 42, login: 'bob' },
              audit_actions: [],
              trustpub_data: null,
            },
          ],
        },
      },
    });
    tools = mkdtempSync(join(tmpdir(), 'cratesguard-tools-'));
    const program = (name: string, text: string): void => {
      writeFileSync(join(tools, name), text);
      chmodSync(join(tools, name), 0o755);
    };
    program(
      'cratesguard',
      `#!/bin/sh
case "$1 $2" in
  'leak verify' | 'leak revoke') set -- "$@" --api ${api.url} --yes ;;
  'leak audit') set -- "$@" --api ${api.url} ;;
esac
exec '${process.execPath}' '${cli.file}' "$@"
`,
    );
    environment = {
      ...repository.env,
      CARGO_HOME: join(repository.path, '..', 'home'),
      PATH: [tools, process.env['PATH']].join(delimiter),
    };
  });
  afterEach(async () => {
    await api.close();
    rmSync(tools, { recursive: true });
  });

  /** Not `spawnSync`: the stand-in lives in this process. */
  function paste(command: string, stdin = ''): Promise<{ status: number; output: string }> {
    return new Promise((done) => {
      const shell = execFile(
        'bash',
        ['-e', '-c', command],
        { cwd: repository.path, env: environment },
        (error, stdout, stderr) => {
          done({ status: error === null ? 0 : Number(error.code), output: stdout + stderr });
        },
      );
      // A command that reads nothing may be gone before this is written.
      shell.stdin?.on('error', () => undefined).end(stdin);
    });
  }

  test('the key in a message, in the work tree, and in a file with an awkward name', async () => {
    leak("it's one; é.env");
    repository.commit(`oops ${apiToken('said')}`);
    const made = await planJson({ report: await scanReport() });
    const answers = [];
    for (const command of commandsOf(made, 'contain')) answers.push((await paste(command)).status);
    // Two keys, each revoked and checked; the second was never alive, and "dead already" is as good.
    expect(answers).toEqual([0, 0, 0, 0]);
  });

  test('what Node.js and the program tell a debugger holds no key', async () => {
    const told = await paste(
      'NODE_DEBUG=http,https,net,tls,stream CRATESGUARD_DEBUG=1 cratesguard leak verify',
      `${replacement}\n`,
    );
    expect(told.output).toContain('HTTP');
    expect(told.output.includes(replacement.slice(3, 19))).toBe(false);
  });

  test('the replacement file holds the key alone, and nobody else can read it', async () => {
    leak('.env');
    const made = await planJson({ report: await scanReport() });
    const fill = commandsOf(made, 'history').filter((command) => command.includes('>>../replacements.txt'));
    for (const command of fill) expect(await paste(command)).toMatchObject({ status: 0, output: '' });
    expect(readFileSync(join(repository.path, '..', 'replacements.txt'), 'utf8') === `${key}\n`).toBe(true);
    expect((await paste('ls -l ../replacements.txt')).output).toMatch(/^-rw------- /);
  });
});
