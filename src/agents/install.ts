/** `cratesguard agents install` and `uninstall`. */
import { constants, accessSync, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isInside } from '../base/paths';
import { GuardError } from '../base/error';
import { bareScript, SHEBANG } from '../hooks/block';
import { applyChanges, diskFiles, entryAt, type Change } from '../hooks/files';
import { withLock } from '../hooks/lock';
import { PROGRAM_FILES, programChanges, type ProgramSource } from '../hooks/program';
import { removalOf, removeEmptyFolders } from '../hooks/uninstall';
import { version } from '../../package.json';
import { isRecord, parseJson } from '../base/json';
import { commandFor, settingsFile, type Environment, type Scope } from './places';
import { changeBetween, isEmpty, ownHooks, takenBack, withHooks, withoutHooks, type TextChange } from './settings';
import { agentOf, AGENT_IDS, type AgentId } from './table';

/** What install leaves beside the program, so that uninstall can take it back to the byte. */
interface AgentsRecord {
  /** By the configuration file's path. `change` is null where the file was not there before. */
  readonly files: Readonly<Record<string, { readonly change: TextChange | null }>>;
  /** Folders that were not there before, outermost first. */
  readonly madeFolders: readonly string[];
}

const RECORD = 'agents.json';

export interface AgentsOptions {
  readonly scope: Scope;
  readonly agents: readonly AgentId[];
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

export interface AgentResult {
  readonly agent: AgentId;
  readonly file: string;
  readonly action: 'written' | 'updated' | 'unchanged' | 'deleted' | 'absent';
}

/** The agents whose configuration or program is there. */
export function seenAgents(scopes: readonly Scope[], env: Environment): readonly AgentId[] {
  return AGENT_IDS.filter(
    (id) =>
      scopes.some((scope) => {
        const folder = dirname(settingsFile(scope, id, env));
        return existsSync(folder);
      }) || isOnPath(agentOf(id).program, env),
  );
}

/** True where a program of this name would be found; nothing is run. */
function isOnPath(program: string, env: Environment): boolean {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return (env['PATH'] ?? '').split(delimiter).some((folder) =>
    suffixes.some((suffix) => {
      try {
        accessSync(join(folder, program + suffix), constants.X_OK);
        return folder !== '';
      } catch {
        return false; // not in this folder
      }
    }),
  );
}

/** The script that the configured commands start, whole. */
function agentScript(kind: Scope['kind']): string {
  const script = bareScript(['common-folder.sh', 'gate.sh', 'agent'])
    .replace('@HOOK@', () => 'agent')
    .replace('@PLACE@', () => (kind === 'user' ? 'own' : 'shared'));
  return `${SHEBANG}# Written by 'cratesguard agents install' ${version}, taken out by 'cratesguard agents uninstall'.\n${script}\n`;
}

/**
 * Writes the hooks into the agents' configuration: all of it or nothing, and the same again when it is run again.
 *
 * @throws GuardError 'unsupported' for a configuration that is no JSON, 'unwritable', 'unreadable', 'interrupted'
 */
export async function installAgents(
  options: AgentsOptions & { readonly source: ProgramSource },
): Promise<readonly AgentResult[]> {
  return locked(options.scope, async () => {
    const { scope, env } = options;
    const before = await readRecord(scope);
    const files = { ...before.files };
    const changes: Change[] = [];
    const results: AgentResult[] = [];
    for (const agent of options.agents) {
      const file = realFile(scope, settingsFile(scope, agent, env));
      const text = await textAt(file);
      const wanted = await named(file, () => plannedText(text, before.files[file], agent, scope));
      const action =
        text === null ? 'written' : wanted.after === text ? 'unchanged' : ownIn(text, agent) ? 'updated' : 'written';
      if (action !== 'unchanged') changes.push(fileChange(file, wanted.after));
      if (action !== 'unchanged' || file in files)
        files[file] = { change: wanted.base === null ? null : changeBetween(wanted.base, wanted.after) };
      results.push({ agent, file, action });
    }
    const script = agentScript(scope.kind);
    if ((await textAt(scope.script)) !== script)
      changes.push({ path: scope.script, to: { kind: 'file', bytes: Buffer.from(script), program: true } });
    changes.push(
      ...(await programChanges(diskFiles, scope.programFolder, options.source, { hookFolders: [], madeFolders: [] })),
    );
    const made = await applyChanges(diskFiles, changes, options.signal);
    const record: AgentsRecord = { files, madeFolders: [...before.madeFolders, ...made] };
    if (JSON.stringify(record) !== JSON.stringify(before)) await writeRecord(scope, record);
    return results;
  });
}

/** Takes our hooks out; the program goes with the last of them. @throws GuardError as installAgents */
export async function uninstallAgents({ scope, agents, env, signal }: AgentsOptions): Promise<readonly AgentResult[]> {
  return locked(scope, async () => {
    const before = await readRecord(scope);
    const files = new Map(Object.entries(before.files));
    const changes: Change[] = [];
    const results: AgentResult[] = [];
    for (const agent of agents) {
      const file = realFile(scope, settingsFile(scope, agent, env));
      const text = await textAt(file);
      if (text === null || !(await named(file, () => ownIn(text, agent)))) {
        results.push({ agent, file, action: 'absent' });
        continue;
      }
      const base = baseOf(text, files.get(file), agent);
      changes.push(base === null ? { path: file, to: { kind: 'nothing' } } : fileChange(file, base));
      results.push({ agent, file, action: base === null ? 'deleted' : 'updated' });
      files.delete(file);
    }
    const isUsed = files.size > 0 || (await isConfigured(scope, AGENT_IDS, env, agents));
    if (!isUsed)
      changes.push(
        ...(await removalOf(diskFiles, scope.programFolder, [...PROGRAM_FILES, RECORD])),
        ...(await removalOf(diskFiles, dirname(scope.script), ['agent'])),
      );
    else if (files.size !== Object.keys(before.files).length)
      await writeRecord(scope, { ...before, files: Object.fromEntries(files) });
    await applyChanges(diskFiles, changes, signal);
    const made = [...before.madeFolders].reverse();
    await removeEmptyFolders(diskFiles, isUsed ? made : [scope.programFolder, dirname(scope.script), ...made]);
    return results;
  });
}

/** True where another agent's configuration still calls us. */
async function isConfigured(
  scope: Scope,
  ids: readonly AgentId[],
  env: Environment,
  except: readonly AgentId[],
): Promise<boolean> {
  for (const id of ids) {
    if (except.includes(id)) continue;
    const text = await textAt(settingsFile(scope, id, env));
    try {
      if (text !== null && ownIn(text, id)) return true;
    } catch {
      // a file that is no JSON calls nobody
    }
  }
  return false;
}

function ownIn(text: string, agent: AgentId): boolean {
  return ownHooks(text, agentOf(agent)).length > 0;
}

/** The configuration as it is without us, and as it shall be. */
function plannedText(
  text: string | null,
  record: AgentsRecord['files'][string] | undefined,
  id: AgentId,
  scope: Scope,
): { readonly base: string | null; readonly after: string } {
  const agent = agentOf(id);
  const command = (event: string): string => commandFor(scope, id, event);
  if (text !== null && isCurrent(text, id, scope)) return { base: baseOf(text, record, id), after: text };
  const base = text === null ? null : baseOf(text, record, id);
  return { base, after: withHooks(base, agent, command) };
}

/** True where the configuration has exactly the hooks that this version writes. */
export function isCurrent(text: string, id: AgentId, scope: Scope): boolean {
  const agent = agentOf(id);
  const own = ownHooks(text, agent);
  return (
    own.length === Object.keys(agent.events).length &&
    own.every(({ event, command }) => command === commandFor(scope, id, event))
  );
}

/** The text without us; null for a file that was not there before. */
function baseOf(text: string, record: AgentsRecord['files'][string] | undefined, id: AgentId): string | null {
  const agent = agentOf(id);
  if (ownHooks(text, agent).length === 0) return text;
  const back = record?.change == null ? null : takenBack(text, record.change);
  if (back !== null && ownHooks(back, agent).length === 0) return back;
  const without = withoutHooks(text, agent);
  // A colleague's clone has no record: a file with nothing else in it is one that install made.
  const made = record === undefined || record.change === null;
  return made && isEmpty(without, agent) ? null : without;
}

function fileChange(path: string, text: string): Change {
  return { path, to: { kind: 'file', bytes: Buffer.from(text) } };
}

/** Puts the file's name ahead of what is wrong with it. */
async function named<T>(file: string, work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    throw new GuardError(error.code, `${file}: ${error.message}`, {
      cause: error,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}

/**
 * The file to write: behind a link for a user, whose configuration a tool may keep elsewhere. A repository's lead nowhere.
 * @throws GuardError 'unsupported'
 */
export function realFile(scope: Scope, file: string): string {
  const folder = nearestFolder(dirname(file));
  if (scope.kind === 'user') return existsSync(file) ? realpathSync(file) : file;
  if (!isInside(realpathSync(scope.root), realpathSync(folder)))
    throw new GuardError('unsupported', `${folder} leads out of the repository, so nothing is written there`);
  return file;
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}

/** A file's text; null where there is none. @throws GuardError 'unreadable', 'unsupported' for a link */
export async function textAt(path: string): Promise<string | null> {
  const entry = await entryAt(diskFiles, path);
  if (entry.kind === 'nothing') return null;
  if (entry.kind !== 'file') throw new GuardError('unsupported', `${path} is a ${entry.kind}, where a file should be`);
  return entry.bytes.toString('utf8');
}

async function readRecord(scope: Scope): Promise<AgentsRecord> {
  const text = await textAt(join(scope.programFolder, RECORD));
  const value: unknown = text === null ? null : parseJson(text); // damaged, it is as good as none
  if (!isRecord(value) || !isRecord(value['files']) || !Array.isArray(value['madeFolders']))
    return { files: {}, madeFolders: [] };
  return value as unknown as AgentsRecord;
}

async function writeRecord(scope: Scope, record: AgentsRecord): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
  await applyChanges(diskFiles, [{ path: join(scope.programFolder, RECORD), to: { kind: 'file', bytes } }]);
}

async function locked<T>({ programFolder }: Scope, work: () => Promise<T>): Promise<T> {
  if (!existsSync(dirname(programFolder))) return work(); // the first of all, and nobody else's yet
  return withLock(diskFiles, `${programFolder}.lock`, work);
}

/** The agents that are there without hooks of ours, for a word about them. Never fails. */
export async function unguardedAgents(scopes: readonly Scope[], env: Environment): Promise<readonly AgentId[]> {
  const unguarded: AgentId[] = [];
  for (const agent of seenAgents(scopes, env)) {
    const guarded = await Promise.all(
      scopes.map(async (scope) => {
        const text = await textAt(settingsFile(scope, agent, env)).catch(() => null);
        return text?.includes('cratesguard') ?? false;
      }),
    );
    if (!guarded.includes(true)) unguarded.push(agent);
  }
  return unguarded;
}
