import { version } from '../../package.json';
import { GuardError } from '../base/error';
import type { RepositoryFacts } from './repository';
import type { HookStatus, HookVerdict, RepositoryStatus } from './status';
import { shown } from './text';

/** What `status` says. */

/** For programs: one object with everything that the text says. */
export function statusJson(status: RepositoryStatus): string {
  const { hooks, setting, program } = status;
  return `${JSON.stringify(
    {
      version: 1,
      protected: status.protected,
      hooksPath: status.hooksPath,
      setting,
      program,
      hidesGlobal: status.hidesGlobal,
      bypasses: status.bypasses,
      hooks: hooks.map(({ hook, path, verdict }) => ({
        hook,
        path,
        protects: protects(verdict),
        state: stateOf(verdict),
        detail: explain(verdict),
      })),
    },
    null,
    2,
  )}\n`;
}

/** One line a hook, then what to do. */
export function statusText(status: RepositoryStatus, facts: RepositoryFacts): string {
  const lines = [
    status.protected ? 'This repository is protected.' : 'This repository is NOT protected.',
    ...status.hooks.map((hook) => hookLine(hook, facts)),
    ...notes(status, facts),
    ...advice(status),
  ];
  return `${lines.join('\n')}\n`;
}

function hookLine({ hook, verdict }: HookStatus, _facts: RepositoryFacts): string {
  return `  ${protects(verdict) ? 'ok  ' : 'FAIL'}  ${hook.padEnd(16)}  ${explain(verdict)}`;
}

function protects(verdict: HookVerdict): boolean {
  return verdict.kind === 'protects' || verdict.kind === 'managed';
}

function stateOf(verdict: HookVerdict): string {
  return verdict.kind === 'block' ? `block-${verdict.state}` : verdict.kind;
}

function explain(verdict: HookVerdict): string {
  switch (verdict.kind) {
    case 'protects':
      return 'git runs it, and it stopped a made-up key';
    case 'managed':
      return `${verdict.manager} calls cratesguard (not tried: that would run your other hooks)`;
    case 'managed-without-us':
      return `${verdict.manager} owns this hook, and its configuration does not call cratesguard`;
    case 'missing':
      return 'there is no such hook file where git looks';
    case 'not-executable':
      return 'the file has no run bit, so git ignores it';
    case 'husky-missing':
      return 'husky does not run it here: its own file is missing';
    case 'unjudged':
      return `it stops work, but can't judge it: ${verdict.reason}`;
    case 'passes':
      return verdict.reason === ''
        ? 'git runs it, and it judged a made-up key and let it pass'
        : `it let a made-up key pass: ${verdict.reason}`;
    case 'block':
      switch (verdict.state) {
        case 'no-block':
          return 'the file there is not of cratesguard';
        case 'damaged':
          return "the markers of cratesguard's block do not pair up";
        case 'outdated':
          return `it is ${ageOf(verdict.version)}, so it was not run`;
        case 'changed':
          return "cratesguard's block was changed, so it was not run";
        case 'moved':
          return "cratesguard's block is not ahead of the other code, so it was not run";
      }
  }
  throw new GuardError('unsupported', 'a verdict without words');
}

/** How an installed version stands beside this one; the first ones did not say which they were. */
function ageOf(installed: string | null): string {
  if (installed === null) return `from an older version of cratesguard than this one (${version})`;
  if (installed === version) return `from another build of cratesguard ${version}`;
  return `from cratesguard ${installed}, ${isNewer(installed) ? 'newer' : 'older'} than this one (${version})`;
}

function isNewer(installed: string): boolean {
  return installed.localeCompare(version, 'en', { numeric: true }) > 0;
}

function notes(status: RepositoryStatus, facts: RepositoryFacts): readonly string[] {
  const { setting, program } = status;
  return [
    `Git looks for hooks in ${shown(status.hooksPath, facts)}${setting === null ? '' : ` (core.hooksPath, ${setting.scope}: ${setting.origin})`}.`,
    ...(status.hidesGlobal
      ? [
          "'install --global' is in force for you, but git does not look at it here: this repository has a core.hooksPath of its own.",
        ]
      : []),
    ...(program.state === 'missing' &&
    status.hooks.some(({ verdict }) => verdict.kind !== 'missing' && verdict.kind !== 'managed')
      ? [`The program that the hooks call is missing (${shown(program.folder, facts)}).`]
      : []),
    ...(program.state === 'other' ? [`The program that the hooks call is ${ageOf(program.version)}.`] : []),
    ...status.bypasses.map((name) => `${name} is set in this shell: it switches the hooks off.`),
  ];
}

function renewal({ hooks, program }: RepositoryStatus, install: string): string {
  const blocks = hooks.flatMap(({ verdict }) => (verdict.kind === 'block' ? [verdict] : []));
  const versions = [program.version, ...blocks.map((block) => block.version)];
  if (versions.some((installed) => installed !== null && isNewer(installed)))
    return `Update this cratesguard, or run '${install}' to go back to its hooks.`;
  const isOther = program.state === 'other' || blocks.some(({ state }) => state === 'outdated');
  return isOther ? `To renew the hooks: run '${install}'.` : `To mend it: run '${install}'.`;
}

function advice(status: RepositoryStatus): readonly string[] {
  const kinds = new Set(status.hooks.map(({ verdict }) => verdict.kind));
  const install = status.place === 'global' ? 'cratesguard install --global' : 'cratesguard install';
  const mends: readonly HookVerdict['kind'][] = ['missing', 'not-executable', 'block'];
  const isOurs = status.hooks.some(
    ({ verdict }) => verdict.kind !== 'managed' && verdict.kind !== 'managed-without-us',
  );
  const lines: string[] = [];
  if (status.bypasses.length > 0)
    lines.push(`Unset ${status.bypasses.map((name) => name.split('=', 1)[0] ?? name).join(' and ')}, then look again.`);
  else if (kinds.has('managed-without-us'))
    lines.push("To mend it: run 'cratesguard install', which prints the lines to add.");
  else if (mends.some((kind) => kinds.has(kind)) || (isOurs && status.program.state !== 'current'))
    lines.push(renewal(status, install));
  // The program at hand is this very one, so what it lets pass is what the configuration lets pass.
  if (status.bypasses.length === 0 && status.program.state === 'current' && kinds.has('passes'))
    lines.push('The configuration lets any key pass: look at its rules, exclude and allowlist.');
  if (kinds.has('husky-missing')) lines.push("Run husky (or 'npm install'), which writes its own files.");
  return lines;
}
