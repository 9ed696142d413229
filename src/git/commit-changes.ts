import { COMMIT_CHANGES_ARGS } from './args';
import { RawReader, type Change } from './changes';
import { converse, inLists } from './converse';
import type { Git, GitExit } from './run';

/** Told of each change, in the order of the commits. */
export interface ChangeVisitor {
  change(commit: string, change: Change): void;
  /** git could not compare this commit with its parents. */
  unreadable(commit: string, reason: string): void;
}

function reasonOf(exit: GitExit): string {
  const said = exit.stderr.split('\n').find((line) => /^(fatal|error):/.test(line));
  return `could not be compared with its parents${said === undefined ? '' : ` (${said.replace(/^(fatal|error): /, '').slice(0, 200)})`}`;
}

/**
 * What each commit changes over its parents: a root over nothing, a merge where it differs from every parent (git-diff-tree,
 * "Combined diff format"). Control comes back after each block of output, with the number of commits so far.
 */
export function visitChanges(
  git: Git,
  commits: readonly string[],
  visitor: ChangeVisitor,
): AsyncGenerator<number, void, void> {
  return converse(git, inLists(commits), {
    args: COMMIT_CHANGES_ARGS,
    reader: (answered) => {
      const reader = new RawReader();
      let commit = '';
      return {
        push: (chunk) => {
          for (const item of reader.push(chunk)) {
            if ('commit' in item) {
              commit = item.commit;
              answered();
            } else {
              visitor.change(commit, item);
            }
          }
        },
      };
    },
    unanswered: (commit, exit) => {
      visitor.unreadable(commit, reasonOf(exit));
    },
  });
}
