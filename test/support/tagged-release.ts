import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { projectRoot } from './project';

export interface TaggedRelease {
  /** A bare repository whose tag is this version. */
  readonly repository: string;
  readonly commit: string;
}

/** npm's environment: what a build needs comes from its cache, which `npm ci` filled. */
export const buildEnvironment = { ...process.env, npm_config_prefer_offline: 'true', npm_config_fetch_retries: '0' };

/** This checkout's last commit, tagged in a repository of its own. */
export function tagRelease(folder: string): TaggedRelease {
  const repository = join(folder, 'repository.git');
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  git('clone', '--quiet', '--bare', projectRoot, repository);
  git('-C', repository, 'update-ref', `refs/tags/${packageJson.version}`, 'HEAD');
  return { repository, commit: git('-C', repository, 'rev-parse', 'HEAD') };
}

/** Packs the tag in a folder of another name. @returns the tarball's path */
export function packElsewhere({ repository }: TaggedRelease, folder: string): string {
  const { name, version } = packageJson;
  const source = join(folder, 'another-folder');
  const to = join(folder, 'packed-elsewhere');
  mkdirSync(to);
  execFileSync('git', ['clone', '--quiet', '--branch', version, repository, source], { stdio: 'ignore' });
  // The dependencies as they are here: links, where the file systems allow it.
  const modules = [join(projectRoot, 'node_modules'), join(source, 'node_modules')];
  if (spawnSync('cp', ['-al', ...modules], { stdio: 'ignore' }).status !== 0) execFileSync('cp', ['-a', ...modules]);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', to], {
    cwd: source,
    env: { ...buildEnvironment, CI: 'true' },
    stdio: 'ignore',
  });
  return join(to, `${name}-${version}.tgz`);
}
