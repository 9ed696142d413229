/** The one judge for all agents: whether what an event brings may reach the model. */
import { relative, resolve } from 'node:path';
import { cargoHome, isKeyStore, readCommand } from './command';
import { isRecord, type JsonObject } from '../base/json';
import type { AgentEvent } from './event';
import {
  argumentFiles,
  askedLines,
  fileAt,
  mentionedFiles,
  scanFile,
  writtenPath,
  type FileVerdict,
  type NamedFile,
} from './files';
import { pathInside, policiesAt, type Policies } from './policies';
import type { Stop } from './table';
import { blockedIn, blockedInValue, hidden, maskedValue, type TextPlace } from './text';
import { reasonFor, type Cause } from './words';
import { WRITING_TOOLS } from './writing-tools';

export interface JudgeWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly signal: AbortSignal;
}

const WRITES: ReadonlySet<string> = new Set(WRITING_TOOLS);

/** Of a file that a command only names, no more is read; what it prints is judged again. */
const LARGEST_NAMED = 64 * 1024 * 1024;

/**
 * Judges an event. Null lets it pass.
 *
 * @throws GuardError for a configuration that is wrong, or whatever else keeps it from being judged
 */
export async function judgeEvent(event: AgentEvent, world: JudgeWorld): Promise<Stop | null> {
  const policies = await policiesAt(event.cwd);
  const judge = new Judge(event, world, policies);
  if (event.kind === 'output' || event.kind === 'failed-output') return judge.output();
  const cause = await (event.kind === 'prompt' ? judge.prompt() : judge.call());
  return cause === null ? null : { reason: reasonFor(cause, event.kind), masked: undefined };
}

/** The stop for an event that could not be judged; of an output, nothing is left. */
export function stopUnjudged(why: string, event: Pick<AgentEvent, 'kind' | 'output'>): Stop {
  return { reason: reasonFor({ kind: 'unjudged', why }, event.kind), masked: hidden(event.output) };
}

class Judge {
  private readonly nowhere: TextPlace;

  constructor(
    private readonly event: AgentEvent,
    private readonly world: JudgeWorld,
    private readonly policies: Policies,
  ) {
    this.nowhere = { path: null, policy: policies.outside };
  }

  async prompt(): Promise<Cause | null> {
    const { event, world } = this;
    const findings = await blockedInValue(event.payload, this.nowhere);
    if (findings.length > 0) return { kind: 'text', findings };
    return this.files([...mentionedFiles(event, world.home), ...argumentFiles(event, world.home)]);
  }

  async call(): Promise<Cause | null> {
    const { event, world } = this;
    const written = writtenPath(event);
    const findings = await blockedInValue(event.payload, written === null ? this.nowhere : this.placeOf(written));
    if (findings.length > 0) return { kind: 'text', findings };
    if (written !== null || WRITES.has(event.tool)) return null;
    const lines = askedLines(event);
    const named = await this.files(argumentFiles(event, world.home), (verdict) =>
      lines === null ? verdict : withinLines(verdict, lines),
    );
    return named ?? (await this.commands());
  }

  async output(): Promise<Stop | null> {
    const { event } = this;
    const findings = await blockedInValue(event.payload, this.nowhere);
    if (findings.length === 0) return null;
    const allowed = await this.allowedInFiles();
    const masking = await maskedValue(
      event.output ?? event.payload,
      this.nowhere,
      ({ fingerprint }) => fingerprint !== null && allowed.has(fingerprint),
    );
    if (masking.findings.length === 0) return null;
    return { reason: reasonFor({ kind: 'text', findings: masking.findings }, event.kind), masked: masking.value };
  }

  /** Keys in the files of the repository that the call named, where its configuration allows them. */
  private async allowedInFiles(): Promise<ReadonlySet<string>> {
    const { event, world, policies } = this;
    const files = [...argumentFiles(event, world.home), ...(await this.commandFiles()).files];
    const allowed = new Set<string>();
    for (const file of files) {
      if (pathInside(policies.topLevel, file.path) === null || file.size > LARGEST_NAMED) continue;
      for (const { fingerprint } of (await scanFile(file, policies, world.signal)).allowed)
        if (fingerprint !== null) allowed.add(fingerprint);
    }
    return allowed;
  }

