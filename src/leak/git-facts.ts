/** The few questions that this room asks git. Nothing here reads content: names, dates and addresses only. */
import { askGit } from '../git/run';

/** The output of a git command as text; null where git answers with a failure (no repository, no such commit). */
async function ask(cwd: string, args: readonly string[]): Promise<string | null> {
  const { stdout, exit } = await askGit({ cwd, env: process.env }, args);
  return exit.status === 0 ? stdout.toString('utf8') : null;
}

/** The top of the work tree that `cwd` is in; null outside of one. */
export async function workTree(cwd: string): Promise<string | null> {
  return (await ask(cwd, ['rev-parse', '--show-toplevel']))?.replace(/\n$/, '') ?? null;
}

/** Paths of the index, from the top of the work tree `top`. */
export async function trackedFiles(top: string): Promise<readonly string[]> {
  return (await ask(top, ['ls-files', '-z']))?.split('\0').filter((path) => path !== '') ?? [];
}

/** Every tag's name. */
export async function tags(cwd: string): Promise<readonly string[]> {
  return (
    (await ask(cwd, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/tags']))
      ?.split('\n')
      .filter((name) => name !== '') ?? []
  );
}

/** When a commit was made, in seconds since 1970, by the earlier of its two dates; null for one that is not here. `id` is hex. */
export async function commitTime(cwd: string, id: string): Promise<number | null> {
  if (!/^[0-9a-f]{4,64}$/.test(id)) return null;
  const text = await ask(cwd, [
    'show',
    '--no-patch',
    '--no-notes',
    '--no-show-signature',
    '--format=%ct %at',
    `${id}^{commit}`,
  ]);
  const times = text?.trim().split(' ').map(Number) ?? [];
  return times.length === 2 && times.every(Number.isSafeInteger) ? Math.min(...times) : null;
}

/** Names of remotes with the address that pushes go to; a password in one is left out. */
export async function remotes(cwd: string): Promise<readonly { readonly name: string; readonly url: string }[]> {
  const names = (await ask(cwd, ['remote']))?.split('\n').filter((name) => name !== '') ?? [];
  return Promise.all(
    names.map(async (name) => {
      const url = (await ask(cwd, ['remote', 'get-url', '--push', name]))?.trim() ?? '';
      return { name, url: url.replace(/^([a-z+]+:\/\/)[^@/]*@/i, '$1') };
    }),
  );
}

/** Branch and tag names, full, whose history holds the commit. */
export async function refsHolding(cwd: string, id: string): Promise<readonly string[]> {
  if (!/^[0-9a-f]{4,64}$/.test(id)) return [];
  return (
    (await ask(cwd, ['for-each-ref', '--format=%(refname)', '--contains', id]))
      ?.split('\n')
      .filter((name) => name !== '') ?? []
  );
}
