import { join } from 'node:path';
import { type Change, type FileSystem, applyChanges, diskFiles, entryAt, unwritable } from './files';
import { hasErrorCode } from '../base/error';
import { type HookRemoval, legacyName, planRemoval } from './hook-file';
import { union } from './install';
import { withLock } from './lock';
import { GUARDED_HOOKS } from './names';
import { PROGRAM_FILES, readRecord } from './program';
import type { RepositoryFacts } from './repository';
import { programFolderOf, targetOf } from './target';

export interface UninstallOptions {
  readonly facts: RepositoryFacts;
  readonly globalHooks: string;
  readonly files?: FileSystem;
  readonly signal?: AbortSignal;
}

export interface UninstallResult {
  readonly hooks: readonly Pick<HookRemoval, 'hook' | 'path' | 'action'>[];
  /** True where the copied program was there and is gone. */
  readonly program: boolean;
  /** True where the hooks of `install --global` still guard this repository. */
  readonly stillGlobal: boolean;
}

/**
 * Takes back what install did in this repository, and nothing else.
 * @throws GuardError `unwritable`, `unreadable`, `damaged`
 */
export async function uninstallHooks({
  facts,
  globalHooks,
  files = diskFiles,
  signal,
}: UninstallOptions): Promise<UninstallResult> {
  const target = await targetOf(files, facts, globalHooks);
  return withLock(files, join(facts.commonDir, 'cratesguard.lock'), async () => {
    const program = programFolderOf(facts);
    const record = await readRecord(files, program);
    const current = target.place === 'global' ? [] : [target.folder];
    const removals: HookRemoval[] = [];
    for (const folder of union([...record.hookFolders, join(facts.commonDir, 'hooks')], current))
      for (const hook of GUARDED_HOOKS)
        for (const name of [hook, legacyName(hook)]) {
          const removal = await planRemoval(files, folder, hook, name);
          if (removal !== null) removals.push(removal);
        }
    const programFiles = await removalOf(files, program, PROGRAM_FILES);
    await applyChanges(files, [...removals.flatMap(({ changes }) => changes), ...programFiles], signal);
    await removeEmptyFolders(files, [program, ...[...record.madeFolders].reverse()]);
    return {
      hooks: removals.map(({ hook, path, action }) => ({ hook, path, action })),
      program: programFiles.length > 0,
      stillGlobal: target.place === 'global',
    };
  });
}

/** The deletion of those of our files that are there. */
export async function removalOf(
  files: FileSystem,
  folder: string,
  names: readonly string[],
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if ((await entryAt(files, path)).kind !== 'nothing') changes.push({ path, to: { kind: 'nothing' } });
  }
  return changes;
}

/** Deletes the folders that are empty; what someone put into one stays. */
export async function removeEmptyFolders(files: FileSystem, folders: readonly string[]): Promise<void> {
  for (const folder of folders)
    try {
      await files.rmdir(folder);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw unwritable(folder, error);
    }
}
