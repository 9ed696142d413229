import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './project';
import { privateEnvironment, repositoryAt, type Repository } from './repository';

interface Answer {
  readonly status: number | null;
  /** Standard output and standard error, one after the other. */
  readonly text: string;
}

/** A repository that has the package as a development dependency, as `npm install` puts it there. */
export interface Project extends Repository {
  readonly run: (program: string, ...args: readonly string[]) => Answer;
  /** Adds to the environment of what `run` starts. */
  readonly runWith: (extra: NodeJS.ProcessEnv, program: string, ...args: readonly string[]) => Answer;
}

const shell = process.platform === 'win32';

/** npm without a network: what it cannot find on this machine is an error. */
function offline(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const outside = Object.entries(env).filter(([name]) => !/^(?:npm_|CI$|CRATESGUARD_)/i.test(name));
  return {
    ...Object.fromEntries(outside),
    npm_config_cache: join(home, '.npm'),
    npm_config_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
}

/** Packs what the build made. @returns the tarball's path */
export function packPackage(folder: string): string {
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: projectRoot,
    shell,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  if (name === undefined || others.length > 0) throw new Error('npm pack made no tarball, or several');
  return join(folder, name);
}

/** A new repository in `folder` with the tarball installed and one commit. */
export function projectWith(tarball: string, folder: string): Project {
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = offline(privateEnvironment(home), home);
  const repository = repositoryAt(join(folder, 'project'), env);
  const runWith = (extra: NodeJS.ProcessEnv, program: string, ...args: readonly string[]): Answer => {
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      cwd: repository.path,
      env: { ...env, ...extra },
      encoding: 'utf8',
      shell: shell && program !== 'git',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (error) throw error;
    return { status, text: stdout + stderr };
  };
  const run = (program: string, ...args: readonly string[]): Answer => runWith({}, program, ...args);
  writeFileSync(
    join(repository.path, 'package.json'),
    JSON.stringify({ name: 'app', private: true, scripts: { prepare: 'cratesguard install' } }),
  );
  writeFileSync(join(repository.path, '.gitignore'), 'node_modules/\n');
  const installed = run('npm', 'install', '--ignore-scripts', '--save-dev', tarball);
  if (installed.status !== 0) throw new Error(`npm install failed: ${installed.text}`);
  repository.git('add', '--all');
  repository.commit('first');
  return { ...repository, run, runWith };
}

/** A folder for one test file, gone after `remove`. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cratesguard-e2e-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
