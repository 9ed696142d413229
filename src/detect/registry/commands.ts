/**
 * `--token VALUE` of `cargo publish`, `yank` and `owner`, and `cargo login VALUE`: as a command line, over continued
 * lines, and as a list of arguments.
 */
import type { Match } from '../match';
import type { Span } from './literal';
import { registryMatch } from './names';
import { couldBeKey } from './value';

const LOOK_BACK = 400;
const LOGIN_LOOK_BACK = 200;
const LOOK_AHEAD = 600;

/** Between two words of one command: spaces, a continued line (sh, cmd, PowerShell). */
const CONTINUED = String.raw`(?:[ \t]|[\\^\x60][ \t]*\r?\n)`;
/** Between two arguments of a list: quotes, commas, calls, the marks of a YAML list; over at most three line ends. */
const LISTED = String.raw`\\{0,8}["'\x60]?(?:[ \t]{0,64}[,)\]\\]|[ \t]){0,8}(?:[ \t]{0,64}\r?\n[ \t]{0,64}){0,3}(?:\.args?\([ \t]{0,8}\[?&?[ \t]{0,8}|-[ \t]{1,8}|&)?[ \t]{0,8}\\{0,8}["'\x60]|[ \t]{0,64}\r?\n[ \t]{0,64}-[ \t]{1,8}`;
const WORD = String.raw`([^\s"'\x60,;()<>|&\\]{16,4096})(?=$|[\s"'\x60,;()<>|&\\])`;

