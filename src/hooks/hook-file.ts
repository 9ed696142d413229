import { join } from 'node:path';
import { GuardError } from '../base/error';
import {
  type BlockOptions,
  SHEBANG,
  blockVersion,
  isMade,
  managedBlock,
  partsOf,
  withBlock,
  withoutBlock,
} from './block';
import { type Change, type Entry, type FileSystem, type NewFile, entryAt, isRunnable } from './files';
import type { GuardedHook } from './names';
import { isShellScript } from './script-kind';
import type { Target } from './target';

/** Where a hook that can't hold the block is kept. Git runs no such name, and without a dot Node.js reads it as before. */
export function originalName(hook: string): string {
  return `${hook}-cratesguard-original`;
}

/** Below the block in a file that stands before a hook that was set aside. One that git ignored stays ignored. */
function callOfOriginal(hook: string): string {
  const path = `"\${0%/*}/${originalName(hook)}"`;
  return `# The hook that was here before; 'cratesguard uninstall' puts it back.\n[ ! -x ${path} ] || exec ${path} "$@"\n`;
}

/** What install does with one hook file. */
export interface HookPlan {
  readonly hook: GuardedHook;
  readonly path: string;
  readonly action: 'written' | 'updated' | 'unchanged' | 'added' | 'set-aside';
  /** True where the file that was there had no run bit, so that git ignored it. */
  readonly ignoredBefore: boolean;
  readonly changes: readonly Change[];
}

/** Plans one hook: a new file, the block ahead of a shell script's own code, or the file set aside and called. */
export async function planHook(files: FileSystem, target: Target, hook: GuardedHook): Promise<HookPlan> {
  const path = join(target.folder, hook);
  const aside = join(target.folder, originalName(hook));
  const entry = await entryAt(files, path);
  const asideEntry = await entryAt(files, aside);
  const plan = (action: HookPlan['action'], changes: readonly Change[], ignoredBefore = false): HookPlan => ({
    hook,
    path,
    action,
    ignoredBefore,
    changes,
  });
  const block = (made: boolean): BlockOptions => ({ hook, place: target.place, made });

  if (entry.kind === 'folder')
    throw new GuardError('unwritable', `${path} is a folder, where git looks for a hook`, {
      hint: 'Move it away, then try again.',
    });
  if (entry.kind === 'nothing') {
    const call = asideEntry.kind === 'nothing' ? '' : callOfOriginal(hook);
    return plan('written', [{ path, to: newProgram(SHEBANG + managedBlock(block(true)) + call) }]);
  }

  // husky runs its files with `sh -e`, run bit or not.
  const runs = target.husky !== null || (await isRunnable(files, path));
  const text = entry.kind === 'file' ? entry.bytes.toString('latin1') : '';
  const ours = entry.kind === 'file' && holdsBlock(path, text);
  if (entry.kind === 'file' && (ours || (runs && (target.husky !== null || isShellScript(text))))) {
    const file = guardedFile(entry, managedBlock(block(ours && isMade(text))), runs);
    if (file === null) return plan('unchanged', []);
    return plan(ours ? 'updated' : 'added', [{ path, to: file }], ours && !runs);
  }

  if (asideEntry.kind !== 'nothing')
    throw new GuardError('unwritable', `${aside} is in the way: a hook that was set aside before`, {
      hint: `Keep one of it and ${path} under the name ${hook}, delete the other, then try again.`,
    });
  return plan(
    'set-aside',
    [
      { path: aside, to: { kind: 'copy', from: path } },
      { path, to: newProgram(SHEBANG + managedBlock(block(true)) + callOfOriginal(hook)) },
    ],
    !runs,
  );
}

