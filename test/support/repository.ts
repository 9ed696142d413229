import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A real git repository in a temporary folder, with a HOME of its own and no settings from outside. */
export interface Repository {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs git here and gives what it printed, without the last line end; throws where it fails. */
  git(...args: readonly string[]): string;
  /** The same with bytes on standard input. */
  gitWith(input: string | Uint8Array, ...args: readonly string[]): string;
  /** Writes a file and stages it. */
  stage(path: string, content: string | Uint8Array): void;
  write(path: string, content: string | Uint8Array): void;
  /** Commits what is staged, hooks aside, and gives the commit's id. */
  commit(message: string): string;
  remove(): void;
}

/** Nothing of the caller's git: neither settings nor, inside a hook, its repository. */
export function privateEnvironment(home: string): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(outside),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  };
}

function runGit(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[], input: string | Uint8Array = ''): string {
  const result = spawnSync('git', args, { cwd, env, input, maxBuffer: 1 << 28 });
  if (result.status !== 0)
    throw new Error(`git ${args[0] ?? ''} ended with ${String(result.status)}: ${result.stderr.toString('utf8')}`);
  return result.stdout.toString('utf8').replace(/\n$/, '');
}

/** A repository at a path that is there already or is made; `args` go to `git init`. */
export function repositoryAt(path: string, env: NodeJS.ProcessEnv, args: readonly string[] = []): Repository {
  mkdirSync(path, { recursive: true });
  const git = (...words: readonly string[]) => runGit(path, env, words);
  git('init', '-q', '-b', 'main', ...args);
  for (const [key, value] of [
    ['user.name', 'dev'],
    ['user.email', 'dev@example.com'],
    ['commit.gpgsign', 'false'],
  ])
    git('config', key ?? '', value ?? '');
  const write = (file: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  };
  return {
    path,
    env,
    git,
    gitWith: (input, ...words) => runGit(path, env, words, input),
    write,
    stage: (file, content) => {
      write(file, content);
      git('--literal-pathspecs', 'add', '--force', '--', file);
    },
    commit: (message) => {
      git('commit', '-q', '--no-verify', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** An empty repository in a new temporary folder; `remove` takes the folder away. */
export function temporaryRepository(args: readonly string[] = []): Repository {
  const folder = mkdtempSync(join(tmpdir(), 'cratesguard-'));
  mkdirSync(join(folder, 'home'));
  const repository = repositoryAt(join(folder, 'work'), privateEnvironment(join(folder, 'home')), args);
  return {
    ...repository,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
