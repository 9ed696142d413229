import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryRepository, type Repository } from './repository';
import { apiToken } from './tokens';

/** What a platform hosts: `main` has gone on since `topic` left it, and `topic` adds a key and removes it again. */
export interface CiUpstream {
  readonly repository: Repository;
  readonly folder: string;
  /** What `main` was when `topic` began. */
  readonly first: string;
  readonly main: string;
  readonly topic: string;
  /** The merge of both, as a platform makes it for a pull request (`refs/pull/7/merge`). */
  readonly merge: string;
  readonly key: string;
  /** `npx --yes cratesguard@VERSION …` runs the built program where this is first on the PATH. */
  readonly path: string;
}

export function ciUpstream(program: string, version: string): CiUpstream {
  const repository = temporaryRepository();
  const folder = join(repository.path, '..');
  const key = apiToken('ci upstream');
  repository.stage('main.rs', 'fn main() {}\n');
  const first = repository.commit('first');
  repository.git('checkout', '-q', '-b', 'topic');
  repository.stage('1.txt', '1\n');
  repository.commit('one');
  repository.stage('k.txt', `k=${key}\n`);
  repository.commit('two');
  repository.git('rm', '-q', 'k.txt');
  const topic = repository.commit('three');
  repository.git('update-ref', 'refs/pull/7/head', topic);
  repository.git('checkout', '-q', 'main');
  repository.stage('m.txt', 'm\n');
  const main = repository.commit('main goes on');
  repository.git('checkout', '-q', '--detach', 'main');
  repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'topic');
  const merge = repository.git('rev-parse', 'HEAD');
  repository.git('update-ref', 'refs/pull/7/merge', merge);
  repository.git('checkout', '-q', 'main');
  const path = join(folder, 'bin');
  mkdirSync(path);
  const npx = `#!/bin/sh\n[ "$1 $2" = '--yes cratesguard@${version}' ] || exit 97\nshift 2\nexec '${process.execPath}' '${program}' "$@"\n`;
  writeFileSync(join(path, 'npx'), npx, { mode: 0o755 });
  return { repository, folder, first, main, topic, merge, key, path };
}
