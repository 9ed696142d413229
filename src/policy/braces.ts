import type { GlobFault } from './glob';

const MOST_ALTERNATIVES = 128;
/** Of all alternatives together. */
const MOST_CHARACTERS = 8192;
const TOO_MANY: GlobFault = { fault: `braces that stand for more than ${MOST_ALTERNATIVES} globs` };

/**
 * The globs that `{a,b}` stands for, nested ones too. Braces without a comma are themselves; `\{` is a brace in a name.
 * Escapes stay for whoever reads the result.
 */
export function expandBraces(glob: string): readonly string[] | GlobFault {
  const found = firstGroup(glob);
  if (found === null) return [glob];
  if ('fault' in found) return found;
  const { start, end, parts } = found;
  const tails = expandBraces(glob.slice(end));
  if ('fault' in tails) return tails;
  const results: string[] = [];
  let length = 0;
  for (const part of parts) {
    const heads = expandBraces(part);
    if ('fault' in heads) return heads;
    for (const head of heads)
      for (const tail of tails) {
        const one = glob.slice(0, start) + head + tail;
        length += one.length;
        if (results.push(one) > MOST_ALTERNATIVES || length > MOST_CHARACTERS) return TOO_MANY;
      }
  }
  return results;
}

/** The first group with a comma in it: where it starts, one past where it ends, and what its commas part. */
function firstGroup(
  glob: string,
): { readonly start: number; readonly end: number; readonly parts: readonly string[] } | GlobFault | null {
  const open: { readonly start: number; readonly commas: number[] }[] = [];
  const groups: { readonly start: number; readonly end: number; readonly commas: readonly number[] }[] = [];
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob[index];
    if (character === '\\') index += 1;
    else if (character === '{') open.push({ start: index, commas: [] });
    else if (character === ',') open.at(-1)?.commas.push(index);
    else if (character === '}') {
      const group = open.pop();
      if (group === undefined) continue;
      if (/^[^{},\\]*\.\.[^{},\\]*$/.test(glob.slice(group.start + 1, index)))
        return { fault: 'a range in braces', hint: 'Write its members out: `{1,2,3}`.' };
      if (group.commas.length > 0) groups.push({ ...group, end: index + 1 });
    }
  }
  if (open.length > 0) return { fault: 'a `{` that no `}` closes', hint: 'For a brace in a name write `\\{`.' };
  const first = groups.reduce<(typeof groups)[number] | null>(
    (best, group) => (best === null || group.start < best.start ? group : best),
    null,
  );
  if (first === null) return null;
  const edges = [first.start, ...first.commas, first.end - 1];
  const parts = edges.slice(1).map((edge, index) => glob.slice((edges[index] ?? 0) + 1, edge));
  return { start: first.start, end: first.end, parts };
}
