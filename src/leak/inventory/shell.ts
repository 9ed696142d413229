import { baseName, calledTool, isTool } from './called-tool';
import { shellCommands, type ShellCommand, type Word } from '../../base/shell-words';
import { defaultVariable, isKeyVariable, referenceIn, type Binding, type Reference } from './use';

/** A command that needs a key. */
export interface KeyCommand {
  /** As it is called, without its arguments: `cargo publish`. */
  readonly command: string;
  /** 1-based, from the start of the script. */
  readonly line: number;
  /** What its key comes from where the command says so itself; undefined where it does not. */
  readonly given: Reference | null | undefined;
  /** The variable that it reads otherwise. */
  readonly variable: string;
}

export interface ShellFacts {
  readonly commands: readonly KeyCommand[];
  /** Variables that the script sets, for itself. */
  readonly bindings: readonly Binding[];
  /** What outlives the script: a login, a credentials file, a variable handed to the steps after it. */
  readonly lasting: readonly Binding[];
}

interface Found {
  commands: KeyCommand[];
  bindings: Binding[];
  lasting: Binding[];
}

const WRAPPERS = new Set([
  'sudo',
  'env',
  'time',
  'exec',
  'command',
  'nice',
  'nohup',
  'then',
  'do',
  'else',
  'if',
  'elif',
  'while',
  'until',
  '!',
  '{',
  'eval',
  '&',
  'call',
  '@',
  'chronic',
]);
/** Programs that run the command which follows among their words. */
const RUNNERS = new Set([
  'docker',
  'podman',
  'nerdctl',
  'docker-compose',
  'nix',
  'nix-shell',
  'rustup',
  'npx',
  'bunx',
  'pnpm',
  'yarn',
  'cross-env',
  'dotenv',
  'op',
  'doppler',
  'mise',
  'asdf',
  'xargs',
  'timeout',
  'retry',
  'ssh',
  'chroot',
  'direnv',
  'teller',
  'infisical',
  'aws-vault',
  'vault',
  'sops',
  'kubectl',
  'flox',
  'devbox',
  'xvfb-run',
  'if',
  'stdbuf',
  'setsid',
  'su',
  'gosu',
  'runuser',
  'heroku',
]);
const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'fish', 'pwsh', 'powershell']);

/** What a script does with keys. `line` numbers in the answer count from the script's first line. */
export function readShell(script: string): ShellFacts {
  const found: Found = { commands: [], bindings: [], lasting: [] };
  for (const command of shellCommands(script)) readCommand(command, found);
  return found;
}

/** The same for one command whose words are known already, as in a Dockerfile's exec form. */
export function readShellWords(words: readonly string[]): ShellFacts {
  const found: Found = { commands: [], bindings: [], lasting: [] };
  readCommand({ words: words.map((text) => ({ text, quoted: true })), redirects: [], line: 1, pipedFrom: null }, found);
  return found;
}

function readCommand(command: ShellCommand, found: Found): void {
  const { line } = command;
  const words = [...command.words];
  const inline: Binding[] = [];
  readPowerShellAssignment(words, line, found);
  for (let first = words[0]; first !== undefined; first = words[0]) {
    const assignment = assigned(first);
    if (assignment !== null) inline.push({ name: assignment.name, reference: referenceIn(assignment.value), line });
    else if (!WRAPPERS.has(first.text) && !(first.text.startsWith('-') && words.length < command.words.length)) break;
    words.shift();
  }
  const name = baseName(words[0]?.text ?? '');
  if (name === '') {
    found.bindings.push(...inline);
    return;
  }
  if (['export', 'set', 'setx', 'declare', 'local', 'readonly', 'typeset'].includes(name))
    readExports(words.slice(1), line, found);
  readHandOver(command, name, found);
  readCredentialsFile(command, found);
  if (SHELLS.has(name) || RUNNERS.has(name)) readNested(words, command, found);
  const start = RUNNERS.has(name) ? words.findIndex(({ text }, index) => index > 0 && isTool(text)) : 0;
  inline.push(...handedOn(words.slice(1, Math.max(start, 1)), line));
  const needed = start < 0 ? null : keyCommand(words.slice(start), command);
  if (needed === null) return;
  found.commands.push(withInline(needed, inline));
  if (needed.command === 'cargo login')
    found.lasting.push({ name: needed.variable, reference: withInline(needed, inline).given ?? null, line });
}

/** `NAME=value command` wins over everything else that the command would read. */
function withInline(needed: KeyCommand, inline: readonly Binding[]): KeyCommand {
  const own = inline.find(({ name }) => name === needed.variable);
  if (needed.given !== undefined || own === undefined) return needed;
  return { ...needed, given: own.reference ?? { kind: 'variable', name: own.name } };
}

function keyCommand(words: readonly Word[], { line, pipedFrom, redirects }: ShellCommand): KeyCommand | null {
  const texts = words.map(({ text }) => text);
  const called = calledTool(texts);
  if (called === null) return null;
  const { command, rest } = called;
  const variable = defaultVariable(optionValue(rest, '--registry'));
  const token = optionValue(rest, '--token');
  if (token !== null) return { command, line, variable, given: referenceIn(token) };
  if (command !== 'cargo login') return { command, line, variable, given: undefined };
  const typed = rest.find((word, index) => !word.startsWith('-') && rest[index - 1] !== '--registry');
  const here = redirects.find(({ operator }) => operator === '<<<' || operator === '<<')?.text;
  const source = typed ?? here ?? pipedFrom?.words.map(({ text }) => text).join(' ');
  // What a file or another program gives has no name here; it is not what the environment holds.
  const given = (source === undefined ? null : referenceIn(source)) ?? ({ kind: 'unnamed' } as const);
  return { command, line, variable, given };
}

