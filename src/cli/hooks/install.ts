import { homedir } from 'node:os';
import { unguardedAgents } from '../../agents/install';
import { projectScope, userScope } from '../../agents/places';
import { agentOf } from '../../agents/table';
import { GuardError } from '../../base/error';
import { recordRemotes } from '../../git/remote-record';
import {
  GLOBAL_HOOKS,
  globalFolders,
  installGlobally,
  uninstallGlobally,
  isGloballyInstalled,
} from '../../hooks/global';
import { installHooks } from '../../hooks/install';
import { GUARDED_HOOKS, type GuardedHook, defaultHooks, isGuardedHook } from '../../hooks/names';
import { repositoryFacts, type RepositoryFacts } from '../../hooks/repository';
import { globalInstallText, installText, globalUninstallText, uninstallText } from '../../hooks/text';
import type { Outcome } from '../../outcome';
import type { Invocation } from '../command';
import type { Io } from '../io';
import { uninstallHooks } from '../../hooks/uninstall';
import { repositoryStatus } from '../../hooks/status';
import { statusJson, statusText } from '../../hooks/status-text';
/** The folder of the program that runs: the build puts hook.cjs beside it. */
export const RUNNING_PROGRAM = __dirname;

/** `cratesguard install`; `programFolder` holds the hook.cjs to copy. */
export async function runInstall(
  { options }: Invocation,
  io: Io,
  programFolder: string = RUNNING_PROGRAM,
): Promise<Outcome> {
  const named = hooksNamed(options['hooks']);
  if (isBuildMachine(io.env)) {
    io.stdout.write(
      "cratesguard: nothing installed: this is a 'prepare' script on a build machine (CI is set), where nobody commits.\n",
    );
    return { kind: 'clean' };
  }
  const source = { programFolder, node: process.execPath, signal: io.signal };
  const folders = globalFolders(io.env);
  if (options['global'] === true) {
    if (named?.includes('pre-receive') === true)
      throw new GuardError(
        'usage',
        '--global guards the repositories people work in, and pre-receive is a server hook',
        {
          hint: "Run 'cratesguard install' in the bare repository itself.",
        },
      );
    const result = await installGlobally({
      ...source,
      folders,
      hooks: named ?? GLOBAL_HOOKS,
      cwd: io.cwd,
      env: io.env,
    });
    io.stdout.write(globalInstallText(result));
    return { kind: 'clean' };
  }
  const facts = await factsUnlessPreparing(io);
  if (facts === null) {
    io.stdout.write("cratesguard: nothing installed: this 'prepare' script runs where there is no git repository.\n");
    return { kind: 'clean' };
  }
  const hooks = named ?? defaultHooks(facts.bare);
  const result = await installHooks({ ...source, facts, hooks, globalHooks: folders.hooks });
  await recordRemotes(io);
  io.stdout.write(installText(result, facts));
  if (!facts.bare) io.stdout.write(await agentsNote(facts, io.env));
  const isLacking = result.kind === 'managed' && (result.lines !== '' || result.direct.length > 0);
  return isLacking ? { kind: 'blocked' } : { kind: 'clean' };
}

/** A git hook comes too late for what an agent sends to a model. */
async function agentsNote(facts: RepositoryFacts, env: Io['env']): Promise<string> {
  const scopes = [projectScope(facts), userScope(env, env['HOME'] ?? homedir())];
  const titles = (await unguardedAgents(scopes, env)).map((agent) => agentOf(agent).title);
  if (titles.length === 0) return '';
  return `AI coding agents here (${titles.join(', ')}): 'cratesguard agents install' keeps keys from them too.\n`;
}

/** npm and its kin run `prepare` on build machines too. */
function isBuildMachine(env: Io['env']): boolean {
  return (env['CI'] === 'true' || env['CI'] === '1') && env['npm_lifecycle_event'] === 'prepare';
}

/** Null where a `prepare` script runs without a repository, as in a container build: `npm ci` must pass there. */
async function factsUnlessPreparing({ cwd, env }: Io): Promise<RepositoryFacts | null> {
  try {
    return await repositoryFacts(cwd);
  } catch (error) {
    const isExpected = error instanceof GuardError && error.code === 'no-repository';
    if (isExpected && env['npm_lifecycle_event'] === 'prepare') return null;
    throw error;
  }
}

function hooksNamed(value: Invocation['options'][string]): readonly GuardedHook[] | null {
  if (typeof value !== 'string') return null;
  const names = value.split(',').map((name) => name.trim());
  const hooks = names.filter(isGuardedHook);
  const wrong = names.find((name) => !isGuardedHook(name));
  if (wrong !== undefined)
    throw new GuardError(
      'usage',
      wrong === '' ? '--hooks names no hook' : `--hooks: '${wrong}' is no hook of cratesguard`,
      {
        hint: `It knows ${GUARDED_HOOKS.join(', ')}.`,
      },
    );
  return [...new Set(hooks)];
}

/** `cratesguard uninstall` */
export async function runUninstall({ options }: Invocation, io: Io): Promise<Outcome> {
  const folders = globalFolders(io.env);
  if (options['global'] === true) {
    io.stdout.write(globalUninstallText(await uninstallGlobally({ folders, cwd: io.cwd })));
    return { kind: 'clean' };
  }
  const facts = await repositoryFacts(io.cwd);
  const result = await uninstallHooks({ facts, globalHooks: folders.hooks, signal: io.signal });
  io.stdout.write(uninstallText(result, facts));
  return { kind: 'clean' };
}

/** `cratesguard status`; `programFolder` holds the hook.cjs that the copied one is compared with. */
export async function runStatus(
  { options }: Invocation,
  io: Io,
  programFolder: string = RUNNING_PROGRAM,
): Promise<Outcome> {
  const folders = globalFolders(io.env);
  const facts = await repositoryFacts(io.cwd);
  const status = await repositoryStatus({
    facts,
    env: io.env,
    globalFolders: folders,
    globallyInstalled: await isGloballyInstalled(io.cwd, folders),
    programFolder,
  });
  io.stdout.write(options['format'] === 'json' ? statusJson(status) : statusText(status, facts));
  return status.protected ? { kind: 'clean' } : { kind: 'blocked' };
}
