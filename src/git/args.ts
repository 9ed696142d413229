/** Every git flag of this program's content commands, once, with its reason. */

/** Ahead of the command's name, for all of them. */
export const COMMON_ARGS = [
  '-c',
  'core.quotePath=false', // names as bytes also where -z does not reach
  '-c',
  'core.fsmonitor=false', // no program of the user's own is run to read the index
] as const;

const RAW_ARGS = [
  '--raw',
  '-z', // names as bytes
  '--no-abbrev',
  '--no-renames', // a moved file adds all its lines
  '--no-ext-diff',
  '--no-relative', // the whole repository, whichever folder this is
  '--ignore-submodules=none', // a changed submodule is reported as passed over, whatever .gitmodules wants
] as const;

/** What the index adds over HEAD, over the empty tree where there is no HEAD yet; a revision may follow. */
export const STAGED_ARGS = [
  'diff',
  '--cached',
  ...RAW_ARGS,
  '-O/dev/null', // a `diff.orderFile` that is not there would be fatal
  '--end-of-options',
] as const;

/** What each commit on standard input changes: over its parent, a root over nothing, a merge over all its parents. */
export const COMMIT_CHANGES_ARGS = [
  'diff-tree',
  '--stdin',
  '-r',
  '--root',
  '-c', // of a merge only what differs from every parent
  '--always', // each commit is named, so that the one at which git stopped is known
  ...RAW_ARGS,
] as const;

/** The added lines between two blobs: no path, so no attribute and no secret name is involved. */
export const BLOB_DIFF_ARGS = [
  '-c',
  'core.bigFileThreshold=2g', // above it git calls a file binary; its own limit for a diff lies lower
  'diff',
  '--no-ext-diff',
  '--no-textconv', // the bytes to be committed, not a rendering of them
  '--text', // `-diff` in a committed .gitattributes must not hide a file
  '--no-color',
  '--no-renames',
  '--no-relative', // in a subfolder `diff.relative` would leave blobs out: they have no path
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--unified=0',
  '--inter-hunk-context=0',
  '--diff-algorithm=myers', // the same hunks whatever diff.algorithm says
  '--indent-heuristic',
  '--no-function-context',
  '--word-diff=none',
  '--ws-error-highlight=none',
  '-O/dev/null',
  '--end-of-options',
] as const;

/** One entry of a revision's top folder; the revision (an object id) and the name follow. */
export const LS_TREE_ARGS = ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree'] as const;

export const UNMERGED_ARGS = ['ls-files', '--unmerged', '-z', '--full-name'] as const;

/** `ID TYPE SIZE`, the content, and a line end, for each object named on standard input. */
export const BATCH_ARGS = ['cat-file', '--batch'] as const;
/** With output held back until there is a block of it, for many objects. */
export const BATCH_BUFFERED_ARGS = ['cat-file', '--batch', '--buffer'] as const;
/** Every object there is, in the order of the packs, which is the fastest to read. */
export const BATCH_ALL_ARGS = ['cat-file', '--batch', '--buffer', '--batch-all-objects', '--unordered'] as const;
export const LIST_ALL_ARGS = [
  'cat-file',
  '--batch-check=%(objectname)',
  '--buffer',
  '--batch-all-objects',
  '--unordered',
] as const;
export const BATCH_CHECK_ARGS = ['cat-file', '--batch-check', '--buffer'] as const;

/** Revisions come on standard input, and only revisions: it takes no options before git 2.42. */
export const COMMITS_ARGS = ['rev-list', '--stdin', '--timestamp', '--parents', '--topo-order'] as const;
/** The objects that are new, and the missing ones with `?` ahead; without that option git dies at the first. */
export const OBJECTS_ARGS = ['rev-list', '--objects', '--no-object-names', '--missing=print', '--stdin'] as const;
/** Only the missing ones: the walk looks at every object all the same. */
export const MISSING_ARGS = ['rev-list', '--objects', '--quiet', '--missing=print', '--stdin'] as const;

/** Every file of a tree, by its path from the tree's top. */
export const TREE_ARGS = ['ls-tree', '-r', '-z', '--full-tree'] as const;
