import { TREE_ARGS } from './args';
import type { Change } from './changes';
import { streamGit, type Git } from './run';
import { NUL, pieces } from './split';

/** Every file of a tree (an object id, or a revision with `^{tree}`), as if it were new. Throws a GuardError where git cannot read it whole. */
export async function* treeFiles(git: Git, tree: string): AsyncGenerator<Change, void, void> {
  for await (const entries of pieces(streamGit(git, [...TREE_ARGS, tree]), NUL))
    for (const entry of entries) {
      const [, mode, oid, name] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry.toString('latin1')) ?? [];
      if (mode !== undefined && oid !== undefined && name !== undefined)
        yield { name, mode, oid, old: [], status: 'A' };
    }
}
