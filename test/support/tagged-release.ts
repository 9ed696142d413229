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

/** The tag in a folder of another name, with the dependencies as they are here. @returns the folder */
export function checkOutElsewhere({ repository }: TaggedRelease, folder: string): string {
  const source = join(folder, 'another-folder');
  execFileSync('git', ['clone', '--quiet', '--branch', packageJson.version, repository, source], { stdio: 'ignore' });
  // Links, where the file systems allow it.
  const modules = [join(projectRoot, 'node_modules'), join(source, 'node_modules')];
  if (spawnSync('cp', ['-al', ...modules], { stdio: 'ignore' }).status !== 0) execFileSync('cp', ['-a', ...modules]);
  return source;
}

/** Packs the tag in a folder of another name. @returns the tarball's path */
export function packElsewhere(release: TaggedRelease, folder: string): string {
  const { name, version } = packageJson;
  const to = join(folder, 'packed-elsewhere');
  mkdirSync(to);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', to], {
    cwd: checkOutElsewhere(release, folder),
    env: { ...buildEnvironment, CI: 'true' },
    stdio: 'ignore',
  });
  return join(to, `${name}-${version}.tgz`);
}
