import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { GuardError } from '../base/error';
import { SHEBANG, bareScript, managedBlock, quote } from './block';
import { type Change, type FileSystem, applyChanges, diskFiles, entryAt, makeFolders } from './files';
import { union } from './install';
import { withLock } from './lock';
import { CLIENT_HOOKS, GIT_HOOKS, type GuardedHook } from './names';
import { type InstallRecord, PROGRAM_FILES, type ProgramSource, programChanges, readRecord } from './program';
import { askRepository } from '../git/questions';
import { type Setting, requireGit, settingsNamed } from './repository';
import { removalOf, removeEmptyFolders } from './uninstall';

export interface GlobalFolders {
  /** The program, and what install must remember. */
  readonly program: string;
  /** What the user's core.hooksPath names. */
  readonly hooks: string;
}

/** The folders of `install --global`: in the user's data folder, by the XDG rules or Windows' own. */
export function globalFolders(env: Readonly<Record<string, string | undefined>>): GlobalFolders {
  const home = env['HOME'] ?? homedir();
  const local = process.platform === 'win32' ? env['LOCALAPPDATA'] : undefined;
  const xdg = env['XDG_DATA_HOME'];
  const data = local ?? (xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'));
  const program = join(data, 'cratesguard');
  return { program, hooks: join(program, 'hooks') };
}

export interface GlobalInstallOptions extends ProgramSource {
  readonly folders: GlobalFolders;
  readonly hooks: readonly GuardedHook[];
  /** Any folder that is there; git is asked from it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files?: FileSystem;
  readonly signal?: AbortSignal;
}

export interface GlobalInstallResult {
  readonly folders: GlobalFolders;
  readonly action: 'written' | 'updated' | 'unchanged';
  /** The folder of hooks that the user had set, which stays in force behind ours. */
  readonly chained: string | null;
}

/**
 * Guards every repository of this user that sets no core.hooksPath of its own: a folder with a file for every hook that
 * git knows, and the user's core.hooksPath pointing to it.
 * @throws GuardError `unwritable`, `git-missing`, `git-too-old`, `git-failed`, `unsupported`
 */
export async function installGlobally(options: GlobalInstallOptions): Promise<GlobalInstallResult> {
  const { folders, files = diskFiles, cwd } = options;
  await requireGit(cwd);
  const made = await makeFolders(files, dirname(folders.program));
  try {
    return await withLock(files, `${folders.program}.lock`, () => writeGlobally(options, files, made));
  } catch (error) {
    await removeEmptyFolders(files, [...made].reverse());
    throw error;
  }
}

async function writeGlobally(
  options: GlobalInstallOptions,
  files: FileSystem,
  made: readonly string[],
): Promise<GlobalInstallResult> {
  const { folders, cwd } = options;
  const before = await readRecord(files, folders.program);
  const ours = asGitPath(folders.hooks);
  const written = await globalValues(cwd);
  const isFirst = !written.includes(ours);
  const effective = (await userSettings(cwd)).filter(({ value }) => value !== ours).at(-1) ?? null;
  const previous = isFirst ? written : (before.previousHooksPath ?? []);
  const chained = isFirst ? await expanded(cwd, effective) : await chainedNow(files, folders.hooks, options);
  const record: InstallRecord = {
    hookFolders: [folders.hooks],
    madeFolders: union(before.madeFolders, made),
    previousHooksPath: previous,
    ...(await madeConfiguration(files, options.env, before)),
  };
  const changes = [
    ...(await programChanges(files, folders.program, options, record)),
    ...(await stubChanges(files, folders.hooks, options.hooks, chained)),
  ];
  await applyChanges(files, changes, options.signal);
  if (isFirst) {
    try {
      await askRepository(cwd, ['config', '--global', '--replace-all', 'core.hooksPath', ours]);
      await requireEffect(cwd, ours, previous);
    } catch (error) {
      await removeFiles(files, folders);
      throw error;
    }
  }
  const action = isFirst ? 'written' : changes.length > 0 ? 'updated' : 'unchanged';
  return { folders, action, chained };
}

/** Where there is no global configuration yet, git makes one, and uninstall shall not leave it behind. */
async function madeConfiguration(
  files: FileSystem,
  env: Readonly<Record<string, string | undefined>>,
  before: InstallRecord,
): Promise<Pick<InstallRecord, 'madeConfiguration'>> {
  if (before.madeConfiguration !== undefined) return { madeConfiguration: before.madeConfiguration };
  const home = env['HOME'] ?? homedir();
  const named = env['GIT_CONFIG_GLOBAL'];
  const first = named ?? join(home, '.gitconfig');
  const second = join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'git', 'config');
  for (const path of named === undefined ? [first, second] : [first])
    if ((await entryAt(files, path)).kind !== 'nothing') return {};
  return { madeConfiguration: first };
}

async function removeFiles(files: FileSystem, folders: GlobalFolders): Promise<void> {
  await applyChanges(files, [
    ...(await removalOf(files, folders.hooks, GIT_HOOKS)),
    ...(await removalOf(files, folders.program, PROGRAM_FILES)),
  ]);
  await removeEmptyFolders(files, [folders.hooks, folders.program]);
}

