import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pack } from 'tar-stream';
import type { Plan } from '../../src/leak/plan/plan';
import { GITLAB_CI, MANIFEST, publishWorkflow } from '../support/ci-files';
import { startCratesIoApi, type ApiState, type RunningApi } from '../support/crates-io-api';
import { startLoopbackWeb, type LoopbackWeb } from '../support/loopback-web';
import { projectRoot } from '../support/project';
import { repositoryAt, privateEnvironment, type Repository } from '../support/repository';
import { atTerminal, hasTerminals, type Screen } from '../support/terminal';
import { apiToken } from '../support/tokens';
import { hasPrograms, testWhere } from '../support/tools';

/**
 * A leak in a repository of its own, its plan as Markdown, and every command of the plan as it stands there, one by one,
 * at a terminal. cargo, git and git filter-repo are the real ones. crates.io is a stand-in under its own name; GitHub's
 * repository is a bare one on this disk; the clients of services are strict stand-ins.
 */

const leaked = apiToken('leaked');
const fresh = apiToken('fresh');
/** For the hour in which strangers are shown out. */
const borrowed = apiToken('borrowed');

const testHere = testWhere(hasTerminals() && hasPrograms('openssl', 'cargo', 'git-filter-repo'));

interface Pasted {
  /** The section's title. */
  readonly section: string;
  readonly command: string;
}

