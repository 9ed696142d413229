import { fetchAddress, seenAtAddress } from './remote-record';
import { readGit, type Git } from './run';

/** The address of a push, as git tells its hook. */
export interface PushRemote {
  /** The remote's name, or its URL where it has none. */
  readonly name: string;
  readonly url: string;
}

/**
 * What `refs/remotes/<name>/` says the remote has: object ids, as far as it can be believed.
 * - Nothing where the push goes elsewhere than the remote is fetched from (`pushurl`, `pushInsteadOf`), or to a URL.
 * - Nothing that was there before the remote got the address that it has now: it tells of another repository.
 * - Not the branches that git says the remote lacks (`lacking`, refs of the remote), and nothing where its default branch
 *   is one of these.
 * A remote named `a/b` keeps its refs inside those of one named `a`; they are not counted for `a`.
 */
export async function remoteTips(git: Git, remote: PushRemote, lacking: readonly string[] = []): Promise<string[]> {
  if (remote.name === remote.url || remote.name === '') return [];
  const own = `refs/remotes/${remote.name}/`;
  const [address, remotes, refs] = await Promise.all([
    fetchAddress(git, remote.name),
    readGit(git, ['remote']),
    readGit(git, ['for-each-ref', '--format=%(refname) %(objectname) %(symref)', own]),
  ]);
  if (address !== remote.url) return [];
  const nested = lines(remotes)
    .map((name) => `refs/remotes/${name}/`)
    .filter((prefix) => prefix.startsWith(own) && prefix !== own);
  const tracking = lines(refs)
    .map((line) => line.split(' '))
    .flatMap(([ref = '', oid = '', target = '']) =>
      nested.some((prefix) => ref.startsWith(prefix)) ? [] : [{ ref, oid, target }],
    );
  const gone = new Set(lacking.map((ref) => ref.replace(/^refs\/heads\//, own)));
  if (tracking.some(({ ref, target }) => ref === `${own}HEAD` && gone.has(target))) return [];
  const current = await seenAtAddress(git, remote, tracking);
  return current.flatMap(({ ref, oid, target }) => (gone.has(ref) || gone.has(target) ? [] : [oid]));
}

/** What every ref of this repository points at. */
export async function localTips(git: Git): Promise<string[]> {
  return lines(await readGit(git, ['for-each-ref', '--format=%(objectname)']));
}

function lines(output: Buffer): string[] {
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}
