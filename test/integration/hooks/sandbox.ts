import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own for a test file, with a home, a git configuration and the program, bundled, with a stand-in scanner. */

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly all: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

export interface Sandbox {
  readonly folder: string;
  /** Where the bundled program and its stand-in hook.cjs lie. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  run(command: readonly string[], options?: RunOptions): Answer;
  git(cwd: string, ...args: readonly string[]): Answer;
  /** Runs a command of the program; `npx cratesguard …` as a user would have it. */
  cratesguard(cwd: string, args: readonly string[], env?: RunOptions['env']): Answer;
  /** The same, several at once. */
  cratesguardAtOnce(cwd: string, args: readonly string[], times: number): Promise<readonly number[]>;
  /** A repository with one commit. */
  repository(name?: string): string;
  remove(): void;
}

const HERE = __dirname;

export function openSandbox(): Sandbox {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cratesguard-hooks-')));
  const program = join(folder, 'package', 'dist');
  const home = join(folder, 'home');
  mkdirSync(program, { recursive: true });
  mkdirSync(home);
  const esbuild = join(dirname(require.resolve('esbuild/package.json')), 'bin', 'esbuild');
  execFileSync(esbuild, [
    join(HERE, 'driver.ts'),
    '--bundle',
    '--platform=node',
    '--format=cjs',
    '--target=node20',
    '--log-level=error',
    `--outfile=${join(program, 'cratesguard.cjs')}`,
  ]);
  copyFileSync(join(HERE, 'stand-in-hook.cjs'), join(program, 'hook.cjs'));
  const env: NodeJS.ProcessEnv = {
    ...withoutGit(process.env),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = dev\n\temail = dev@example.com\n[commit]\n\tgpgSign = false\n[init]\n\tdefaultBranch = main\n',
  );

  const run = ([name = '', ...args]: readonly string[], options: RunOptions = {}): Answer => {
    const { status, stdout, stderr } = spawnSync(name, args, {
      cwd: options.cwd ?? folder,
      env: { ...env, ...options.env },
      input: options.input ?? '',
      encoding: 'latin1',
    });
    return { status: status ?? 128, stdout, stderr, all: stdout + stderr };
  };
  const git: Sandbox['git'] = (cwd, ...args) => run(['git', ...args], { cwd });
  const command = (args: readonly string[]): readonly string[] => [
    process.execPath,
    join(program, 'cratesguard.cjs'),
    ...args,
  ];
  return {
    folder,
    program,
    env,
    run,
    git,
    cratesguard: (cwd, args, extra = {}) => run(command(args), { cwd, env: extra }),
    cratesguardAtOnce: (cwd, args, times) => {
      const [name = '', ...rest] = command(args);
      const one = (): Promise<number> =>
        new Promise((resolve, reject) => {
          const child = spawn(name, rest, { cwd, env, stdio: 'ignore' });
          child.on('error', reject);
          child.on('close', (code) => {
            resolve(code ?? 128);
          });
        });
      return Promise.all(Array.from({ length: times }, one));
    },
    repository(name = 'repository') {
      const path = join(folder, name);
      const template = join(folder, 'template');
      if (!existsSync(template)) {
        git(folder, 'init', '-q', template);
        rmSync(join(template, '.git', 'hooks'), { recursive: true });
        mkdirSync(join(template, '.git', 'hooks'));
        writeFileSync(join(template, 'main.rs'), 'fn main() {}\n');
        git(template, 'add', '.');
        git(template, 'commit', '-q', '-m', 'first', '--no-verify');
      }
      cpSync(template, path, { recursive: true });
      return path;
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dropped = /^(GIT_|CRATESGUARD_|CI$|HUSKY$|npm_)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name)));
}

export function writeScript(path: string, text: string, mode = 0o755): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(text, 'latin1'));
  chmodSync(path, mode);
}

/** Every file below a folder with its mode and bytes, objects and logs aside: what must not change. */
export function snapshot(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (path: string, name: string): void => {
    const stats = lstatSync(path);
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) found[name] = `link ${readlinkSync(path)}`;
    else if (stats.isDirectory()) {
      found[name] = `folder ${mode}`;
      for (const child of readdirSync(path)) if (child !== 'objects') visit(join(path, child), `${name}/${child}`);
    } else found[name] = `${mode} ${readFileSync(path).toString('latin1')}`;
  };
  visit(folder, '.');
  return found;
}

/** A folder with nothing in it but these programs, as links, for a PATH that lacks the others. */
export function pathWith(sandbox: Sandbox, name: string, programs: Readonly<Record<string, string>>): string {
  const folder = join(sandbox.folder, name);
  mkdirSync(folder, { recursive: true });
  for (const [program, target] of Object.entries(programs)) {
    writeFileSync(join(folder, program), `#!/bin/sh\nexec ${target} "$@"\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

/** The path of a program on this machine; null where it is not there. */
export function programNamed(name: string): string | null {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}
