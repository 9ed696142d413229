import { idleUses, usesInScript } from './resolve';
import { readShell } from './shell';
import { referenceIn, type Binding, type PlacedUse } from './use';

/** Scripts, Makefiles, justfiles and .env files: they read whatever environment they are started in. */

export function readShellScript(text: string): PlacedUse[] {
  return usesInScript(
    { facts: readShell(text), fileLine: (line) => line },
    { bindings: [], ambient: 'none', context: null },
  ).uses;
}

/** Lines of a file turned into a script, the others blanked, so that lines still count. */
interface Recipe {
  readonly name: string;
  readonly lines: readonly string[];
}

/**
 * Recipes (tab lines and those after `;`) and assignments; `$$X` is the shell's `$X`, `$(X)` is make's own.
 * Source: https://www.gnu.org/software/make/manual/
 */
export function readMakefile(text: string): PlacedUse[] {
  const recipes: Recipe[] = [];
  const bindings: Binding[] = [];
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  let target = '';
  let continued = false;
  const recipeLines = lines.map((line, index) => {
    const inRecipe = line.startsWith('\t') || (continued && target !== '');
    continued = line.endsWith('\\');
    if (inRecipe) return line.replace(/^\t?[@+-]*/, '').replaceAll('$$', '$');
    const assignment = /^\s*(?:(?:export|override)\s+)*([A-Za-z_]\w*)\s*(?::{0,3}|[?+!])=\s*(.*)$/.exec(line);
    if (assignment?.[1] !== undefined)
      bindings.push({ name: assignment[1], reference: referenceIn(assignment[2] ?? ''), line: index + 1 });
    const rule = /^([^\s#:=][^#:=]*):{1,2}(?!=)(.*)$/.exec(line);
    if (rule === null) return '';
    target = (rule[1] ?? '').trim();
    return /;(.*)$/.exec(rule[2] ?? '')?.[1] ?? '';
  });
  recipes.push({ name: target, lines: recipeLines });
  return usesOf(recipes, bindings);
}

/** Recipes by their indentation, with `@` and `-` in front of a line; `{{name}}` are just's own variables. Source: https://just.systems/man/en/ */
export function readJustfile(text: string): PlacedUse[] {
  const bindings: Binding[] = [];
  const recipeLines = text.split('\n').map((line, index) => {
    if (/^\s+\S/.test(line)) return line.replace(/^\s+[@-]*/, '');
    const assignment = /^(?:export\s+)?([A-Za-z_][\w-]*)\s*:=\s*(.*)$/.exec(line);
    if (assignment?.[1] !== undefined)
      bindings.push({ name: assignment[1], reference: justReference(assignment[2] ?? ''), line: index + 1 });
    return '';
  });
  return usesOf([{ name: '', lines: recipeLines }], bindings);
}

/** `env_var('NAME')`, `env('NAME', …)`, another variable. */
function justReference(value: string): Binding['reference'] {
  const name =
    /\benv(?:_var(?:_or_default)?)?\(\s*['"]([A-Za-z_]\w*)/.exec(value)?.[1] ??
    /^([A-Za-z_][\w-]*)\s*$/.exec(value)?.[1];
  return name === undefined ? null : { kind: 'variable', name };
}

function usesOf(recipes: readonly Recipe[], bindings: readonly Binding[]): PlacedUse[] {
  const uses = recipes.flatMap(
    ({ lines }) =>
      usesInScript(
        { facts: readShell(lines.join('\n')), fileLine: (line) => line },
        { bindings, ambient: 'none', context: null },
      ).uses,
  );
  return [...uses, ...idleUses(bindings, bindings, uses, null)];
}
