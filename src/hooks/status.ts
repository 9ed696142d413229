import { join } from 'node:path';
import { type FileSystem, diskFiles, entryAt, isRunnable } from './files';
import { type BlockState, blockState, legacyName, writtenBy } from './hook-file';
import { canCall, configurationsOf, isCalledIn, managerIn } from './managers';
import { type GuardedHook, defaultHooks } from './names';
import { type ProbeAnswer, openProbe } from './probe';
import { type InstalledProgram, installedProgram } from './program';
import type { RepositoryFacts, Setting } from './repository';
import { type Target, programFolderOf, targetOf } from './target';

/** Why a hook does or does not protect; every sentence about it is in status-text.ts. */
export type HookVerdict =
  | { readonly kind: 'protects' }
  /** Called by a manager's configuration; not tried, because that would run the user's other hooks. */
  | { readonly kind: 'managed'; readonly manager: string }
  | { readonly kind: 'managed-without-us'; readonly manager: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-executable' }
  /** husky 9 does not run this hook here: its own file is missing. */
  | { readonly kind: 'husky-missing' }
  | {
      readonly kind: 'block';
      readonly state: Exclude<BlockState, 'current' | 'missing'>;
      /** The version that wrote it, where that can be told. */
      readonly version: string | null;
    }
  | { readonly kind: 'unjudged'; readonly reason: string }
  | { readonly kind: 'passes'; readonly reason: string };

export interface HookStatus {
  readonly hook: GuardedHook;
  readonly path: string;
  readonly verdict: HookVerdict;
}

export interface RepositoryStatus {
  readonly protected: boolean;
  /** Where git looks for hooks, and the setting that says so. */
  readonly hooksPath: string;
  readonly setting: Setting | null;
  readonly place: Target['place'];
  readonly hooks: readonly HookStatus[];
  readonly program: InstalledProgram & { readonly folder: string };
  /** `install --global` is in force for this user, but this repository's own core.hooksPath hides it. */
  readonly hidesGlobal: boolean;
  /** Variables of this environment that switch hooks off. */
  readonly bypasses: readonly string[];
}

export interface StatusOptions {
  readonly facts: RepositoryFacts;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly globalFolders: { readonly program: string; readonly hooks: string };
  /** True where the user's own core.hooksPath names the folder of `install --global`. */
  readonly globallyInstalled: boolean;
  readonly programFolder: string;
  readonly files?: FileSystem;
}

/**
 * Tells whether git would run each hook here and whether it would stop a leak, by running it with a made-up token. Only
 * files whose head is our intact block are run, and the block then ends before anything below it.
 * @throws GuardError `unreadable`, `git-failed`
 */
export async function repositoryStatus(options: StatusOptions): Promise<RepositoryStatus> {
  const { facts, globalFolders, files = diskFiles } = options;
  const target = await targetOf(files, facts, globalFolders.hooks);
  const folder = target.place === 'global' ? globalFolders.program : programFolderOf(facts);
  const program = await installedProgram(files, folder, options.programFolder);
  const hooks = (await hookStatuses(options, files, target)).map((hook) => fromOtherBuild(hook, program));
  const bypasses = [
    ...(options.env['CRATESGUARD_SKIP'] === '1' ? ['CRATESGUARD_SKIP=1'] : []),
    ...(target.husky !== null && options.env['HUSKY'] === '0' ? ['HUSKY=0'] : []),
  ];
  return {
    protected:
      bypasses.length === 0 && hooks.every(({ verdict }) => verdict.kind === 'protects' || verdict.kind === 'managed'),
    hooksPath: facts.hooksPath,
    setting: facts.hooksPathSetting,
    place: target.place,
    hooks,
    program: { folder, ...program },
    hidesGlobal: options.globallyInstalled && target.place !== 'global',
    bypasses,
  };
}

/** Beside a program of another build, a block that this one would not write is most likely that build's. */
function fromOtherBuild(status: HookStatus, { state, version }: InstalledProgram): HookStatus {
  const { verdict } = status;
  return verdict.kind === 'block' && verdict.state === 'changed' && state === 'other'
    ? { ...status, verdict: { kind: 'block', state: 'outdated', version } }
    : status;
}

async function hookStatuses(options: StatusOptions, files: FileSystem, target: Target): Promise<readonly HookStatus[]> {
  const { facts } = options;
  const names = defaultHooks(facts.bare);
  const manager = await managerIn(files, target.folder, names);
  const texts =
    manager === null || facts.topLevel === null
      ? []
      : [...(await configurationsOf(files, manager.name, facts.topLevel)).values()];
  const candidates = new Map<GuardedHook, string>();
  const verdicts = new Map<GuardedHook, HookVerdict>();
  for (const hook of names) {
    if (manager?.hooks.includes(hook) === true && (await isRunnable(files, join(target.folder, hook)))) {
      const isCalled = canCall(manager.name, hook) && texts.some((text) => isCalledIn(text, hook));
      // pre-commit runs what was there before it, under another name.
      if (!isCalled && manager.name === 'pre-commit' && (await isOurLegacy(files, target, hook)))
        candidates.set(hook, legacyName(hook));
      else verdicts.set(hook, { kind: isCalled ? 'managed' : 'managed-without-us', manager: manager.name });
      continue;
    }
    const obstacle = await obstacleOf(files, target, hook);
    if (obstacle === null) candidates.set(hook, hook);
    else verdicts.set(hook, obstacle);
  }
  for (const [hook, verdict] of await tryOut(options, files, target, candidates)) verdicts.set(hook, verdict);
  return names.map((hook) => ({
    hook,
    path: join(target.folder, hook),
    verdict: verdicts.get(hook) ?? { kind: 'missing' },
  }));
}

async function isOurLegacy(files: FileSystem, target: Target, hook: GuardedHook): Promise<boolean> {
  return (
    (await isRunnable(files, join(target.folder, legacyName(hook)))) &&
    (await blockState(files, target, hook, legacyName(hook))) === 'current'
  );
}

/** What keeps git from running our block; null where nothing does and the hook may be tried. */
async function obstacleOf(files: FileSystem, target: Target, hook: GuardedHook): Promise<HookVerdict | null> {
  const path = join(target.folder, hook);
  const state = await blockState(files, target, hook);
  if (state === 'missing') return { kind: 'missing' };
  if (target.husky === null) {
    if (!(await isRunnable(files, path))) return { kind: 'not-executable' };
  } else if (!(await huskyRuns(files, target.husky.runner, hook))) return { kind: 'husky-missing' };
  if (state === 'current') return null;
  return { kind: 'block', state, version: state === 'outdated' ? await writtenBy(files, path) : null };
}

async function huskyRuns(files: FileSystem, runner: string, hook: GuardedHook): Promise<boolean> {
  if (!(await isRunnable(files, join(runner, hook)))) return false;
  const entry = await entryAt(files, join(runner, hook));
  const text = entry.kind === 'file' ? entry.bytes.toString('latin1') : '';
  return /\/h"?\s*$/.test(text.trimEnd()) && (await entryAt(files, join(runner, 'h'))).kind === 'file';
}

/** Runs each file, `hooks` by its name in the target's folder, with a made-up token. */
async function tryOut(
  { facts, env }: StatusOptions,
  files: FileSystem,
  target: Target,
  hooks: ReadonlyMap<GuardedHook, string>,
): Promise<ReadonlyMap<GuardedHook, HookVerdict>> {
  const verdicts = new Map<GuardedHook, HookVerdict>();
  if (hooks.size === 0) return verdicts;
  const probe = await openProbe(facts, { ...env });
  try {
    for (const [hook, name] of hooks) {
      const command = await commandFor(files, target, join(target.folder, name));
      verdicts.set(hook, verdictOf(await probe.run(hook, command)));
    }
  } finally {
    await probe.close();
  }
  return verdicts;
}

/** As git runs the file; husky does with sh -e, and sh runs what names no interpreter, and everything on Windows. */
async function commandFor(files: FileSystem, target: Target, path: string): Promise<readonly string[]> {
  if (target.husky !== null) return ['sh', '-e', path];
  const entry = await entryAt(files, path);
  const isScript = entry.kind === 'file' && entry.bytes.subarray(0, 2).toString('latin1') === '#!';
  return isScript && process.platform !== 'win32' ? [path] : ['sh', path];
}

function verdictOf(answer: ProbeAnswer): HookVerdict {
  switch (answer.kind) {
    case 'stopped':
      return { kind: 'protects' };
    case 'unjudged':
      return { kind: 'unjudged', reason: answer.reason };
    case 'passed':
      return { kind: 'passes', reason: answer.reason };
  }
}
