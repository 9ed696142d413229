/**
 * The environment that git gets from this program. What says where the repository, its index and its objects are stays
 * (GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE, GIT_OBJECT_DIRECTORY, the quarantine's and the alternates' variables), and so
 * does what a user or a CI needs to get at it (GIT_CONFIG_*, for `safe.directory`). What would change an answer goes.
 */

const DROPPED = new Set([
  'GIT_EXTERNAL_DIFF', // a program in place of the diff
  'GIT_DIFF_OPTS', // context lines
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_ATTR_SOURCE', // attributes from a revision
  'GIT_REPLACE_REF_BASE',
  'GIT_PAGER',
  'GIT_PAGER_IN_USE',
  'GIT_REDIRECT_STDIN',
  'GIT_REDIRECT_STDOUT',
  'GIT_REDIRECT_STDERR',
  'GIT_FLUSH',
]);

/** Traces write to stderr or into files, and hold path names; test variables change how git reads its objects. */
const DROPPED_PREFIXES = ['GIT_TRACE', 'GIT_TEST_'];

const FIXED = {
  GIT_NO_REPLACE_OBJECTS: '1', // `git replace` changes what git shows, not what it commits and pushes
  GIT_GRAFT_FILE: '/dev/null/none', // nor do grafts; a path that cannot exist, because an empty file draws a warning
  GIT_NO_LAZY_FETCH: '1', // a partial clone's missing object is an error here, never a download
  GIT_ALLOW_PROTOCOL: 'none', // the same for a git that does not know the line above (before 2.39.4): no transport at all
  GIT_REF_PARANOIA: '1', // a broken ref is an error, not skipped
  GIT_OPTIONAL_LOCKS: '0', // never write to the index of the command that runs the hook
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C', // messages are compared and shown in one language
} as const;

/** `env` with a git setting that overrules the repository's (git-config, GIT_CONFIG_COUNT). */
export function withSetting(env: NodeJS.ProcessEnv, name: string, value: string): NodeJS.ProcessEnv {
  const count = Number(env['GIT_CONFIG_COUNT'] ?? 0);
  return {
    ...env,
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: name,
    [`GIT_CONFIG_VALUE_${count}`]: value,
  };
}

/** A copy of `environment` for git's child processes, in which nothing changes what the commands of this folder answer. */
export function gitEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !DROPPED.has(name) && !DROPPED_PREFIXES.some((prefix) => name.startsWith(prefix)),
  );
  return { ...Object.fromEntries(kept), ...FIXED };
}
