import { relative } from 'node:path';
import { isInside } from '../base/paths';
import type { GlobalInstallResult, GlobalUninstallResult } from './global';
import type { HookPlan, HookRemoval } from './hook-file';
import { originalName } from './hook-file';
import type { InstallResult } from './install';
import type { Manager } from './managers';
import type { GuardedHook } from './names';
import type { RepositoryFacts } from './repository';
import type { UninstallResult } from './uninstall';

/** What install and uninstall say. */

const NEXT = "Next: 'cratesguard status' tries the hooks out with a made-up key.\n";

export function installText(result: InstallResult, facts: RepositoryFacts): string {
  switch (result.kind) {
    case 'global':
      return `This repository is guarded already: git runs the hooks of 'cratesguard install --global' here (${result.folder}).\n${NEXT}`;
    case 'managed':
      return managedText(result.manager, result, facts);
    case 'installed':
      return installedText(result, facts);
  }
}

function installedText(result: Extract<InstallResult, { kind: 'installed' }>, facts: RepositoryFacts): string {
  const changed = result.hooks.some(({ action }) => action !== 'unchanged') || result.program.action !== 'unchanged';
  const lines = [
    changed
      ? 'cratesguard guards this repository now.'
      : 'cratesguard guards this repository; everything was in place.',
    ...result.hooks.map(
      ({ hook, path, action }) => `  ${hook.padEnd(16)}  ${shown(path, facts)}  (${ACTIONS[action]})`,
    ),
    `  ${'program'.padEnd(16)}  ${shown(result.program.folder, facts)}  (${result.program.action})`,
    ...result.hooks.filter(({ action }) => action === 'set-aside').map(setAsideNote),
    ...result.hooks.filter(({ action, ignoredBefore }) => action === 'updated' && ignoredBefore).map(runBitNote),
    ...placeNotes(result, facts),
    ...waitingNote(result),
  ];
  return `${lines.join('\n')}\n${NEXT}`;
}

const ACTIONS: Readonly<Record<HookPlan['action'], string>> = {
  written: 'new',
  added: 'added ahead of your own hook',
  updated: 'updated',
  unchanged: 'in place',
  'set-aside': 'calls the hook that was here',
};

function setAsideNote({ hook, ignoredBefore }: Pick<HookPlan, 'hook' | 'ignoredBefore'>): string {
  return ignoredBefore
    ? `Your ${hook} has no run bit, so git ignored it, and it still is: it is kept as ${originalName(hook)}.`
    : `Your ${hook} is kept as ${originalName(hook)} and runs after the check, as git would run it.`;
}

function runBitNote({ hook }: Pick<HookPlan, 'hook'>): string {
  return `${hook} had lost its run bit, so git ignored it; it has one again.`;
}

function placeNotes(
  { target }: Extract<InstallResult, { kind: 'installed' }>,
  facts: RepositoryFacts,
): readonly string[] {
  if (target.husky !== null)
    return [
      `husky runs these files; commit them and everyone who clones gets them. Each clone runs 'cratesguard install' once (a 'prepare' script is a good place).`,
    ];
  if (target.place === 'shared')
    return [
      `core.hooksPath is ${facts.hooksPathSetting?.value ?? ''}, in the work tree: if these files are tracked, each clone runs 'cratesguard install' once.`,
    ];
  if (target.place === 'outside')
    return [
      `core.hooksPath is ${facts.hooksPathSetting?.value ?? ''} (${facts.hooksPathSetting?.origin ?? 'unknown'}): every repository that uses this folder is guarded, and each needs 'cratesguard install' once.`,
    ];
  return [];
}

function waitingNote({ waiting }: Extract<InstallResult, { kind: 'installed' }>): readonly string[] {
  if (waiting === null) return [];
  const { name, file } = waiting;
  return [
    `${file} is here, but ${name} has not installed its hooks. Once it has, run 'cratesguard install' again: it then prints the lines to add for ${name}.`,
  ];
}

function managedText(
  manager: Manager,
  { file, lines, present, direct }: Extract<InstallResult, { kind: 'managed' }>,
  facts: RepositoryFacts,
): string {
  const { name } = manager;
  const toAdd =
    lines === ''
      ? []
      : [
          `Add these lines to ${file} (to a section of the same name where there is one); 'cratesguard' must be on PATH:`,
          '',
          lines,
          `Then run '${name} install' again, so that ${name} writes each of these hooks.`,
        ];
  return [
    `${name} owns the hooks here (${shown(facts.hooksPath, facts)}), so cratesguard changed nothing.`,
    ...(present.length === 0 ? [] : [`${file} calls cratesguard for ${present.join(', ')}.`]),
    ...toAdd,
    ...direct.flatMap((hook) => directLines(manager, hook)),
    "Next: 'cratesguard status' tells whether all is in.",
    '',
  ].join('\n');
}

/** A hook that has to be a file of cratesguard's own; pre-commit keeps such a file and runs it. */
function directLines({ name, hooks }: Manager, hook: GuardedHook): readonly string[] {
  const install = `  cratesguard install --hooks ${hook}`;
  const why = `${name} does not tell the hooks it calls what is pushed, so ${hook} has to be cratesguard's own:`;
  if (!hooks.includes(hook)) return [why, install];
  const uninstall = `  ${name} uninstall --hook-type ${hook}`;
  return name === 'pre-commit'
    ? [why, uninstall, install, `  pre-commit install --hook-type ${hook}`]
    : [why, uninstall, install];
}

export function uninstallText({ hooks, program, stillGlobal }: UninstallResult, facts: RepositoryFacts): string {
  const after = stillGlobal
    ? "The hooks of 'cratesguard install --global' still guard it; 'cratesguard uninstall --global' takes those out.\n"
    : '';
  if (hooks.length === 0 && !program) return `There was nothing of cratesguard in this repository.\n${after}`;
  const lines = hooks.map(
    ({ hook, path, action }) => `  ${hook.padEnd(16)}  ${shown(path, facts)}  (${REMOVALS[action]})`,
  );
  return `${['cratesguard is out of this repository.', ...lines].join('\n')}\n${after}`;
}

const REMOVALS: Readonly<Record<HookRemoval['action'], string>> = {
  deleted: 'deleted',
  'block-removed': 'as it was without the block',
  'put-back': 'your own hook is back',
};

export function globalInstallText({ folders, action, chained }: GlobalInstallResult): string {
  const lines = [
    action === 'unchanged'
      ? 'cratesguard guards every repository of yours; everything was in place.'
      : 'cratesguard guards every repository of yours now, unless it sets a core.hooksPath of its own.',
    `  core.hooksPath  ${folders.hooks}  (in your global git configuration)`,
    chained === null
      ? "A repository's own hooks still run, after the check."
      : `The hooks of the core.hooksPath that you had (${chained}) still run, after the check.`,
    "Next: 'cratesguard status' inside a repository tries the hooks out with a made-up key.",
  ];
  return `${lines.join('\n')}\n`;
}

export function globalUninstallText({ removed, restored }: GlobalUninstallResult): string {
  if (!removed) return 'There was no global install of cratesguard.\n';
  const after = restored === null ? '' : ` Your core.hooksPath is ${restored} again.`;
  return `The global hooks of cratesguard are gone.${after}\n`;
}

/** A path as people read it: from the top of the work tree where it lies below. */
export function shown(path: string, { topLevel, commonDir, bare }: RepositoryFacts): string {
  const folder = topLevel ?? (bare ? commonDir : '');
  return path !== folder && isInside(folder, path) ? relative(folder, path) : path;
}
