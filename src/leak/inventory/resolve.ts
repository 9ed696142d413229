import type { KeyCommand, ShellFacts } from './shell';
import { isKeyVariable, type Binding, type PlacedUse, type Reference } from './use';

/** How a service treats variables that the file does not set itself. */
export type Ambient =
  /** Whatever is set in the project's settings is in the environment. */
  | 'settings'
  /** Nothing is there that the file does not name. */
  | 'none';

export interface ScriptScope {
  /** Outermost first: a later binding of a name hides an earlier one. */
  readonly bindings: readonly Binding[];
  readonly ambient: Ambient;
  readonly context: string | null;
}

/** A part of a script and where its lines are in the file. */
export interface ScriptPart {
  readonly facts: ShellFacts;
  /** From a line of the script to a line of the file, both 1-based. */
  readonly fileLine: (line: number) => number;
}

/** Uses in a script, and the bindings that outlive it with their lines in the file. */
export function usesInScript(
  { facts, fileLine }: ScriptPart,
  scope: ScriptScope,
): { uses: PlacedUse[]; lasting: Binding[] } {
  const own = [...facts.bindings, ...facts.lasting].map((binding) => ({ ...binding, line: fileLine(binding.line) }));
  const all = [...scope.bindings, ...own];
  const uses = facts.commands.map((command) => {
    const line = fileLine(command.line);
    // What a script sets further down does not count yet.
    return useOf(command, line, [...scope.bindings, ...own.filter((binding) => binding.line <= line)], scope);
  });
  return {
    uses: [...uses, ...idleUses(own, all, uses, scope.context)],
    lasting: facts.lasting.map((binding) => ({ ...binding, line: fileLine(binding.line) })),
  };
}

/** Variables of a key that no command in sight reads: uses all the same, since something further on may. */
export function idleUses(
  bindings: readonly Binding[],
  all: readonly Binding[],
  uses: readonly PlacedUse[],
  context: string | null,
): readonly PlacedUse[] {
  return bindings
    .filter(({ name }) => isKeyVariable(name))
    .map((binding) => ({ binding, use: bindingUse(binding, all, null, context) }))
    .filter(({ binding, use }) => !uses.some(({ line }) => line === binding.line || line === use.line))
    .map(({ use }) => use);
}

/** A binding as a use of its own: the place where the secret is named. */
export function bindingUse(
  binding: Binding,
  all: readonly Binding[],
  command: string | null,
  context: string | null,
): PlacedUse {
  return { ...follow(binding, all), command, context };
}

/** The place that names the secret behind a command's key: the outermost one that the file shows. */
function useOf(
  command: KeyCommand,
  line: number,
  all: readonly Binding[],
  { ambient, context }: ScriptScope,
): PlacedUse {
  const { given, variable } = command;
  const common = { command: command.command, context };
  if (given !== undefined) return { ...origin(given, variable, line, all), ...common };
  const binding = all.findLast(({ name }) => name === variable);
  if (binding !== undefined) return { ...follow(binding, all), ...common };
  return { line, secretName: ambient === 'settings' ? variable : null, ...common };
}

function origin(
  given: Reference | null,
  variable: string,
  line: number,
  all: readonly Binding[],
): { line: number; secretName: string | null } {
  if (given === null) return { line, secretName: variable };
  if (given.kind === 'unnamed') return { line, secretName: null };
  if (given.kind === 'secret') return { line, secretName: given.name };
  const binding = all.findLast(({ name }) => name === given.name);
  return binding === undefined ? { line, secretName: given.name } : follow(binding, all);
}

/** From a variable to the variable or secret that it is set from, as far as the file tells. */
function follow(binding: Binding, all: readonly Binding[]): { line: number; secretName: string | null } {
  let current = binding;
  const seen = new Set<Binding>();
  for (;;) {
    seen.add(current);
    const { reference, name, line } = current;
    if (reference === null) return { line, secretName: name };
    if (reference.kind === 'unnamed') return { line, secretName: null };
    if (reference.kind === 'secret') return { line, secretName: reference.name };
    const next = all.findLast((other) => other.name === reference.name && !seen.has(other));
    if (next === undefined) return { line, secretName: reference.name };
    current = next;
  }
}