/** @throws GuardError `damaged`, naming the file, where it can't be told what is whose */
function holdsBlock(path: string, text: string): boolean {
  try {
    return partsOf(text).block !== null;
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    throw new GuardError(error.code, `${path}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

/** The file with the block of today ahead of its own code; null where it is so already. */
function guardedFile(entry: Extract<Entry, { kind: 'file' }>, block: string, runs: boolean): NewFile | null {
  const bytes = Buffer.from(withBlock(entry.bytes.toString('latin1'), block), 'latin1');
  // A run bit for whoever may read it, as chmod +x gives.
  const mode = runs ? entry.mode : entry.mode | ((entry.mode & 0o444) >> 2);
  return bytes.equals(entry.bytes) && mode === entry.mode ? null : { kind: 'file', bytes, mode };
}

function newProgram(text: string): NewFile {
  return { kind: 'file', bytes: Buffer.from(text, 'latin1'), program: true };
}

/** The name under which pre-commit keeps, and runs, a hook that was there when it was installed. */
export function legacyName(hook: string): string {
  return `${hook}.legacy`;
}

/** What uninstall does with one hook file. */
export interface HookRemoval {
  readonly hook: GuardedHook;
  readonly path: string;
  readonly action: 'deleted' | 'block-removed' | 'put-back';
  readonly changes: readonly Change[];
}

/** Plans the way back for one hook file; null where nothing of ours is in it. */
export async function planRemoval(
  files: FileSystem,
  folder: string,
  hook: GuardedHook,
  fileName: string = hook,
): Promise<HookRemoval | null> {
  const path = join(folder, fileName);
  const entry = await entryAt(files, path);
  if (entry.kind !== 'file') return null;
  const text = entry.bytes.toString('latin1');
  if (!holdsBlock(path, text)) return null;
  const rest = withoutBlock(text);
  if (isMade(text)) {
    const aside = join(folder, originalName(hook));
    const hasOriginal = (await entryAt(files, aside)).kind !== 'nothing';
    if (hasOriginal && (rest === SHEBANG || rest === SHEBANG + callOfOriginal(hook)))
      return { hook, path, action: 'put-back', changes: [{ path, to: { kind: 'move', from: aside } }] };
    if (!hasOriginal && (rest === SHEBANG || rest === SHEBANG + callOfOriginal(hook) || rest === ''))
      return { hook, path, action: 'deleted', changes: [{ path, to: { kind: 'nothing' } }] };
  }
  const to: NewFile = { kind: 'file', bytes: Buffer.from(rest, 'latin1'), mode: entry.mode };
  return { hook, path, action: 'block-removed', changes: [{ path, to }] };
}

/** Where a hook file's block stands: git's own question first (`status` words these). */
export type BlockState = 'current' | 'missing' | 'no-block' | 'damaged' | 'outdated' | 'changed' | 'moved';

/** Compares a hook file with what install would write. */
export async function blockState(
  files: FileSystem,
  target: Target,
  hook: GuardedHook,
  fileName: string = hook,
): Promise<BlockState> {
  const entry = await entryAt(files, join(target.folder, fileName));
  if (entry.kind !== 'file') return 'missing';
  const text = entry.bytes.toString('latin1');
  try {
    const { block } = partsOf(text);
    if (block === null) return 'no-block';
    const wanted = managedBlock({ hook, place: target.place, made: isMade(text) });
    if (block.trimEnd() !== wanted.trimEnd())
      return versionLine(block) === versionLine(wanted) ? 'changed' : 'outdated';
    return withBlock(text, wanted) === text ? 'current' : 'moved';
  } catch (error) {
    if (error instanceof GuardError && error.code === 'damaged') return 'damaged';
    throw error;
  }
}

/** The version that wrote the block in a hook file; null where none can be told. */
export async function writtenBy(files: FileSystem, path: string): Promise<string | null> {
  const entry = await entryAt(files, path);
  return entry.kind === 'file' ? blockVersion(entry.bytes.toString('latin1')) : null;
}

function versionLine(block: string): string {
  return (block.split('\n', 1)[0] ?? '').replace(/:.*/, '');
}
