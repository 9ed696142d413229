/** The hooks of a repository that people work in, in the order git runs them. */
export const CLIENT_HOOKS = ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'] as const;

/** Every hook that cratesguard can write. */
export const GUARDED_HOOKS = [...CLIENT_HOOKS, 'pre-receive'] as const;

export type GuardedHook = (typeof GUARDED_HOOKS)[number];

export function isGuardedHook(name: string): name is GuardedHook {
  return (GUARDED_HOOKS as readonly string[]).includes(name);
}

/** The hooks that `install` writes where none are named: a bare repository is a server's. */
export function defaultHooks(bare: boolean): readonly GuardedHook[] {
  return bare ? ['pre-receive'] : CLIENT_HOOKS;
}

/**
 * Every hook that git looks for in its hooks folder (githooks(5), git 2.51; `fsmonitor-watchman` is named by a setting of
 * its own and not looked for). A `core.hooksPath` replaces a repository's hooks folder as a whole, so the folder of
 * `install --global` needs them all.
 */
export const GIT_HOOKS = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'pre-push',
  'pre-receive',
  'update',
  'proc-receive',
  'post-receive',
  'post-update',
  'reference-transaction',
  'push-to-checkout',
  'pre-auto-gc',
  'post-rewrite',
  'sendemail-validate',
  'p4-changelist',
  'p4-prepare-changelist',
  'p4-post-changelist',
  'p4-pre-submit',
  'post-index-change',
] as const;