function optionValue(words: readonly string[], option: string): string | null {
  const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = words[at];
  if (word === undefined) return null;
  return word === option ? (words[at + 1] ?? null) : word.slice(option.length + 1);
}

function assigned({ text }: Word): { name: string; value: string } | null {
  const [, name, value] = /^([A-Za-z_]\w*)\+?=(.*)$/s.exec(text) ?? [];
  return name === undefined || value === undefined ? null : { name, value };
}

function readExports(words: readonly Word[], line: number, found: Found): void {
  for (const word of words) {
    const assignment = assigned(word);
    if (assignment !== null)
      found.bindings.push({ name: assignment.name, reference: referenceIn(assignment.value), line });
  }
}

/** `$env:NAME = "value"`; the words are used up. */
function readPowerShellAssignment(words: Word[], line: number, found: Found): void {
  const joined = words.map(({ text }) => text).join(' ');
  const [, name, value] = /^\$env:([A-Za-z_]\w*)\s*=\s*(.*)$/is.exec(joined) ?? [];
  if (name === undefined || value === undefined) return;
  found.bindings.push({ name, reference: referenceIn(value), line });
  words.length = 0;
}

/** `echo "NAME=value" >> "$GITHUB_ENV"` and its relatives set a variable for the steps that follow. */
function readHandOver({ words, redirects, line }: ShellCommand, name: string, found: Found): void {
  const handsOver = redirects.some(
    ({ operator, text }) => operator === '>>' && /\$\{?(env:)?(GITHUB_ENV|BASH_ENV)/i.test(text),
  );
  const text = words.map((word) => word.text).join(' ');
  const azure = /##vso\[task\.setvariable variable=(\w+)[^\]]*\](.*)/.exec(text);
  const [, variable, value] = azure ?? (handsOver ? (/(?:^|\s)(?:export )?(\w+)=(.*)/s.exec(text) ?? []) : []);
  if (variable === undefined || !['echo', 'printf', 'write-output', 'write-host'].includes(name.toLowerCase())) return;
  found.lasting.push({ name: variable, reference: referenceIn(value ?? ''), line });
}

/** Something is written into a Cargo credentials file. */
function readCredentialsFile({ words, redirects, line, pipedFrom }: ShellCommand, found: Found): void {
  const targets = [...redirects.filter(({ operator }) => operator.startsWith('>')).map(({ text }) => text)];
  if (baseName(words[0]?.text ?? '') === 'tee') targets.push(...words.slice(1).map(({ text }) => text));
  if (!targets.some((target) => /(\.cargo|CARGO_HOME\}?)[/\\]credentials(\.toml)?$/i.test(target))) return;
  const written = [
    ...words.map(({ text }) => text),
    ...redirects.filter(({ operator }) => operator === '<<').map(({ text }) => text),
    ...(pipedFrom?.words.map(({ text }) => text) ?? []),
  ];
  const reference =
    written.map((text) => referenceIn(text.replace(/.*credentials.*/, ''))).find((each) => each !== null) ?? null;
  found.lasting.push({ name: 'CARGO_REGISTRY_TOKEN', reference, line });
  found.commands.push({
    command: 'write credentials.toml',
    line,
    variable: 'CARGO_REGISTRY_TOKEN',
    given: reference ?? undefined,
  });
}

/** `sh -c "…"`, `docker run -e NAME …`, and a here-document that a shell or a remote shell reads. */
function readNested(words: readonly Word[], { redirects, line }: ShellCommand, found: Found): void {
  const scripts = words.flatMap(({ text }, index) =>
    /^-\w*c$/i.test(words[index - 1]?.text ?? '') &&
    words.slice(0, index).some((word) => SHELLS.has(baseName(word.text)))
      ? [text]
      : [],
  );
  const bodies = redirects.filter(({ operator }) => operator === '<<').map(({ text }) => text);
  for (const script of [...scripts, ...bodies]) {
    const inner = readShell(script);
    const offset = bodies.includes(script) ? line : line - 1;
    found.commands.push(...inner.commands.map((each) => ({ ...each, line: each.line + offset })));
    found.bindings.push(...inner.bindings.map((each) => ({ ...each, line: each.line + offset })));
    found.lasting.push(...inner.lasting.map((each) => ({ ...each, line: each.line + offset })));
  }
}

/** `cross-env NAME=value`, `docker run -e NAME`, `--env NAME=value`, `--build-arg NAME`: for this command alone. */
function handedOn(words: readonly Word[], line: number): readonly Binding[] {
  return words.flatMap(({ text }): Binding[] => {
    const [, name, value] = /^(?:(?:-e|--env|--build-arg)=)?([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text) ?? [];
    if (name === undefined || !(isKeyVariable(name) || value !== undefined)) return [];
    return [{ name, reference: value === undefined ? { kind: 'variable', name } : referenceIn(value), line }];
  });
}
