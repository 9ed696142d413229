import { askGit, type Git, gitFailure } from './run';

/** What a fetch may use; never `ext::` and its like, which run a program. */
const PROTOCOLS = 'https:http:ssh:git:file';

const FETCH_ARGS = [
  '-c',
  'gc.auto=0',
  '-c',
  'maintenance.auto=false',
  '-c',
  'core.hooksPath=/dev/null', // a reference-transaction hook is nobody's business here
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head', // what the platform wrote there is read
  '--upload-pack=git-upload-pack',
] as const;

/**
 * Gets `refspecs` from `origin`; the only thing in this program that lets git use the network. Null where it worked, else
 * what git said.
 */
export async function fetchFromOrigin(git: Git, refspecs: readonly string[], ...options: readonly string[]) {
  const args = [...FETCH_ARGS, ...options, 'origin', ...refspecs];
  const { exit } = await askGit({ ...git, protocols: PROTOCOLS }, args);
  return exit.status === 0 ? null : gitFailure(git, args, exit);
}

/** The name of the default branch at `origin`; null where it does not tell. */
export async function defaultBranchAtOrigin(git: Git): Promise<string | null> {
  const args = ['ls-remote', '--symref', '--upload-pack=git-upload-pack', 'origin', 'HEAD'];
  const { stdout, exit } = await askGit({ ...git, protocols: PROTOCOLS }, args);
  if (exit.status !== 0) return null;
  return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(stdout.toString('utf8'))?.[1] ?? null;
}
