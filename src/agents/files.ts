/** The files that an event brings to the model, scanned before it does. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../scan/report';
import { scan } from '../scan/scan';
import { pathsSource } from '../sources/paths';
import { isRecord } from '../base/json';
import { leavesOf, type AgentEvent } from './event';
import { pathInside, type Policies } from './policies';

/** A regular file, by the name that the event has for it. */
export interface NamedFile {
  readonly shown: string;
  /** Links followed. */
  readonly path: string;
  readonly size: number;
}

export interface FileVerdict {
  readonly file: NamedFile;
  readonly blocked: readonly Finding[];
  readonly allowed: readonly Finding[];
  /** Why it could not be read whole; null where it was. */
  readonly failure: string | null;
}

/** The regular file at a path, or null. */
export function fileAt(cwd: string, name: string): NamedFile | null {
  try {
    const given = resolve(cwd, name);
    const path = realpathSync(given);
    const stats = statSync(path);
    return stats.isFile() ? { shown: name, path, size: stats.size } : null;
  } catch {
    return null; // nothing there, or nothing that the agent could read either
  }
}

/** Scans one file, by the rules that hold where it lies. */
export async function scanFile(file: NamedFile, policies: Policies, signal: AbortSignal): Promise<FileVerdict> {
  const inside = pathInside(policies.topLevel, file.path) !== null;
  const { findings, errors } = await scan({
    source: pathsSource({ cwd: '/', topLevel: policies.topLevel, paths: [file.path] }),
    policy: inside ? policies.inside : policies.outside,
    signal,
  });
  return {
    file,
    blocked: findings.filter(({ status }) => status === 'blocked'),
    allowed: findings.filter(({ status }) => status === 'allowed'),
    failure: errors[0]?.reason ?? null,
  };
}

/** `@path`, `@"a path"`, `@a\ path`, with lines or not (`@path#L3-9`). */
const MENTION = /(?:^|[\s("'`[{,;:=<>])@(?:"([^"\n]+)"|'([^'\n]+)'|((?:\\.|[^\s"'`\\])+))/g;

/** So many files are looked for by name in one event. */
const MOST_NAMES = 5000;

/** The files that a prompt mentions: some agents read them without another event. */
export function mentionedFiles({ prompt, cwd }: AgentEvent, home: string): readonly NamedFile[] {
  const files = new Map<string, NamedFile>();
  for (const [at, mention] of [...prompt.matchAll(MENTION)].entries()) {
    if (at > MOST_NAMES) break;
    const name = mention[1] ?? mention[2] ?? (mention[3] ?? '').replace(/\\(.)/g, '$1');
    for (const form of [name, name.replace(/#.*$/, ''), name.replace(/[.,;:!?)\]}>'"`]+$/, '')]) {
      const file = fileAt(
        cwd,
        form.replace(/^~(?=\/)/, () => home),
      );
      if (file !== null) files.set(file.path, { ...file, shown: form });
    }
  }
  return [...files.values()];
}

/** Keys of a tool's arguments that bring new content: such a tool writes, and what it writes is in the arguments. */
const CONTENT_KEYS =
  /^(?:content|contents|file_text|insert_text|(?:new|old)_?(?:str|string|source|text)|edits|patch|diff)$/i;

/** The path that a tool writes to, with its content among the arguments; null for other tools. */
export function writtenPath({ input }: AgentEvent): string | null {
  if (!isRecord(input)) return null;
  const keys = Object.keys(input);
  if (!keys.some((key) => CONTENT_KEYS.test(key))) return null;
  const path = Object.entries(input).find(
    ([key, value]) => /path|^file(?:name)?$/i.test(key) && typeof value === 'string',
  );
  return typeof path?.[1] === 'string' ? path[1] : null;
}

/** The files that a tool's arguments name, whatever the tool calls them. */
export function argumentFiles({ input, cwd }: AgentEvent, home: string): readonly NamedFile[] {
  const files = new Map<string, NamedFile>();
  for (const { text } of leavesOf(input).slice(0, MOST_NAMES)) {
    if (text.length > 4096 || text === '' || text.includes('\n') || text.includes('\0')) continue;
    const name = text.startsWith('file://') ? pathOfUrl(text) : text.replace(/^~(?=\/)/, () => home);
    const file = fileAt(cwd, name) ?? fileAt(cwd, name.replace(/^@/, ''));
    if (file !== null) files.set(file.path, { ...file, shown: text });
  }
  return [...files.values()];
}

function pathOfUrl(text: string): string {
  try {
    return fileURLToPath(text);
  } catch {
    return text;
  }
}

/** The lines that a reading tool asks for, one more at the end since some count from 0; null where it asks for all. */
export function askedLines({ input }: AgentEvent): { readonly first: number; readonly last: number } | null {
  if (!isRecord(input)) return null;
  const number = (...keys: readonly string[]): number | null => {
    for (const key of keys) if (typeof input[key] === 'number' && Number.isFinite(input[key])) return input[key];
    return null;
  };
  const range: unknown = input['view_range'];
  const pair = Array.isArray(range) && range.every((item) => typeof item === 'number') ? range : [];
  const first = pair[0] ?? number('offset', 'start_line', 'startLine');
  const limit = number('limit');
  const end = pair[1] ?? number('end_line', 'endLine') ?? (limit === null ? null : (first ?? 1) + limit);
  if ((first === null && end === null) || (first ?? 1) < 0 || (end !== null && end < 0)) return null;
  return { first: first ?? 1, last: end === null ? Infinity : limit === null ? end + 1 : end };
}
