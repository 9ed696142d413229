import { version } from '../../package.json';
import { HOOK_SCRIPTS } from '../generated/hook-scripts';
import { GuardError } from '../base/error';
import type { GuardedHook } from './names';

/**
 * The managed block: what cratesguard writes into a hook file. All texts here are a file's bytes as latin1, so that what
 * is not ours comes back byte for byte whatever its encoding.
 */

/**
 * Where the hook file lies: in the repository's own hooks folder, in the folder of `install --global`, in a folder of the
 * work tree (it may be tracked and travel to clones where the program was not copied), or anywhere else.
 */
export type Place = 'own' | 'global' | 'shared' | 'outside';

const BEGIN = '# >>> cratesguard >>>';
const END = '# <<< cratesguard <<<';
const MADE = 'cratesguard made this file';

/** What stands before the block in a file that cratesguard makes. */
export const SHEBANG = '#!/bin/sh\n';

export interface BlockOptions {
  readonly hook: GuardedHook;
  readonly place: Place;
  /** True for a file that was not there before: `uninstall` may then delete it. */
  readonly made: boolean;
}

/** The text of a hook's block, markers included, ending in a line feed. */
export function managedBlock({ hook, place, made }: BlockOptions): string {
  const script = gateScript(hook, place);
  const [head, call] = made
    ? [`${script}\n`, 'cg_run "$@" || exit $?\n']
    : ['', `/bin/sh -c ${quote(`${script}\ncg_run "$@"`)} "$0" "$@" || exit $?\n`];
  const origin = made ? `; ${MADE}` : '';
  return [
    `${BEGIN} ${version}: written by 'cratesguard install', taken out by 'cratesguard uninstall'${origin}\n`,
    head,
    readsStandardInput(hook) ? sharingStandardInput(call) : call,
    `${END}\n`,
  ].join('');
}

/** The gate and the hook's own lines, without comments and empty lines: functions that end in `cg_run`. */
function gateScript(hook: GuardedHook, place: Place): string {
  return bareScript(['common-folder.sh', 'gate.sh', hook])
    .replace('@HOOK@', () => hook)
    .replace('@PLACE@', () => place);
}

/** Files of hooks/ in one, without comments and empty lines. */
export function bareScript(names: readonly string[]): string {
  return names
    .flatMap((name) => scriptNamed(name).split('\n'))
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .join('\n');
}

function scriptNamed(name: string): string {
  const text = HOOK_SCRIPTS[name];
  if (text === undefined) throw new GuardError('unsupported', `this build holds no hooks/${name}`);
  return text;
}

function readsStandardInput(hook: GuardedHook): boolean {
  return hook === 'pre-push' || hook === 'pre-receive';
}

/**
 * What git says on standard input is read once, given to the gate, and put back for the code below the block. A
 * here-document is what every shell has for that; it always ends in a line feed, and so does everything git writes.
 */
function sharingStandardInput(call: string): string {
  return `cratesguard_lines=$(cat && printf .) || exit $?
printf %s "\${cratesguard_lines%.}" | ${call}case $cratesguard_lines in
.) exec </dev/null ;;
*) exec <<CRATESGUARD_LINES || exit $?
\${cratesguard_lines%
.}
CRATESGUARD_LINES
;;
esac
unset cratesguard_lines
`;
}

/** One word of a Bourne-like shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A hook file taken apart; `before + block + after` is the file. */
export interface FileParts {
  readonly before: string;
  /** null where the file holds none. */
  readonly block: string | null;
  readonly after: string;
}

/**
 * Finds the managed block.
 * @throws GuardError `damaged` where the markers do not pair up once: nothing can then be said of what is whose.
 */
export function partsOf(text: string): FileParts {
  const begins = lineStarts(text, BEGIN);
  const ends = lineStarts(text, END);
  const [begin] = begins;
  const [end] = ends;
  if (begin === undefined && end === undefined) return { before: text, block: null, after: '' };
  if (begin === undefined || end === undefined || begins.length > 1 || ends.length > 1 || end < begin)
    throw new GuardError('damaged', "the markers of cratesguard's block do not pair up", {
      hint: `Take out the lines from '${BEGIN}' to '${END}' by hand, then run 'cratesguard install' again.`,
    });
  const endOfLine = text.indexOf('\n', end);
  const stop = endOfLine === -1 ? text.length : endOfLine + 1;
  return { before: text.slice(0, begin), block: text.slice(begin, stop), after: text.slice(stop) };
}

function lineStarts(text: string, marker: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + 1))
    if (at === 0 || text.charAt(at - 1) === '\n') found.push(at);
  return found;
}

/** The file without the block: byte for byte what it was before `withBlock`. */
export function withoutBlock(text: string): string {
  const { before, block, after } = partsOf(text);
  // A first line without an end got one when the block was put below it; see withBlock.
  const joined = block !== null && !block.endsWith('\n') && after === '';
  return (joined ? before.slice(0, -1) : before) + after;
}

/** The file with the block ahead of its own code: below its first line if that names an interpreter, else at the top. */
export function withBlock(text: string, block: string): string {
  const own = withoutBlock(text);
  if (!own.startsWith('#!')) return block + own;
  const end = own.indexOf('\n');
  if (end === -1) return `${own}\n${block.slice(0, -1)}`;
  return own.slice(0, end + 1) + block + own.slice(end + 1);
}

/** The version of cratesguard that wrote the block, as its first line has it; null where there is none. */
export function blockVersion(text: string): string | null {
  const { block } = partsOf(text);
  return block === null ? null : (/^# >>> cratesguard >>> (\d[\w.+-]*):/.exec(block)?.[1] ?? null);
}

/** True where the block's first line says that cratesguard made the file. */
export function isMade(text: string): boolean {
  const { block } = partsOf(text);
  return block?.split('\n', 1)[0]?.endsWith(MADE) ?? false;
}
