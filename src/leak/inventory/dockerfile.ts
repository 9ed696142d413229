import { idleUses, usesInScript } from './resolve';
import { readShell, readShellWords, type ShellFacts } from './shell';
import { isKeyVariable, referenceIn, type Binding, type PlacedUse } from './use';

interface Instruction {
  readonly name: string;
  readonly rest: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * ARG, ENV, RUN (shell and exec form, secret mounts, here-documents), CMD, ENTRYPOINT and HEALTHCHECK of every stage.
 * Source: https://docs.docker.com/reference/dockerfile/
 */
export function readDockerfile(text: string): PlacedUse[] {
  const uses: PlacedUse[] = [];
  const bindings: Binding[] = [];
  let stage: string | null = null;
  for (const { name, rest, line } of instructions(text)) {
    if (name === 'FROM') stage = /\sas\s+(\S+)/i.exec(rest)?.[1] ?? null;
    else if (name === 'ARG' || name === 'ENV') bindings.push(...variables(name, rest, line));
    else if (name === 'RUN' || name === 'CMD' || name === 'ENTRYPOINT') {
      const mounts = secretMounts(rest, line);
      bindings.push(...mounts.filter((mount) => isKeyVariable(mount.name)));
      const scope = {
        bindings: [...bindings, ...mounts],
        ambient: 'none' as const,
        context: stage === null ? null : `stage ${stage}`,
      };
      const read = usesInScript({ facts: factsOf(rest), fileLine: (at) => line + at - 1 }, scope);
      // A key that is read from a mounted secret: the mount names it.
      const mount = mounts[0];
      uses.push(
        ...read.uses.map((use) =>
          mount !== undefined &&
          (use.secretName === null || use.secretName === 'CARGO_REGISTRY_TOKEN') &&
          readsMount(rest)
            ? { ...use, ...placeOf(mount) }
            : use,
        ),
      );
      bindings.push(...read.lasting);
    }
  }
  return [...uses, ...idleUses(bindings, bindings, uses, null)];
}

function placeOf({ line, reference }: Binding): { line: number; secretName: string | null } {
  return { line, secretName: reference?.kind === 'secret' ? reference.name : null };
}

/** Instructions with their continued lines joined (by line ends, so that lines still count) and here-documents kept. */
function instructions(text: string): readonly Instruction[] {
  const escape = /^#\s*escape=(.)/im.exec(text.split('\n', 3).join('\n'))?.[1] ?? '\\';
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const start = at;
    let whole = lines[at] ?? '';
    const [, name] = /^\s*(?:ONBUILD\s+)?([A-Za-z]+)(?:\s|$)/i.exec(whole) ?? [];
    if (name === undefined || whole.trimStart().startsWith('#')) continue;
    while (at + 1 < lines.length && (whole.trimEnd().endsWith(escape) || isComment(whole))) {
      at += 1;
      // A comment line inside an instruction is left out, the instruction goes on after it.
      const next = lines[at] ?? '';
      whole = `${whole.trimEnd().replace(/.$/, '\\')}\n${next.trimStart().startsWith('#') ? '\\' : next}`;
    }
    for (const [, delimiter = ''] of whole.matchAll(/<<-?["']?([A-Za-z_]\w*)["']?/g))
      while (at + 1 < lines.length) {
        at += 1;
        whole += `\n${lines[at] ?? ''}`;
        if (lines[at]?.trim() === delimiter) break;
      }
    found.push({
      name: name.toUpperCase(),
      rest: whole.replace(/^\s*(?:ONBUILD\s+)?[A-Za-z]+[ \t]*/i, ''),
      line: start + 1,
    });
  }
  return found;
}

function isComment(text: string): boolean {
  return text.endsWith('\n\\');
}

function variables(name: 'ARG' | 'ENV', rest: string, line: number): readonly Binding[] {
  const legacy = name === 'ENV' ? /^([A-Za-z_]\w*)\s+(?!=)(.*)$/s.exec(rest) : null;
  if (legacy?.[1] !== undefined && !rest.split(/\s/, 1)[0]?.includes('='))
    return [{ name: legacy[1], reference: referenceIn(legacy[2] ?? ''), line }];
  const found: Binding[] = [];
  for (const [offset, part] of rest.split('\n').entries())
    for (const [, variable = '', value] of part.matchAll(/(?:^|\s)([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*))?/g))
      if (value !== undefined || name === 'ARG')
        found.push({ name: variable, reference: value === undefined ? null : referenceIn(value), line: line + offset });
  return found;
}

/** `--mount=type=secret,id=NAME[,env=VARIABLE]`; a mount without `env` is a file. */
function secretMounts(rest: string, line: number): readonly Binding[] {
  return [...rest.matchAll(/--mount=(\S+)/g)].flatMap(([, options = '']): Binding[] => {
    const fields = new Map(
      options
        .split(',')
        .map((field): [string, string] => [field.split('=', 1)[0] ?? '', field.slice(field.indexOf('=') + 1)]),
    );
    const id = fields.get('id');
    if (fields.get('type') !== 'secret' || id === undefined) return [];
    return [{ name: fields.get('env') ?? id, reference: { kind: 'secret', name: id }, line }];
  });
}

function readsMount(rest: string): boolean {
  return /\/run\/secrets\/|target=|dst=/.test(rest);
}

function factsOf(rest: string): ShellFacts {
  const script = rest.replace(/^(?:--\w+(?:=\S+)?(?:[ \t]|\\\n)+)+/, (flags) =>
    '\\\n'.repeat(flags.split('\n').length - 1),
  );
  const words = /^\[.*\]\s*$/s.test(script) ? jsonWords(script) : null;
  if (words === null) {
    const body = /^<<-?["']?([A-Za-z_]\w*)["']?[^\n]*\n(.*)$/s.exec(script);
    return body?.[2] === undefined ? readShell(script) : shifted(readShell(body[2]));
  }
  return readShellWords(words);
}

/** The lines of a here-document follow the instruction's own. */
function shifted({ commands, bindings, lasting }: ShellFacts): ShellFacts {
  const down = <T extends { readonly line: number }>(rows: readonly T[]): T[] =>
    rows.map((row) => ({ ...row, line: row.line + 1 }));
  return { commands: down(commands), bindings: down(bindings), lasting: down(lasting) };
}

function jsonWords(text: string): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null;
  } catch {
    // Docker itself takes a list that is no JSON for a shell command.
    return null;
  }
}
