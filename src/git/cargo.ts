/** Runs cargo on a checkout that is not trusted: no program that its files or its git configuration name is started. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { GuardError } from '../base/error';
import { runProgram, type ProgramPlace } from '../base/process';
import { gitEnvironment } from './environment';
import { askGit } from './run';

/**
 * What cargo prints for the package or workspace of a manifest (an absolute path).
 * - It runs in the root folder: rustup reads toolchain files, and cargo its `.cargo/config.toml` (wrappers, aliases,
 *   credential providers, `[env]`), from the current folder upwards.
 * - It asks git's configuration which filters to run (`filter.NAME.process`, `clean`); it takes the first definition of
 *   a name, and empty ones come first here.
 *
 * @throws GuardError 'missing-tool' without cargo, 'unreadable' with cargo's own words where it refuses
 */
export async function runCargo(
  args: readonly string[],
  { manifest, root, env, signal }: Omit<ProgramPlace, 'cwd'> & { readonly manifest: string; readonly root: string },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cratesguard-cargo-'));
  try {
    const settings = join(folder, 'gitconfig');
    await writeFile(settings, await withoutFilters(root, env));
    const { stdout, exit } = await runProgram(env['CARGO'] ?? 'cargo', [...args, '--manifest-path', manifest], {
      cwd: parse(manifest).root,
      env: {
        ...gitEnvironment(env),
        GIT_CONFIG_GLOBAL: settings,
        CARGO_TERM_COLOR: 'never',
      },
      signal,
    });
    if (exit.status === 0) return stdout.toString('utf8');
    const [, words = exit.stderr] = /^error: (.*)/ms.exec(exit.stderr) ?? [];
    throw new GuardError('unreadable', `cargo cannot package this: ${words.trim()}`);
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'missing-tool') throw error;
    throw new GuardError('missing-tool', 'cargo was not found', {
      hint: 'install Rust, or put cargo on the PATH',
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A git configuration with an empty filter of each name that is defined anywhere, and then the user's own. */
async function withoutFilters(root: string, env: NodeJS.ProcessEnv): Promise<string> {
  const names = new Set<string>();
  for (const cwd of [root, ...(await repositoriesIn(root))]) {
    const { stdout } = await askGit({ cwd, env }, ['config', '-z', '--name-only', '--get-regexp', '^filter\\.']);
    for (const key of stdout.toString('utf8').split('\0')) {
      const name = /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1];
      if (name !== undefined) names.add(name);
    }
  }
  const filters = [...names].map((name) => `[filter ${quoted(name)}]\n\trequired = false\n`);
  return [...filters, ...ownSettings(env).map((path) => `[include]\n\tpath = ${quoted(path)}\n`)].join('');
}

/** A subsection or value of a configuration file. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Where git looks for the user's settings; a file that is not there is passed over. */
function ownSettings(env: NodeJS.ProcessEnv): string[] {
  const given = env['GIT_CONFIG_GLOBAL'];
  if (given !== undefined) return given === '' ? [] : [given];
  const home = env['HOME'] ?? homedir();
  return [join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'git', 'config'), join(home, '.gitconfig')];
}

/** Folders below `root` that are repositories of their own: cargo looks into submodules and nested clones. */
async function repositoriesIn(root: string): Promise<string[]> {
  const found: string[] = [];
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name === '.git') found.push(folder);
      else if (entry.isDirectory()) waiting.push(join(folder, entry.name));
    }
  }
  return found;
}

/** The manifest of the nearest folder upwards that has one. @throws GuardError 'unreadable' */
export function nearestManifest(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'Cargo.toml'))) return join(folder, 'Cargo.toml');
    if (dirname(folder) === folder) throw new GuardError('unreadable', `there is no Cargo.toml in ${cwd} or above it`);
  }
}
