import { expandBraces } from './braces';

/** What one place of a glob takes. */
type Step =
  | { readonly kind: 'one'; readonly takes: (character: string) => boolean }
  /** Any number of characters of one path segment. */
  | { readonly kind: 'star' }
  /** Any number of whole segments with the slash after each: nothing, or on to the next step, which takes them. */
  | { readonly kind: 'folders' }
  | { readonly kind: 'segments' }
  /** Whatever is left. */
  | { readonly kind: 'below' };

/** Why a text is no glob, in words that do not quote it. */
export interface GlobFault {
  readonly fault: string;
  readonly hint?: string;
}

const LONGEST = 1024;

/**
 * Compiles a glob over paths with `/` between folders, relative to the top of the work tree: `*`, `?`, `[a-z]`,
 * `[!a-z]`, `{a,b}` and `**` as a whole segment; a backslash takes the next character as it is. Dot files are files as
 * any other, case counts, a leading `/` or `./` means nothing; `docs/**` and `docs/` are what is in the folder, and no file
 * of its name. A glob is an automaton
 * whose states are followed all at once, so a match takes time in proportion to path times glob, whatever they hold.
 */
export function compileGlob(
  glob: string,
  spend: (wildcards: number) => void = () => undefined,
): ((path: string) => boolean) | GlobFault {
  if (glob.length > LONGEST) return { fault: `a glob of more than ${LONGEST} characters` };
  if (glob.startsWith('!'))
    return {
      fault: 'a glob that starts with `!`',
      hint: 'A glob names what is meant; for a file of that name write `\\!`.',
    };
  const alternatives = expandBraces(glob);
  if ('fault' in alternatives) return alternatives;
  const compiled: (readonly Step[])[] = [];
  for (const alternative of alternatives) {
    const steps = stepsOf(alternative.replace(/^(?:\.?\/+)+/, ''));
    if ('fault' in steps) return steps;
    compiled.push(steps);
  }
  spend(compiled.reduce((sum, steps) => sum + steps.filter(({ kind }) => kind !== 'one').length, 0));
  return (path) => {
    const characters = Array.from(path.replace(/^(?:\.\/+)+/, ''));
    return compiled.some((steps) => matches(steps, characters));
  };
}

function stepsOf(glob: string): Step[] | GlobFault {
  if (glob === '') return { fault: 'an empty glob' };
  const characters = Array.from(glob);
  const steps: Step[] = [];
  for (let index = 0; index < characters.length;) {
    const character = characters[index] ?? '';
    const next = characters[index + 1];
    if ('?*+@!'.includes(character) && next === '(')
      return {
        fault: `\`${character}(\` of an extended glob`,
        hint: 'Write the cases out; for a bracket in a name write `\\(`.',
      };
    if (character === '*') {
      index = takeStars(characters, index, steps);
    } else if (character === '[') {
      const taken = classAt(characters, index);
      if ('fault' in taken) return taken;
      steps.push({ kind: 'one', takes: taken.takes });
      index = taken.end;
    } else if (character === '\\') {
      if (next === undefined) return { fault: 'a backslash with nothing after it' };
      steps.push({ kind: 'one', takes: (one) => one === next });
      index += 2;
    } else {
      steps.push({ kind: 'one', takes: character === '?' ? isNoSlash : (one) => one === character });
      if (character === '/' && next === undefined) steps.push({ kind: 'below' });
      index += 1;
    }
  }
  return steps;
}

function isNoSlash(character: string): boolean {
  return character !== '/';
}

/** `**` means folders only as a whole segment; elsewhere it is one star. Gives the index after it. */
function takeStars(characters: readonly string[], start: number, steps: Step[]): number {
  let end = start;
  while (characters[end] === '*') end += 1;
  const opensSegment = start === 0 || (characters[start - 1] === '/' && characters[start - 2] !== '\\');
  const closesSegment = end === characters.length || characters[end] === '/';
  if (end - start < 2 || !opensSegment || !closesSegment) {
    steps.push({ kind: 'star' });
    return end;
  }
  if (end < characters.length - 1) {
    steps.push({ kind: 'folders' }, { kind: 'segments' });
    return end + 1;
  }
  steps.push({ kind: 'below' });
  return characters.length;
}

/** A bracket expression, from its `[` on: characters and ranges, never a slash. */
function classAt(
  characters: readonly string[],
  start: number,
): { readonly takes: (character: string) => boolean; readonly end: number } | GlobFault {
  let index = start + 1;
  const negated = characters[index] === '!' || characters[index] === '^';
  if (negated) index += 1;
  const ranges: (readonly [number, number])[] = [];
  for (let first = true; characters[index] !== ']' || first; first = false) {
    if (characters[index] === '[' && ':.='.includes(characters[index + 1] ?? ' '))
      return { fault: 'a named class in brackets', hint: 'Write its characters or ranges out.' };
    const from = literalAt(characters, index);
    if (from === null) return { fault: 'a `[` that no `]` closes', hint: 'For a bracket in a name write `\\[`.' };
    const to =
      characters[from.end] === '-' && characters[from.end + 1] !== ']' ? literalAt(characters, from.end + 1) : from;
    if (to === null || to.code < from.code) return { fault: 'a range in brackets that runs backwards or does not end' };
    ranges.push([from.code, to.code]);
    index = to.end;
  }
  const takes = (character: string): boolean => {
    const code = character.codePointAt(0) ?? 0;
    return character !== '/' && ranges.some(([from, to]) => from <= code && code <= to) !== negated;
  };
  return { takes, end: index + 1 };
}

function literalAt(
  characters: readonly string[],
  index: number,
): { readonly code: number; readonly end: number } | null {
  const escaped = characters[index] === '\\';
  const code = characters[escaped ? index + 1 : index]?.codePointAt(0);
  return code === undefined ? null : { code, end: index + (escaped ? 2 : 1) };
}

/** Follows every state at once. State `n` means: the steps before `n` are done. */
function matches(steps: readonly Step[], characters: readonly string[]): boolean {
  let states = closure(new Set([0]), steps);
  for (const character of characters) {
    const next = new Set<number>();
    for (const state of states) advance(state, steps[state], character, next);
    if (next.size === 0) return false;
    states = closure(next, steps);
  }
  return states.has(steps.length);
}

function advance(state: number, step: Step | undefined, character: string, into: Set<number>): void {
  switch (step?.kind) {
    case 'one':
      if (step.takes(character)) into.add(state + 1);
      return;
    case 'star':
      if (character !== '/') into.add(state);
      return;
    case 'segments':
      into.add(state);
      if (character === '/') into.add(state + 1);
      return;
    case 'below':
      into.add(state);
      return;
    case 'folders': // left without taking anything
    case undefined: // the glob is at its end, the path is not
  }
}

/** Adds what is reached without taking a character; a set that grows while it is walked is walked to its new end. */
function closure(states: Set<number>, steps: readonly Step[]): Set<number> {
  for (const state of states) {
    const kind = steps[state]?.kind;
    if (kind === 'star' || kind === 'below' || kind === 'folders') states.add(state + 1);
    if (kind === 'folders') states.add(state + 2);
  }
  return states;
}