/** The shell commands of a plan, in its order; what is to be put into a file is none. */
function commandsIn(markdown: string): readonly Pasted[] {
  const found: Pasted[] = [];
  let section = '';
  let block: { readonly fence: string; readonly language: string; readonly lines: string[] } | null = null;
  for (const line of markdown.split('\n')) {
    if (block !== null) {
      if (line.trim() !== block.fence) block.lines.push(line.replace(/^ {2}/, ''));
      else {
        if (block.language === 'sh') found.push({ section, command: block.lines.join('\n') });
        block = null;
      }
      continue;
    }
    const [, fence, language = ''] = /^ {2}(`{3,})(\w*)$/.exec(line) ?? [];
    if (fence !== undefined) block = { fence, language, lines: [] };
    section = /^## (?:\d+\. )?(.*)$/.exec(line)?.[1] ?? section;
  }
  return found;
}

function shellCodeOf({ sections }: Plan): readonly string[] {
  const code = sections.flatMap(({ steps }) => steps.flatMap((step) => step.code));
  return code.filter(({ language }) => language === 'shell').map(({ text }) => text);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What holds no key may be shown where a test fails; the rest of the sequence tells that one was there. */
function withoutKeys(text: string): string {
  return [leaked, fresh, borrowed].reduce((shown, key) => shown.replaceAll(key, '(a key)'), text);
}

const WORKFLOW = `${publishWorkflow('CARGO_REGISTRY_TOKEN')}  nightly:
    runs-on: ubuntu-latest
    environment: night shift
    steps:
      - run: cargo publish --package one
        env:
          CARGO_REGISTRY_TOKEN: \${{ secrets.NIGHTLY_KEY }}
`;
const TRAVIS = 'script:\n  - cargo publish --token $CRATES_KEY\n';
const DOCKERFILE = 'FROM rust\nARG CARGO_REGISTRY_TOKEN\nRUN cargo publish\n';
const POD = `apiVersion: v1
kind: Pod
metadata:
  name: release
spec:
  containers:
    - name: release
      image: rust
      command: [cargo, publish]
      env:
        - name: CARGO_REGISTRY_TOKEN
          valueFrom:
            secretKeyRef:
              name: crates-io
              key: token
`;

/** A version as the API tells of it; mallory's is the one that was not meant to be. */
function version(num: string, day: string, login: string): object {
  return {
    crate: 'one',
    num,
    created_at: `${day}T12:00:00Z`,
    yanked: false,
    checksum: '0'.repeat(64),
    published_by: { id: 42, login },
    audit_actions: [],
    trustpub_data: null,
  };
}

// Some two dozen programs each, a few of them cargo.
jest.setTimeout(180_000);

describe('the plan is followed to its end', () => {
  let folder: string;
  let tools: string;
  let api: RunningApi;
  let web: LoopbackWeb;
  let repository: Repository;
  let origin: string;
  let environment: NodeJS.ProcessEnv;
  let waiting: AbortController;
  let screens: (Pasted & Screen)[];

  const state: Omit<ApiState, 'tokens'> = {
    users: { bob: 42, mallory: 66 },
    crates: {
      one: {
        owners: ['bob', 'mallory'],
        versions: [version('1.2.1', '2026-01-02', 'mallory'), version('1.2.0', '2025-12-01', 'bob')],
      },
    },
  };

  async function begin(leakedScopes: readonly string[] | null): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'cratesguard-followed-'));
    tools = join(folder, 'tools');
    for (const name of ['tools', 'home', 'cargo-home']) mkdirSync(join(folder, name));
    api = await startCratesIoApi({
      ...state,
      tokens: {
        [leaked]: { scopes: leakedScopes },
        [fresh]: { scopes: ['publish-update'] },
        [borrowed]: { scopes: ['yank', 'change-owners'] },
      },
    });
    web = await startLoopbackWeb(folder, { 'crates.io': api.url, 'index.crates.io': api.url });
    symlinkSync(join(projectRoot, 'dist', 'cratesguard.cjs'), join(tools, 'cratesguard'));
    for (const name of ['gh', 'travis', 'kubectl', 'docker']) {
      const clients = join(projectRoot, 'test', 'support', 'service-clients.mjs');
      writeFileSync(
        join(tools, name),
        `#!/bin/sh\nexec '${process.execPath}' '${clients}' '${folder}/clients.log' ${name} "$@"\n`,
      );
      chmodSync(join(tools, name), 0o755);
    }
    const outside = privateEnvironment(join(folder, 'home'));
    environment = {
      ...Object.fromEntries(
        Object.entries(outside).filter(([name]) => !/^(?:CARGO_|CI$|CRATESGUARD_|GITHUB_|npm_)/i.test(name)),
      ),
      ...web.env,
      CARGO_HOME: join(folder, 'cargo-home'),
      RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? join(homedir(), '.rustup'),
      IMAGE_FILE: join(folder, 'image.tar'),
      PATH: [tools, process.env['PATH']].join(delimiter),
      TERM: 'dumb',
    };
    repository = repositoryAt(join(folder, 'work'), environment);
    origin = join(folder, 'origin.git');
    waiting = new AbortController();
    screens = [];
  }

  afterEach(async () => {
    waiting.abort();
    await web.close();
    await api.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  function pushTo(remote: string, address: string): void {
    repository.git('init', '-q', '--bare', '-b', 'main', remote);
    repository.git('remote', 'add', 'origin', address);
    repository.git('push', '-q', '--all', remote);
    repository.git('push', '-q', '--tags', remote);
  }

  /** Runs the built program as one does in CI: no terminal, nothing on standard input. */
  function cratesguard(
    cwd: string,
    ...args: readonly string[]
  ): { readonly status: number | null; readonly text: string } {
    const { status, stdout, stderr } = spawnSync(join(tools, 'cratesguard'), args, {
      cwd,
      env: environment,
      encoding: 'utf8',
      input: '',
    });
    expect(withoutKeys(stderr)).toBe('');
    return { status, text: stdout };
  }

  /** What the maintainer does: scans, asks for the plan, and reads it. */
  function planFor(...options: readonly string[]): readonly Pasted[] {
    const report = join(folder, 'report.json');
    const scan = cratesguard(repository.path, 'scan', '--history', '--format', 'json', '--output', report);
    expect(scan).toEqual({ status: 1, text: '' });
    const plan = cratesguard(repository.path, 'leak', 'plan', '--report', report, ...options);
    expect(plan.status).toBe(0);
    expect(withoutKeys(plan.text)).toBe(plan.text);
    const commands = commandsIn(plan.text);
    // The same from a format that has nothing to parse: none is overlooked.
    const json = cratesguard(repository.path, 'leak', 'plan', '--report', report, '--format', 'json', ...options);
    expect(commands.map(({ command }) => command)).toEqual(shellCodeOf(JSON.parse(json.text) as Plan));
    return commands;
  }

  interface Night {
    /** The key that is asked for, by a word of the section's title. */
    readonly keys: Readonly<Record<string, string>>;
    /** What is done by hand after a command that begins like this. */
    readonly meanwhile?: Readonly<Record<string, () => void>>;
  }

  /** Pastes every command of the plan, in its order. @returns those that did not end with 0, with their status */
  async function follow(plan: readonly Pasted[], { keys, meanwhile = {} }: Night): Promise<readonly string[]> {
    for (const { section, command } of plan) {
      const key = Object.entries(keys).find(([word]) => section.includes(word))?.[1] ?? '';
      const screen = await atTerminal(command, {
        cwd: repository.path,
        env: environment,
        folder,
        signal: waiting.signal,
        answers: [
          { at: /(?:[Kk]ey|\(it is not shown\)|Paste your secret): $/, line: key },
          { at: /\[y\/N\] $/, line: 'y' },
          { at: /Crate and version, as in one@1\.2\.3: $/, line: 'one@1.2.1' },
          { at: /Crate: $/, line: 'one' },
          { at: /Owner to take out: $/, line: 'mallory' },
          { at: /Name inside the Secret: $/, line: 'token' },
          { at: /Image: $/, line: 'registry.example/one:1.2.0' },
        ],
      });
      expect(withoutKeys(screen.text)).toBe(screen.text);
      screens.push({ section, command, ...screen });
      for (const [start, act] of Object.entries(meanwhile)) if (command.startsWith(start)) act();
    }
    expect(screens.map(({ command }) => command)).toEqual(plan.map(({ command }) => command));
    return screens.filter(({ status }) => status !== 0).map(({ command, status }) => `${status} ${command}`);
  }

  const screenOf = (start: string): string => screens.find(({ command }) => command.startsWith(start))?.text ?? '';

  /** What came to crates.io, and with which key; how often cargo reads the index's settings is its own affair. */
  function asked(): readonly string[] {
    const names = new Map(
      [leaked, fresh, borrowed].map((key, at) => [sha256(key), ['leaked', 'fresh', 'borrowed'][at]]),
    );
    return api.requests
      .filter(({ path, tokenSha256 }) => path !== '/config.json' || tokenSha256 !== null)
      .map(
        ({ method, path, status, tokenSha256 }) =>
          `${status} ${method} ${path}${tokenSha256 === null ? '' : ` (${names.get(tokenSha256) ?? 'unknown'})`}`,
      );
  }

  /** What the clients of services were given. */
  function clients(): readonly (readonly [call: string, sha256: string | null])[] {
    return readFileSync(join(folder, 'clients.log'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(
        (line) =>
          JSON.parse(line) as {
            readonly program: string;
            readonly args: readonly string[];
            readonly sha256: string | null;
          },
      )
      .map(({ program, args, sha256: value }) => [[program, ...args].join(' '), value]);
  }

  async function isAlive(key: string): Promise<boolean> {
    const response = await fetch(`${api.url}/api/v1/me`, { headers: { authorization: key, 'user-agent': 'test' } });
    return (await response.text()).includes('can only be performed on the crates.io website');
  }

  /** The version and the owner that were not meant to be are out, the old key is dead, the new one works. */
  async function expectThatAllIsWell(): Promise<void> {
    expect(web.refused).toEqual([]);
    expect([api.yanked, api.ownersOf('one')]).toEqual([['one@1.2.1'], ['bob']]);
    expect([await isAlive(leaked), await isAlive(fresh)]).toEqual([false, true]);
    expect(cratesguard(origin, 'scan', '--history').status).toBe(0);
  }

  /** Nothing on the way has left a key behind, but where the plan says so. */
  function filesWith(key: string): readonly string[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => !path.startsWith('work/') && !path.includes('.git/objects/'))
      .filter(
        (path) => statSync(join(folder, path)).isFile() && readFileSync(join(folder, path), 'latin1').includes(key),
      )
      .sort();
  }

  testHere('a public leak of a key without scopes', async () => {
    await begin(null);
    const image = pack();
    image.entry({ name: 'manifest.json' }, '[{"Config":"config.json","RepoTags":null,"Layers":[]}]');
    image.entry({ name: 'config.json' }, '{"config":{}}');
    image.finalize();
    const pieces: Uint8Array[] = [];
    for await (const piece of image as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
    writeFileSync(join(folder, 'image.tar'), Buffer.concat(pieces));
    // This machine has the key too, where cargo keeps it.
    const credentials = join(folder, 'cargo-home', 'credentials.toml');
    writeFileSync(credentials, `[registry]\ntoken = "${leaked}"\n`);

    repository.stage('Cargo.toml', MANIFEST);
    repository.stage('src/lib.rs', '');
    repository.stage('.github/workflows/release.yml', WORKFLOW);
    repository.stage('.travis.yml', TRAVIS);
    repository.stage('Dockerfile', DOCKERFILE);
    repository.stage('deploy/release.yaml', POD);
    repository.commit('a crate');
    repository.stage('.env', `# mine\nCARGO_REGISTRY_TOKEN=${leaked}\n`);
    const bad = repository.commit('make it work');
    repository.git('rm', '-q', '--', '.env');
    repository.commit('take it out');
    repository.git('tag', 'v1.2.0');
    repository.stage('src/lib.rs', '// more\n');
    repository.commit('go on');
    pushTo(origin, 'https://github.com/bob/one.git');

    const plan = planFor();
    // From here on git takes GitHub's address for the repository on this disk.
    writeFileSync(
      join(folder, 'home', '.gitconfig'),
      `[url ${JSON.stringify(origin)}]\n\tinsteadOf = https://github.com/bob/one.git\n`,
    );
    const notZero = await follow(plan, { keys: { stranger: borrowed, 'new key': fresh } });
    // Both are the good news here: mallory's version is found, and the new key works.
    expect(notZero).toEqual(['1 cratesguard leak audit --crate one --since 2026-01-01', '1 cratesguard leak verify']);

    expect(screenOf(`git show ${bad}:.env`)).toContain('REVOKED: the key does not work');
    expect(screens.filter(({ text }) => text.includes('DEAD: the key does not work'))).toHaveLength(1);
    expect(screenOf('cratesguard leak audit')).toMatch(/1\.2\.1 .*mallory/);
    expect(screenOf('cratesguard leak verify')).toContain('ALIVE: the key works');
    expect(asked()).toEqual([
      '204 DELETE /api/v1/tokens/current (leaked)',
      '403 GET /api/v1/me (leaked)',
      '403 GET /api/v1/me (leaked)',
      '403 GET /api/v1/me (leaked)',
      '200 GET /api/v1/crates/one/versions?sort=date&per_page=100',
      '200 GET /api/v1/crates/one/owners',
      '200 GET /api/v1/crates/one?include=keywords',
      '200 DELETE /api/v1/crates/one/1.2.1/yank (borrowed)',
      '200 DELETE /api/v1/crates/one/owners (borrowed)',
      '403 GET /api/v1/me (fresh)',
    ]);
    await expectThatAllIsWell();

    expect(clients()).toEqual([
      ['gh secret set --repo bob/one CARGO_REGISTRY_TOKEN', sha256(fresh)],
      ['gh secret list --repo bob/one --env night shift', null],
      ['gh secret set --repo bob/one --env night shift NIGHTLY_KEY', sha256(fresh)],
      ['travis encrypt --add env.global', sha256(`CRATES_KEY=${fresh}`)],
      ['docker save registry.example/one:1.2.0', null],
      ['kubectl apply --server-side --force-conflicts --field-manager=key-rotation -f -', sha256(fresh)],
    ]);
    expect(filesWith(fresh)).toEqual(['cargo-home/credentials.toml']);
    expect(filesWith(borrowed)).toEqual([]);
    expect(filesWith(leaked)).toEqual([]);
    expect(existsSync(join(folder, 'replacements.txt'))).toBe(false);

    expect(repository.git('--git-dir', origin, 'show', 'v1.2.0~1:.env')).toBe(
      '# mine\nCARGO_REGISTRY_TOKEN=***REMOVED***',
    );
  });

  testHere('a private leak of a scoped key that stands encoded, and a remote that is a folder', async () => {
    await begin(['publish-update']);
    origin = join(folder, 'work', 'remotes', 'origin.git');
    const encoded = Buffer.from(leaked).toString('base64');
    repository.stage('Cargo.toml', MANIFEST);
    repository.stage('.gitlab-ci.yml', GITLAB_CI);
    repository.stage('.env', `AUTH=${encoded}\n`);
    repository.commit('a crate');
    repository.git('rm', '-q', '--', '.env');
    repository.commit('take it out');
    pushTo(origin, join('remotes', 'origin.git'));
    // Small pushes leave single objects on a server, which git filter-repo takes for a repository in use.
    for (const part of ['a', 'b', 'c']) {
      for (let file = 0; file < 50; file += 1) repository.write(`src/${part}${file}.rs`, `// ${part}${file}\n`);
      repository.git('add', 'src');
      repository.commit(`more of ${part}`);
      repository.git('push', '-q', 'origin', 'main');
    }

    const notZero = await follow(planFor('--exposure', 'private'), {
      keys: { 'Replace it': fresh, Revoke: leaked, stranger: borrowed, history: encoded },
      meanwhile: {
        'cratesguard leak revoke': () => {
          api.revoke(leaked);
        },
      },
    });
    expect(notZero).toEqual([
      '1 cratesguard leak verify', // the new one is alive
      '1 cratesguard leak revoke', // a scoped key cannot revoke itself: the plan sends the reader to the settings page
      '1 cratesguard leak audit --crate one --since 2026-01-01', // there is something
    ]);
    expect(screenOf('cratesguard leak revoke')).toContain('NOT REVOKED: the key is still alive');
    expect(screens.filter(({ text }) => text.includes('DEAD: the key does not work'))).toHaveLength(1);
    expect(asked()).toEqual([
      '403 GET /api/v1/me (fresh)',
      '403 DELETE /api/v1/tokens/current (leaked)',
      '403 GET /api/v1/me (leaked)',
      '403 GET /api/v1/me (leaked)',
      '200 GET /api/v1/crates/one/versions?sort=date&per_page=100',
      '200 GET /api/v1/crates/one/owners',
      '200 GET /api/v1/crates/one?include=keywords',
      '200 DELETE /api/v1/crates/one/1.2.1/yank (borrowed)',
      '200 DELETE /api/v1/crates/one/owners (borrowed)',
    ]);
    await expectThatAllIsWell();
    expect([leaked, encoded, fresh, borrowed].flatMap(filesWith)).toEqual([]);
    expect(repository.git('--git-dir', origin, 'show', 'main~4:.env')).toBe('AUTH=***REMOVED***');
  });
});
