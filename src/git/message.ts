import type { LineRange } from '../sources/content';
import { askGit, type Git, gitFailure } from './run';
import { LF } from './split';

/** How git will clean the message that a `commit-msg` hook is shown. */
export interface MessageCleanup {
  /** What a comment line starts with; 'auto' where git chose a character for this one message. */
  readonly comment: string;
  readonly dropsComments: boolean;
  /**
   * What becomes of the text from the scissors line on. `git commit --verbose` is invisible to the hook, so without a
   * setting it is dropped only where it is followed by what git writes there.
   */
  readonly scissors: 'dropped' | 'dropped-as-git-writes-it' | 'kept';
}

export interface MessageSettings {
  readonly cleanup: MessageCleanup;
  /** `i18n.commitEncoding`; null for UTF-8. */
  readonly encoding: string | null;
}

const SETTINGS = '^(commit\\.cleanup|core\\.comment(char|string)|i18n\\.commitencoding)$';

/**
 * Reads the settings that decide it (git-commit, `--cleanup`; get_cleanup_mode of its sequencer.c). An option on the
 * command line is not visible here. Throws a GuardError where git cannot read its configuration.
 */
export async function messageSettings(git: Git): Promise<MessageSettings> {
  const args = ['config', '-z', '--get-regexp', SETTINGS];
  const { stdout, exit } = await askGit(git, args);
  if (exit.status > 1) throw await gitFailure(git, args, exit);
  const text = stdout.toString('utf8');
  const knowsCommentString = text.includes(COMMENT_STRING) && (await isCommentStringKnown(git));
  const settings = new Map<string, string>();
  for (const item of text.split('\0')) {
    const [key, ...value] = item.split('\n');
    if (key === undefined || key === '' || (key === COMMENT_STRING && !knowsCommentString)) continue;
    settings.set(key === COMMENT_STRING ? 'core.commentchar' : key, value.join('\n'));
  }
  const encoding = settings.get('i18n.commitencoding') ?? 'utf-8';
  return {
    cleanup: cleanupOf(settings.get('commit.cleanup') ?? 'default', settings.get('core.commentchar') ?? '#', git.env),
    encoding: /^utf-?8$/i.test(encoding) ? null : encoding,
  };
}

const COMMENT_STRING = 'core.commentstring';

/** From git 2.45 on it is another name of core.commentChar; before, git passes over it and its lines stay. */
async function isCommentStringKnown(git: Git): Promise<boolean> {
  const { stdout } = await askGit(git, ['version']);
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout.toString('utf8')) ?? []).map(Number);
  return major > 2 || (major === 2 && minor >= 45);
}

function cleanupOf(mode: string, comment: string, env: NodeJS.ProcessEnv): MessageCleanup {
  // git tells its hooks in this way that no editor was used (-m, -F, --no-edit); then comment lines stay by default.
  const edited = env['GIT_EDITOR'] !== ':';
  return {
    comment,
    dropsComments: mode === 'strip' || (mode === 'default' && edited),
    scissors: !edited ? 'kept' : mode === 'scissors' ? 'dropped' : 'dropped-as-git-writes-it',
  };
}

const SCISSORS = ' ------------------------ >8 ------------------------';
/** core.commentChar=auto: git takes the first of these that no line of the message starts with. */
const AUTOMATIC = '#;@!$%^&|:';

/** The last lines of the template are comments; a message without them gives no sign, and then nothing is dropped. */
function automaticComment(lines: readonly string[]): string | null {
  const last = lines.findLast((line) => line !== '');
  const first = last?.charAt(0) ?? '';
  return first !== '' && AUTOMATIC.includes(first) && /^.(?:[ \t]|$)/.test(last ?? '') ? first : null;
}

/** Whether git itself put the scissors line `at` there: comments follow, and then nothing or a diff. */
function isWrittenByGit(lines: readonly string[], at: number, comment: string): boolean {
  let next = at + 1;
  while (lines[next]?.startsWith(comment) === true) next += 1;
  if (next === at + 1) return false;
  const rest = lines.slice(next).find((line) => line !== '');
  return rest === undefined || /^(?:diff --|Submodule )/.test(rest);
}

/** Where the message ends; lines.length where no scissors cut it. */
function cutOf(lines: readonly string[], comment: string, scissors: MessageCleanup['scissors']): number {
  if (scissors === 'kept') return lines.length;
  for (let at = lines.indexOf(comment + SCISSORS); at !== -1; at = lines.indexOf(comment + SCISSORS, at + 1))
    if (scissors === 'dropped' || isWrittenByGit(lines, at, comment)) return at;
  return lines.length;
}

/** The lines of the file that git keeps, 1-based. */
export function keptLines(message: Buffer, cleanup: MessageCleanup): LineRange[] {
  const lines = linesOf(message);
  const comment = cleanup.comment === 'auto' ? automaticComment(lines) : cleanup.comment;
  if (comment === null || comment === '') return [{ first: 1, last: lines.length }];
  const kept: LineRange[] = [];
  const end = cutOf(lines, comment, cleanup.scissors);
  for (let at = 0; at < end; at += 1) {
    if (cleanup.dropsComments && lines[at]?.startsWith(comment) === true) continue;
    const before = kept.at(-1);
    if (before?.last === at) kept[kept.length - 1] = { first: before.first, last: at + 1 };
    else kept.push({ first: at + 1, last: at + 1 });
  }
  return kept;
}

/** Longer than anything a line is compared with. */
const LINE_START = 256;

function linesOf(message: Buffer): string[] {
  const lines: string[] = [];
  for (let from = 0; from <= message.length;) {
    const end = message.indexOf(LF, from);
    const to = end === -1 ? message.length : end;
    lines.push(message.toString('utf8', from, Math.min(to, from + LINE_START)));
    from = to + 1;
  }
  return lines;
}