  /** What a tool writes is judged as that file's content. */
  private placeOf(path: string): TextPlace {
    const { topLevel, inside, outside } = this.policies;
    const absolute = fileAt(this.event.cwd, path)?.path ?? resolve(this.event.cwd, path);
    const below = pathInside(topLevel, absolute);
    return below === null ? { path: absolute, policy: outside } : { path: below, policy: inside };
  }

  private async files(
    files: readonly NamedFile[],
    narrowed: (verdict: FileVerdict) => FileVerdict = (verdict) => verdict,
  ): Promise<Cause | null> {
    const { world, policies } = this;
    for (const file of files) {
      if (isKeyStore(file.path, cargoHome(world.env, world.home))) return { kind: 'key-store', path: file.shown };
      const verdict = narrowed(await scanFile(file, policies, world.signal));
      if (verdict.blocked.length > 0 || verdict.failure !== null) return { kind: 'file', verdict };
    }
    return null;
  }

  private async commands(): Promise<Cause | null> {
    const { keyStore, variable, files } = await this.commandFiles();
    if (keyStore !== null) return { kind: 'key-store', path: keyStore };
    if (variable !== null) return { kind: 'environment', variable };
    return this.files(files.filter(({ size }) => size <= LARGEST_NAMED));
  }

  private async commandFiles(): Promise<{ keyStore: string | null; variable: string | null; files: NamedFile[] }> {
    const { event, world } = this;
    const cargo = cargoHome(world.env, world.home);
    const files = new Map<string, NamedFile>();
    let keyStore: string | null = null;
    let shown: string | null = null;
    for (const script of scriptsIn(event.input))
      for (const cwd of foldersIn(event)) {
        const { paths, variable } = await readCommand(script, {
          ...world,
          cwd,
          keyVariables: () => this.keyVariables(),
        });
        shown ??= variable;
        for (const path of paths) {
          if (isKeyStore(path, cargo)) keyStore ??= path;
          const file = fileAt(cwd, path);
          if (file !== null)
            files.set(file.path, { ...file, shown: relative(cwd, path).startsWith('..') ? path : relative(cwd, path) });
        }
      }
    return { keyStore, variable: shown, files: [...files.values()] };
  }

  /** The environment is the agent's own: it starts the hooks. */
  private async keyVariables(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [name, value] of Object.entries(this.world.env))
      if (value !== undefined && (await blockedIn(`${name}=${value}`, this.nowhere)).length > 0) found.push(name);
    return found;
  }
}

function withinLines(
  verdict: FileVerdict,
  { first, last }: { readonly first: number; readonly last: number },
): FileVerdict {
  return { ...verdict, blocked: verdict.blocked.filter(({ line }) => line >= first && line <= last) };
}

const COMMAND_KEYS = new Set(['command', 'cmd', 'script', 'chars', 'commands']);

/** The texts of a tool's arguments that a shell will run. */
function scriptsIn(input: unknown): readonly string[] {
  if (!isRecord(input)) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    if (!COMMAND_KEYS.has(key)) return [];
    if (typeof value === 'string') return value.startsWith('*** Begin Patch') ? [] : [value];
    if (!Array.isArray(value)) return [];
    const words = value.filter((word): word is string => typeof word === 'string');
    // As a list of words it runs without a shell, or `bash -lc SCRIPT`.
    return [
      words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '),
      ...words.filter((word) => /\s/.test(word)),
    ];
  });
}

/** The folders that a command may run in. */
function foldersIn({ input, cwd }: AgentEvent): readonly string[] {
  const own: JsonObject = isRecord(input) ? input : {};
  const named = ['workdir', 'cwd', 'dir_path', 'directory', 'working_directory']
    .map((key) => own[key])
    .filter((value): value is string => typeof value === 'string' && value !== '');
  return [cwd, ...named.map((folder) => resolve(cwd, folder))];
}
