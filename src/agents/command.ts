/** What a shell command would show: the files that it names, Cargo's key store, keys in the environment. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { shellCommands, type ShellCommand } from '../base/shell-words';
import { compileGlob } from '../policy/glob';

export interface CommandWorld {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Variables that hold a key. */
  readonly keyVariables: () => Promise<readonly string[]>;
}

export interface CommandReading {
  /** Absolute paths that may be files which the command reads. */
  readonly paths: readonly string[];
  /** A variable with a key that the command prints, or would print among all others; null where it prints none. */
  readonly variable: string | null;
}

/** Commands that take a file's name and show nothing of its content. */
const SHOWS_NOTHING = new Set(
  '[ [[ cd chgrp chmod chown du false file ls mkdir pushd popd pwd rm rmdir shred stat test touch true type unlink which'.split(
    ' ',
  ),
);
const GIT_SHOWS_NOTHING = new Set('add check-ignore checkout commit ls-files mv reset restore rm status'.split(' '));
/** Commands whose words are text, not names. */
const TEXT_ONLY = new Set(['echo', 'printf', 'print', ':']);
/** These only say how the next word is run. */
const PREFIXES = new Set([
  'builtin',
  'command',
  'exec',
  'nice',
  'nohup',
  'sudo',
  'time',
  'then',
  'do',
  'else',
  'if',
  '!',
  '{',
]);
/** Commands that run their arguments. */
const RUNS_ARGUMENTS = new Set('sh bash dash ash ksh zsh fish eval xargs timeout watch setsid su runuser'.split(' '));
/** A key as an argument of these is put to use, not shown. */
const USES_KEYS = new Set(['[', '[[', 'cargo', 'test', 'gh', 'unset']);
/** How programs in other languages read the environment as a whole. */
const WHOLE_ENVIRONMENT =
  /process\.env\b(?!\s*\.\s*\w|\s*\[)|os\.environ\b(?!\s*\.\s*get\s*\(|\s*\[)|\bENV\s*\.\s*(?:to_h|each|inspect|map)|\bENV\s*[,;)]|%ENV\b|env::vars|(?:ls|dir|gci|Get-ChildItem|Get-Item)\s+Env:|\/proc\/[^/\s]+\/environ/i;

const LARGEST_LIST = 2000;
const DEEPEST = 4;

/** Reads a script of a shell. It is read for what it may show: where that cannot be told, it counts as shown. */
export async function readCommand(script: string, world: CommandWorld): Promise<CommandReading> {
  const reader = new CommandReader(world);
  reader.read(script, 0);
  const paths = [...reader.paths];
  const variable =
    reader.showsEnvironment || script.includes('$') || WHOLE_ENVIRONMENT.test(script) || /env/i.test(script)
      ? await shownVariable(script, reader, world)
      : null;
  return { paths, variable };
}

async function shownVariable(script: string, reader: CommandReader, world: CommandWorld): Promise<string | null> {
  const variables = await world.keyVariables();
  const [first] = variables;
  if (first === undefined) return null;
  if (reader.showsEnvironment || WHOLE_ENVIRONMENT.test(script)) return first;
  return variables.find((name) => reader.shownText.some((text) => mentions(text, name))) ?? null;
}

function mentions(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return at >= 0 && !/\w/.test(text.charAt(at - 1)) && !/\w/.test(text.charAt(at + name.length));
}

class CommandReader {
  readonly paths = new Set<string>();
  /** Words in which the name of a variable means its value. */
  readonly shownText: string[] = [];
  showsEnvironment = false;
  private readonly bases: string[];
  private readonly values = new Map<string, string>();

  constructor(private readonly world: CommandWorld) {
    this.bases = [world.cwd];
  }

  read(script: string, depth: number): void {
    if (depth > DEEPEST) return;
    for (const [, inner = ''] of script.matchAll(/`([^`]*)`/g)) this.read(inner, depth + 1);
    for (const command of shellCommands(script.replaceAll('`', ' ; '))) this.take(command, depth);
  }

  private take({ words, redirects }: ShellCommand, depth: number): void {
    const texts = words.map(({ text }) => text);
    const at = this.programAt(texts);
    const program = basename(texts[at] ?? '');
    const args = texts.slice(at + 1);
    for (const { operator, text } of redirects) {
      if (operator === '<') this.names(text);
      if (operator === '<<<' || operator === '<<') this.shownText.push(text);
      this.inner(text, depth);
    }
    if (showsEnvironment(program, args)) this.showsEnvironment = true;
    if (!USES_KEYS.has(program)) this.shownText.push(...args);
    if (program === 'cd' || program === 'pushd') this.enter(args);
    if (RUNS_ARGUMENTS.has(program)) this.read(args.filter((arg) => !arg.startsWith('-')).join(' '), depth + 1);
    const git = program === 'git' && args.some((arg) => GIT_SHOWS_NOTHING.has(arg));
    if (SHOWS_NOTHING.has(program) || git || TEXT_ONLY.has(program)) {
      for (const text of texts)
        for (const [, inner = ''] of text.matchAll(/\$\((.*)/gs)) this.inner(` ${inner}`, depth);
      return;
    }
    for (const text of texts.slice(0, at)) this.names(text);
    for (const text of args) this.names(text);
    for (const text of texts) this.inner(text, depth);
    // A program by its path; one by its name alone is found on PATH. Inside a word it may be no program at all.
    if (depth > 0 || /[\\/]/.test(texts[at] ?? '')) this.names(texts[at] ?? '');
  }

  /** Where the program's name stands: behind assignments, and words such as `sudo`. */
  private programAt(texts: readonly string[]): number {
    for (const [at, text] of texts.entries()) {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) this.values.set(name, this.expanded(value));
      else if (text === 'env' && texts.slice(at + 1).some((word) => !word.startsWith('-') && !word.includes('=')))
        continue;
      else if (!PREFIXES.has(text) && !text.startsWith('-')) return at;
    }
    return texts.length;
  }

  private enter(args: readonly string[]): void {
    const folder = args.find((arg) => !arg.startsWith('-'));
    if (folder === undefined || this.bases.length > DEEPEST) return;
    this.bases.push(...this.bases.map((base) => resolve(base, this.expanded(folder))));
  }

  /** A word may be a script itself: `sh -c '…'`, `$(…)`, a line of Python. */
  private inner(text: string, depth: number): void {
    if (/[\s$(<]/.test(text)) this.read(text.replace(/\$\(|[()[\]{},]/g, ' ; '), depth + 1);
  }

  private names(word: string): void {
    const text = this.expanded(word);
    const forms = new Set([text]);
    for (const form of [
      text.replace(/^@/, ''),
      text.replace(/^-[A-Za-z]=?/, ''),
      text.replace(/^file:\/\//, ''),
      text.slice(text.lastIndexOf('=') + 1),
      text.slice(text.lastIndexOf('=') + 1).replace(/^@/, ''),
      text.slice(text.indexOf(':') + 1),
    ])
      forms.add(form);
    for (const form of forms)
      if (form !== '' && !form.includes('\n') && form.length < 4096)
        for (const base of this.bases)
          for (const path of /[*?[{]/.test(form) ? matching(base, form) : [resolve(base, form)]) this.paths.add(path);
  }

  private expanded(word: string, depth = 0): string {
    const { home } = this.world;
    const whole = word.replace(/^~(?=$|[\\/])/, () => home);
    return whole.replace(
      /\$(?:\{(\w+)(?::?[-=]([^}]*))?\}|(\w+))/g,
      (text, braced?: string, fallback?: string, plain?: string) => {
        const value = this.valueOf(braced ?? plain ?? '');
        if (value !== undefined) return value;
        return fallback === undefined || depth > DEEPEST ? text : this.expanded(fallback, depth + 1);
      },
    );
  }

  private valueOf(name: string): string | undefined {
    const { env, home } = this.world;
    if (name === 'HOME') return home;
    if (name === 'CARGO_HOME') return cargoHome(env, home);
    return this.values.get(name) ?? env[name];
  }
}

function showsEnvironment(program: string, args: readonly string[]): boolean {
  const plain = args.filter((arg) => !arg.startsWith('-'));
  switch (program) {
    case 'env':
      return plain.every((arg) => arg.includes('='));
    case 'printenv':
    case 'export':
    case 'set':
    case 'declare':
    case 'typeset':
    case 'readonly':
      return plain.length === 0 && (program !== 'set' || args.length === 0);
    default:
      return false;
  }
}

/** Cargo's folder, where it keeps its keys. */
export function cargoHome(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const own = env['CARGO_HOME'];
  return own === undefined || own === '' ? join(home, '.cargo') : resolve(own);
}

/** True for a file that Cargo keeps keys in, of this user or of anybody. */
export function isKeyStore(path: string, cargo: string): boolean {
  const folder = dirname(path);
  return /^credentials(?:\.toml)?$/.test(basename(path)) && (folder === cargo || basename(folder) === '.cargo');
}

/** The paths that a pattern of the shell matches; of very many, the first. */
function matching(base: string, pattern: string): readonly string[] {
  let found = [pattern.startsWith('/') ? '/' : base];
  for (const part of pattern.split('/').filter((segment) => segment !== '')) {
    const next: string[] = [];
    const matches = /[*?[{]/.test(part) ? compileGlob(part) : null;
    for (const folder of found) {
      if (matches === null) next.push(resolve(folder, part));
      else if (typeof matches === 'function')
        for (const name of namesIn(folder)) if (matches(name)) next.push(join(folder, name));
      if (next.length > LARGEST_LIST) break;
    }
    found = next;
  }
  return found;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no folder, or none that the command could read either
  }
}
