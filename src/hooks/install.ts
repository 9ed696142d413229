import { dirname, join } from 'node:path';
import { GuardError } from '../base/error';
import { isInside } from '../base/paths';
import { type Change, type FileSystem, applyChanges, diskFiles, entryAt, isOtherThanFolder, realPathOf } from './files';
import { type HookPlan, blockState, legacyName, planHook } from './hook-file';
import { withLock } from './lock';
import {
  type Manager,
  type ManagerName,
  canCall,
  configurationsOf,
  configuredManager,
  isCalledIn,
  linesFor,
  managerIn,
} from './managers';
import type { GuardedHook } from './names';
import { type InstallRecord, type ProgramSource, installedProgram, programChanges, readRecord } from './program';
import type { RepositoryFacts } from './repository';
import { type Target, programFolderOf, targetOf } from './target';

export interface InstallOptions extends ProgramSource {
  readonly facts: RepositoryFacts;
  readonly hooks: readonly GuardedHook[];
  /** The hooks folder of `install --global`, whether it is there or not. */
  readonly globalHooks: string;
  readonly files?: FileSystem;
  readonly signal?: AbortSignal;
}

export type InstallResult =
  | {
      readonly kind: 'installed';
      readonly target: Target;
      readonly hooks: readonly Pick<HookPlan, 'hook' | 'path' | 'action' | 'ignoredBefore'>[];
      readonly program: { readonly folder: string; readonly action: 'copied' | 'updated' | 'unchanged' };
      /** A manager that is configured here and has not installed its hooks, with its file; null where there is none. */
      readonly waiting: { readonly name: ManagerName; readonly file: string } | null;
    }
  /** A manager owns the hook files: nothing was changed, and these lines are to be added. */
  | {
      readonly kind: 'managed';
      readonly manager: Manager;
      readonly file: string;
      readonly lines: string;
      /** The hooks that the manager's configuration calls already. */
      readonly present: readonly GuardedHook[];
      /** The hooks that no manager's configuration can call, and that are not there yet as files of ours. */
      readonly direct: readonly GuardedHook[];
    }
  /** Git looks in the folder of `install --global`, which guards this repository too. */
  | { readonly kind: 'global'; readonly folder: string };

/**
 * Installs the hooks in one repository: all of it or nothing, and the same again when it is run again.
 * @throws GuardError `unwritable`, `unreadable`, `damaged`, `interrupted`, `unsupported`
 */
export async function installHooks(options: InstallOptions): Promise<InstallResult> {
  const { facts, hooks, files = diskFiles } = options;
  const target = await targetOf(files, facts, options.globalHooks);
  if (target.place === 'global') return { kind: 'global', folder: target.folder };
  await requireHooksFolder(files, facts);
  await refuseWayOut(files, facts, target.folder);
  const manager = await managerIn(files, target.folder, hooks);
  if (manager !== null) return managed(files, options, manager, target);
  return withLock(files, join(facts.commonDir, 'cratesguard.lock'), () => write(options, files, target));
}

/** An empty `core.hooksPath`, and one that names a file (`/dev/null`), are ways to switch hooks off. */
async function requireHooksFolder(files: FileSystem, { hooksPath, hooksPathSetting }: RepositoryFacts): Promise<void> {
  if (hooksPathSetting === null) return;
  const { value, scope, origin } = hooksPathSetting;
  if (value !== '' && !(await isOtherThanFolder(files, hooksPath))) return;
  const fault = value === '' ? 'is empty' : `is ${value}, which is no folder`;
  throw new GuardError('unsupported', `git runs no hooks here: core.hooksPath ${fault} (${scope}: ${origin})`, {
    hint: `Take it out ('git config --${scope} --unset core.hooksPath'), then run 'cratesguard install' again.`,
  });
}

/** A hooks folder that by its name is the repository's and by a link is not: the repository does not choose where we write. */
async function refuseWayOut(files: FileSystem, facts: RepositoryFacts, folder: string): Promise<void> {
  const roots = [facts.topLevel, facts.commonDir, facts.gitDir].filter((root) => root !== null);
  if (!roots.some((root) => isInside(root, folder))) return;
  const real = await realPathOf(files, folder);
  for (const root of roots) if (isInside(await realPathOf(files, root), real)) return;
  throw new GuardError('unsupported', `${folder} leads out of the repository through a link (to ${real})`, {
    hint: 'Replace the link with a folder, or name that folder in core.hooksPath yourself, then try again.',
  });
}

async function managed(
  files: FileSystem,
  { facts, hooks }: InstallOptions,
  manager: Manager,
  target: Target,
): Promise<InstallResult> {
  const texts =
    facts.topLevel === null ? new Map<string, string>() : await configurationsOf(files, manager.name, facts.topLevel);
  const callable = hooks.filter((hook) => canCall(manager.name, hook));
  const present = callable.filter((hook) => [...texts.values()].some((text) => isCalledIn(text, hook)));
  const direct: GuardedHook[] = [];
  for (const hook of hooks)
    if (!callable.includes(hook) && !(await isOurs(files, target, manager, hook))) direct.push(hook);
  const { file, lines } = linesFor(
    manager.name,
    callable.filter((hook) => !present.includes(hook)),
  );
  const [existing = file] = texts.keys();
  return { kind: 'managed', manager, file: existing, lines, present, direct };
}

/** True where git, or the manager that keeps an older hook, runs our block. */
async function isOurs(files: FileSystem, target: Target, manager: Manager, hook: GuardedHook): Promise<boolean> {
  const name = manager.hooks.includes(hook) && manager.name === 'pre-commit' ? legacyName(hook) : hook;
  return (await blockState(files, target, hook, name)) === 'current';
}

async function write(options: InstallOptions, files: FileSystem, target: Target): Promise<InstallResult> {
  const folder = programFolderOf(options.facts);
  const plans: HookPlan[] = [];
  for (const hook of options.hooks) plans.push(await planHook(files, target, hook));
  const before = await readRecord(files, folder);
  const { state } = await installedProgram(files, folder, options.programFolder);
  const record: InstallRecord = {
    ...before,
    hookFolders: union(before.hookFolders, [target.folder]),
    madeFolders: union(before.madeFolders, await missingFolders(files, target.folder)),
  };
  const hookChanges = plans.flatMap(({ changes }) => changes);
  const changes: readonly Change[] = [...(await programChanges(files, folder, options, record)), ...hookChanges];
  await applyChanges(files, changes, options.signal);
  return {
    kind: 'installed',
    target,
    hooks: plans.map(({ hook, path, action, ignoredBefore }) => ({ hook, path, action, ignoredBefore })),
    waiting:
      target.husky !== null || options.facts.topLevel === null
        ? null
        : await configuredManager(files, options.facts.topLevel),
    program: { folder, action: state === 'missing' ? 'copied' : state === 'other' ? 'updated' : 'unchanged' },
  };
}

/** The folders on the way to `folder` that install will have to make, outermost first. */
async function missingFolders(files: FileSystem, folder: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = folder; (await entryAt(files, at)).kind === 'nothing'; at = dirname(at)) missing.unshift(at);
  return missing;
}

export function union(some: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...some, ...more])];
}