const TOKEN_OPTION = /--token(?![A-Za-z0-9-])/g;
const OPTION_VALUE = new RegExp(`(?:=|${CONTINUED}{1,16}|${LISTED})\\\\{0,8}["']?${WORD}`, 'y');
const CARGO = /(?:^|[^A-Za-z0-9_])cargo(?:\.exe)?(?![A-Za-z0-9_-])/i;
const TAKES_TOKEN = /[^A-Za-z0-9_.-](?:publish|yank|owner|login|release)(?![A-Za-z0-9_-])/i;
const ENDS_A_COMMAND = /;|&&|\|\||[^\\^`\r\n]\r?\n(?!\s*(?:-[ \t]|["'.)\]&[]))|\n[ \t]*\r?\n/g;

const LOGIN = /login(?![A-Za-z0-9_-])/g;
const CARGO_BEFORE_LOGIN = new RegExp(
  `(?:^|[^A-Za-z0-9_])cargo(?:\\.exe)?(?:${CONTINUED}{1,16}|${LISTED}|["'\\x60)]\\s{0,64}\\.args?\\(\\s*\\[?\\s*["'])(?:(?:(?:--config|--color|-[ZC])(?:${CONTINUED}{1,16}|${LISTED})[^\\s"',]{1,128}|[-+][^\\s"',]{1,64})(?:${CONTINUED}{1,16}|${LISTED}))*$`,
  'i',
);
const LOGIN_OPTION = new RegExp(
  `(?:${CONTINUED}{1,16}|${LISTED})(?:--(?:registry|index|config|color|host)(?:=|${CONTINUED}{1,16}|${LISTED})[^\\s"',]{1,256}|-[ZC][ \\t]?[^\\s"',]{1,128}|--?[a-z][a-z-]{0,32}(?=\\s|["'])|--(?=\\s))`,
  'y',
);
const LOGIN_VALUE = new RegExp(
  `(?:${CONTINUED}{1,16}|[ \\t]*<<<[ \\t]*|[ \\t]*<<-?[ \\t]*["']?\\w{1,32}["']?[ \\t]*\\r?\\n[ \\t]*|${LISTED})\\\\{0,8}["']?${WORD}`,
  'y',
);

/** `echo VALUE | cargo login`: what stands before the command. */
const PIPED =
  /(?:echo|printf)[ \t]+(?:-\w+[ \t]+|["']?%s(?:\\n)?["']?[ \t]+)*["']?([^\s"'`|<>&;]{16,4096})["']?[ \t]*\|[^|\n]{0,64}$/;
/** The lines around an `args:` of YAML that say which program they are for: actions-rs/cargo, Kubernetes. */
const LINES_AROUND = 4;
const YAML_ARGS = /^[ \t-]*args:[ \t]/;
const CARGO_STEP = /uses:[ \t]*["']?actions-rs\/cargo@|command:[ \t]*\[?[ \t]*["']?cargo(?![\w-])/;

/** The part of `before` that belongs to the command or list at its end. */
function sameCommand(before: string): string {
  let from = 0;
  ENDS_A_COMMAND.lastIndex = 0;
  for (let end = ENDS_A_COMMAND.exec(before); end !== null; end = ENDS_A_COMMAND.exec(before))
    from = end.index + end[0].length;
  return before.slice(from);
}

/** cargo, then a command that takes a token. */
function isCargoCommand(command: string): boolean {
  const cargo = command.search(CARGO);
  return cargo >= 0 && TAKES_TOKEN.test(command.slice(cargo + 1));
}

function wordAfter(text: string, at: number, pattern: RegExp): Span | null {
  const region = text.slice(0, at + LOOK_AHEAD);
  pattern.lastIndex = at;
  const word = pattern.exec(region)?.[1];
  if (word === undefined || !couldBeKey(word)) return null;
  return { start: pattern.lastIndex - word.length, end: pattern.lastIndex };
}

function withinThreeLines(text: string, from: number, to: number): boolean {
  return text.slice(from, to).split('\n').length <= 4;
}

function tokenOptions(text: string): readonly Match[] {
  const matches: Match[] = [];
  for (const option of text.matchAll(TOKEN_OPTION)) {
    const span = wordAfter(text, option.index + option[0].length, OPTION_VALUE);
    if (span === null || !withinThreeLines(text, option.index, span.start)) continue;
    const before = text.slice(Math.max(0, option.index - LOOK_BACK), option.index);
    if (isCargoCommand(sameCommand(before)) || isArgumentOfCargoStep(text, option.index))
      matches.push(registryMatch(text, span, option.index));
  }
  return matches;
}

function afterOptions(text: string, at: number): number {
  let end = at;
  for (let count = 0; count < 8; count += 1) {
    LOGIN_OPTION.lastIndex = end;
    if (!LOGIN_OPTION.test(text)) break;
    end = LOGIN_OPTION.lastIndex;
    // The quote that closes a listed option is read with what follows it.
  }
  return end;
}

function isArgumentOfCargoStep(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - LOOK_BACK), at).split('\n');
  if (!YAML_ARGS.test(before.at(-1) ?? '')) return false;
  const after = text.slice(at, at + LOOK_AHEAD).split('\n');
  const around = [...before.slice(-1 - LINES_AROUND), ...after.slice(1, 1 + LINES_AROUND)].join('\n');
  return CARGO_STEP.test(around) && TAKES_TOKEN.test(around);
}

/** The key that is piped into the `cargo login` whose `login` follows on `before`, which ends at `end`. */
function pipedInto(before: string, end: number): Span | null {
  const cargo = CARGO_BEFORE_LOGIN.exec(before);
  if (cargo === null) return null;
  const piped = PIPED.exec(before.slice(0, cargo.index + 1));
  const word = piped?.[1];
  if (piped === null || word === undefined || !couldBeKey(word)) return null;
  const start = end - before.length + piped.index + piped[0].lastIndexOf(word);
  return { start, end: start + word.length };
}

function logins(text: string): readonly Match[] {
  const matches: Match[] = [];
  for (const login of text.matchAll(LOGIN)) {
    const before = text.slice(Math.max(0, login.index - LOOK_BACK), login.index);
    if (!/cargo/i.test(before)) continue;
    const piped = pipedInto(before, login.index);
    if (piped !== null) matches.push(registryMatch(text, piped, login.index));
    const span = wordAfter(text, afterOptions(text, login.index + login[0].length), LOGIN_VALUE);
    if (span === null || !withinThreeLines(text, login.index, span.start)) continue;
    if (CARGO_BEFORE_LOGIN.test(before.slice(-LOGIN_LOOK_BACK))) matches.push(registryMatch(text, span, login.index));
  }
  return matches;
}

/** True where the text, which begins with `--token`, goes on with what could be a key. */
export function mayBeTokenOption(text: string): boolean {
  return wordAfter(text, '--token'.length, OPTION_VALUE) !== null;
}

/** True where the text, which begins with `login`, goes on with what could be a key. */
export function mayBeLogin(text: string): boolean {
  return wordAfter(text, afterOptions(text, 'login'.length), LOGIN_VALUE) !== null;
}

/** True where the text, which ends before `login`, may be a command into which a key is piped. */
export function mayBePipedLogin(before: string): boolean {
  return /cargo(?:\.exe)?[^A-Za-z0-9_][^|\n]*$/i.test(before);
}

/** Every token that a command line hands to Cargo. */
export function findCommandTokens(text: string): readonly Match[] {
  return [...tokenOptions(text), ...logins(text)];
}