/** Git for Windows takes forward slashes everywhere, and a configuration file would escape the others. */
function asGitPath(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

/** The values in the file that `git config --global` writes, as they are written. */
async function globalValues(cwd: string): Promise<readonly string[]> {
  const answer = await askRepository(cwd, ['config', '--global', '--null', '--get-all', 'core.hooksPath']);
  return answer.split('\0').slice(0, -1);
}

/** The values that hold for this user outside any repository, includes counted in, the one that wins last. */
async function userSettings(cwd: string): Promise<readonly Setting[]> {
  const settings = await settingsNamed(cwd, 'core.hooksPath');
  return settings.filter(({ scope }) => scope === 'system' || scope === 'global');
}

/** A `~` is git's to read; the stubs need the path itself. A relative one counts from each work tree's top. */
async function expanded(cwd: string, setting: Setting | null): Promise<string | null> {
  if (setting === null || setting.value === '') return null;
  if (!setting.value.startsWith('~')) return setting.value;
  const answer = await askRepository(cwd, [
    'config',
    `--${setting.scope}`,
    '--includes',
    '--path',
    '--get',
    'core.hooksPath',
  ]);
  return answer.replace(/\r?\n$/, '');
}

/** The chained folder that an earlier install wrote into its stubs. */
async function chainedNow(files: FileSystem, hooks: string, { cwd }: GlobalInstallOptions): Promise<string | null> {
  const entry = await entryAt(files, join(hooks, 'post-commit'));
  const text = entry.kind === 'file' ? entry.bytes.toString('utf8') : '';
  const line = /^cg_previous='(.*)'$/m.exec(text)?.[1];
  if (line === undefined)
    return expanded(cwd, (await userSettings(cwd)).filter(({ value }) => value !== asGitPath(hooks)).at(-1) ?? null);
  return line === '' ? null : line.replaceAll("'\\''", "'");
}

/** A file that is included later, or a newer place of settings, may win over what `git config --global` writes. */
async function requireEffect(cwd: string, ours: string, previous: readonly string[]): Promise<void> {
  const winner = (await userSettings(cwd)).at(-1);
  if (winner?.value === ours) return;
  await restoreValues(cwd, previous);
  throw new GuardError(
    'unsupported',
    `another core.hooksPath wins over the global one (${winner?.origin ?? 'unknown'})`,
    {
      hint: "Take it out there, then run 'cratesguard install --global' again.",
    },
  );
}

async function restoreValues(cwd: string, values: readonly string[]): Promise<void> {
  const [first, ...others] = values;
  if (first === undefined) {
    if ((await globalValues(cwd)).length > 0)
      await askRepository(cwd, ['config', '--global', '--unset-all', 'core.hooksPath']);
    return;
  }
  await askRepository(cwd, ['config', '--global', '--replace-all', 'core.hooksPath', first]);
  for (const value of others) await askRepository(cwd, ['config', '--global', '--add', 'core.hooksPath', value]);
}

async function stubChanges(
  files: FileSystem,
  folder: string,
  guarded: readonly GuardedHook[],
  chained: string | null,
): Promise<readonly Change[]> {
  const chain = `${bareScript(['common-folder.sh', 'chain.sh'])}\n`.replace('@PREVIOUS@', () => quote(chained ?? ''));
  const changes: Change[] = [];
  for (const hook of GIT_HOOKS) {
    const guard = guarded.find((name) => name === hook);
    const block = guard === undefined ? '' : managedBlock({ hook: guard, place: 'global', made: true });
    const path = join(folder, hook);
    const bytes = Buffer.from(SHEBANG + block + chain, 'utf8');
    const present = await entryAt(files, path);
    if (present.kind === 'file' && present.bytes.equals(bytes) && (present.mode & 0o100) !== 0) continue;
    changes.push({ path, to: { kind: 'file', bytes, program: true } });
  }
  return changes;
}

export interface GlobalUninstallResult {
  readonly removed: boolean;
  /** The core.hooksPath that the user had and has again. */
  readonly restored: string | null;
}

/** Takes back what `installGlobally` did. @throws GuardError `unwritable`, `git-failed` */
export async function uninstallGlobally({
  folders,
  cwd,
  files = diskFiles,
}: {
  readonly folders: GlobalFolders;
  readonly cwd: string;
  readonly files?: FileSystem;
}): Promise<GlobalUninstallResult> {
  await requireGit(cwd);
  const isSet = (await globalValues(cwd)).includes(asGitPath(folders.hooks));
  const isThere = (await entryAt(files, folders.program)).kind !== 'nothing';
  if (!isSet && !isThere) return { removed: false, restored: null };
  const made = await makeFolders(files, dirname(folders.program));
  const record = await withLock(files, `${folders.program}.lock`, async () => {
    const found = await readRecord(files, folders.program);
    if (isSet) await restoreValues(cwd, found.previousHooksPath ?? []);
    await removeFiles(files, folders);
    return found;
  });
  await removeMadeConfiguration(files, record);
  await removeEmptyFolders(files, [...union(record.madeFolders, made)].reverse());
  return { removed: true, restored: isSet ? (record.previousHooksPath?.at(-1) ?? null) : null };
}

async function removeMadeConfiguration(files: FileSystem, { madeConfiguration: path }: InstallRecord): Promise<void> {
  if (path === undefined) return;
  const entry = await entryAt(files, path);
  if (entry.kind === 'file' && entry.bytes.length === 0) await applyChanges(files, [{ path, to: { kind: 'nothing' } }]);
}

/** The hooks that a global install guards. */
export const GLOBAL_HOOKS: readonly GuardedHook[] = CLIENT_HOOKS;

/** True where this user's core.hooksPath names the folder of `install --global`. */
export async function isGloballyInstalled(cwd: string, folders: GlobalFolders): Promise<boolean> {
  return (await userSettings(cwd)).at(-1)?.value === asGitPath(folders.hooks);
}
