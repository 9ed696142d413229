import { UNMERGED_ARGS } from './args';
import type { Change } from './changes';
import { pieces, NUL } from './split';
import { askGit, streamGit, type Git } from './run';
import { treeFiles } from './tree-files';

/** The versions of these paths in a revision; none where the revision does not exist yet. */
async function versionsIn(
  git: Git,
  revision: string,
  names: ReadonlySet<string>,
): Promise<Map<string, { mode: string; oid: string }>> {
  const versions = new Map<string, { mode: string; oid: string }>();
  const { exit } = await askGit(git, ['rev-parse', '--verify', '--quiet', `${revision}^{tree}`]);
  if (exit.status !== 0) return versions;
  for await (const { name, mode, oid } of treeFiles(git, `${revision}^{tree}`))
    if (names.has(name)) versions.set(name, { mode, oid });
  return versions;
}

/** A conflict's paths, once for each of their stages, as changes over `revision`. */
export async function unmergedChanges(git: Git, revision: string): Promise<Change[]> {
  const staged: { mode: string; oid: string; name: string }[] = [];
  for await (const entries of pieces(streamGit(git, UNMERGED_ARGS), NUL))
    for (const entry of entries) {
      const [, mode, oid, name] = /^(\d+) ([0-9a-f]+) [123]\t(.*)$/s.exec(entry.toString('latin1')) ?? [];
      if (mode !== undefined && oid !== undefined && name !== undefined) staged.push({ mode, oid, name });
    }
  const versions = await versionsIn(git, revision, new Set(staged.map(({ name }) => name)));
  return staged.map(({ mode, oid, name }) => {
    const old = versions.get(name);
    return { mode, oid, name, old: [old ?? { mode: '000000', oid: '' }], status: old === undefined ? 'A' : 'M' };
  });
}
