import { askGit, readGit, type Git } from './run';

/** The address of a push, as git tells its hook. */
export interface PushRemote {
  /** The remote's name, or its URL where it has none. */
  readonly name: string;
  readonly url: string;
}

/**
 * What `refs/remotes/<name>/` says the remote has: object ids. Nothing where the push goes elsewhere than the remote is
 * fetched from (`pushurl`, `pushInsteadOf`), or to a URL. A remote named `a/b` keeps its refs inside those of one named
 * `a`; they are not counted for `a`.
 */
export async function remoteTips(git: Git, remote: PushRemote): Promise<string[]> {
  if (remote.name === remote.url || remote.name === '') return [];
  const [fetchUrl, remotes, refs] = await Promise.all([
    askGit(git, ['ls-remote', '--get-url', '--', remote.name]),
    readGit(git, ['remote']),
    readGit(git, ['for-each-ref', '--format=%(objectname) %(refname)', `refs/remotes/${remote.name}/`]),
  ]);
  if (fetchUrl.exit.status !== 0 || lineOf(fetchUrl.stdout) !== remote.url) return [];
  const own = `refs/remotes/${remote.name}/`;
  const nested = lines(remotes)
    .map((name) => `refs/remotes/${name}/`)
    .filter((prefix) => prefix.startsWith(own) && prefix !== own);
  return lines(refs).flatMap((line) => {
    const [oid, ref = ''] = line.split(' ');
    return oid !== undefined && ref.startsWith(own) && !nested.some((prefix) => ref.startsWith(prefix)) ? [oid] : [];
  });
}

/** What every ref of this repository points at. */
export async function localTips(git: Git): Promise<string[]> {
  return lines(await readGit(git, ['for-each-ref', '--format=%(objectname)']));
}

function lines(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function lineOf(output: Buffer): string {
  return output.toString('utf8').replace(/\r?\n$/, '');
}
