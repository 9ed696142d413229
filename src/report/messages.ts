/** Every sentence that a report says. Codes and names come in, words go out. */
import type { AllowedBy, FindingNote } from '../policy/policy';
import type { Finding, Report } from '../scan/report';
import type { SourceName, Where } from '../sources/content';
import type { Encoding } from '../detect/candidate';
import type { RuleId } from '../rules/rule';

export const TOKENS_PAGE = 'https://crates.io/settings/tokens';

/** `1 secret`, `3 secrets`, `1,234 secrets` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** What was looked at, to go after "in". */
export function subjectOf(source: SourceName): string {
  switch (source) {
    case 'staged':
      return 'what is staged';
    case 'merge':
      return 'this merge';
    case 'message':
      return 'the commit message';
    case 'range':
      return 'these commits';
    case 'history':
      return 'the history';
    case 'push':
    case 'receive':
      return 'what is pushed';
    case 'paths':
      return 'these files';
    case 'stdin':
      return 'standard input';
    case 'image':
      return 'the image';
    case 'crate':
      return 'the crate';
    case 'package':
      return 'what cargo would package';
  }
}

/** What a hook has stopped; null where the source is no hook's. */
export function stoppedBy(source: SourceName, occasion: 'hook' | 'command'): string | null {
  switch (source) {
    case 'staged':
      return occasion === 'hook' ? 'this commit was stopped' : null;
    case 'message':
      return 'this commit was stopped';
    case 'merge':
      return 'this merge was stopped';
    case 'push':
      return 'this push was stopped';
    case 'receive':
      return 'this push was refused';
    case 'range':
    case 'history':
    case 'paths':
    case 'stdin':
    case 'image':
    case 'crate':
    case 'package':
      return null;
  }
}

/** The first line of a report that blocks. */
export function blockedHeadline(report: Report, secrets: number, occasion: 'hook' | 'command'): string {
  const { blocked } = report.summary;
  const places = blocked === secrets ? '' : `, at ${count(blocked, 'place')}`;
  const stopped = stoppedBy(report.source, occasion);
  const what = `${count(secrets, 'secret')} in ${subjectOf(report.source)}${places}`;
  return stopped === null ? what : `${stopped}: ${what}`;
}

/** The one line of a scan that found nothing to block. */
export function cleanLine(report: Report): string {
  const { files, bytes, commits } = report.scanned;
  const scanned = [
    ...(commits > 0 ? [count(commits, 'commit')] : []),
    ...(files > 0 || commits === 0 ? [count(files, 'file')] : []),
    byteCount(bytes),
  ];
  return `nothing blocks in ${subjectOf(report.source)} (${scanned.join(', ')})`;
}

/** Bytes in the largest decimal unit that leaves a number of at least 1. */
export function byteCount(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return count(bytes, 'byte');
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}

/** The kind of place, where it is not the text of a file; empty for that. */
export function whereWords(where: Where): string {
  switch (where) {
    case 'file':
      return '';
    case 'symlink':
      return 'in the target of a symbolic link';
    case 'path-name':
      return 'in the name of the path';
    case 'commit-message':
      return 'in the commit itself (message, author or another header)';
    case 'tag-message':
      return 'in the tag itself (message or header)';
    case 'image-config':
      return 'in the configuration of the image';
  }
}

/** How the secret is written, where it is not plain; empty for that. */
export function encodingWords(encoding: Encoding): string {
  switch (encoding) {
    case 'plain':
      return '';
    case 'base64':
      return 'written in base64';
    case 'hex':
      return 'written in hexadecimal';
    case 'percent':
      return 'written with percent-encoding';
    case 'escape':
      return 'written with escapes';
    case 'utf-16':
      return 'written in UTF-16';
  }
}

/** Why something that looks like an allowance did not count. */
export function noteWords(note: FindingNote): string {
  switch (note.code) {
    case 'inline-without-reason':
      return 'the comment cratesguard:allow gives no reason, so it does not count';
    case 'inline-not-honoured':
      return 'the comment cratesguard:allow does not count here';
    case 'entry-expired':
      return `an allowlist entry expired on ${note.on} (it said: ${note.reason})`;
  }
}

/** Who allowed it, and why. */
export function allowedWords({ kind, reason, new: added }: AllowedBy): string {
  switch (kind) {
    case 'entry':
      return `${added === true ? 'new allowlist entry, added by this very change' : 'allowlist entry'}: ${reason}`;
    case 'inline':
      return `comment on its line: ${reason}`;
    case 'known-example':
      return `known example: ${reason}`;
  }
}

/** Why a finding warns and does not block. */
export function warnedReason(source: SourceName): string {
  return source === 'merge'
    ? 'the other side of the merge brings this in; it does not stop the merge'
    : 'its rule is set to warn';
}

/** One step of what to do: a paragraph, and commands to copy below it. */
export interface Step {
  readonly text: string;
  readonly commands: readonly string[];
}

function takeOut(source: SourceName): Step {
  const instead =
    'Programs read a key from an environment variable (Cargo: CARGO_REGISTRY_TOKEN) or get it from a credential provider (cargo-credential-cratesguard).';
  switch (source) {
    case 'staged':
    case 'merge':
      return { text: `Take it out of the file and stage the file again. ${instead}`, commands: [] };
    case 'message':
      return {
        text: 'Take it out of the message. What you wrote is still there:',
        commands: ['git commit -e -F "$(git rev-parse --git-path COMMIT_EDITMSG)"'],
      };
    case 'push':
    case 'receive':
    case 'range':
      return {
        text: `Take it out of the commit that adds it: git commit --amend for the last one, git rebase -i for an earlier one. A further commit that removes it is not enough, the key would stay in the history. ${instead}`,
        commands: [],
      };
    case 'history':
      return {
        text: `Then take it out of the history (git filter-repo) and of the files as they are now. ${instead}`,
        commands: [],
      };
    case 'paths':
    case 'stdin':
    case 'package':
      return { text: `Take it out. ${instead}`, commands: [] };
    case 'image':
      return {
        text: 'Build the image again without it: a later layer that deletes it still ships it. A build gets a key from a secret mount (RUN --mount=type=secret), never from ARG, ENV or COPY.',
        commands: [],
      };
    case 'crate':
      return { text: `Take it out and package the crate again before it is published. ${instead}`, commands: [] };
  }
}

function revoke(source: SourceName): Step {
  const must = `a crates.io key must be revoked, at ${TOKENS_PAGE}`;
  if (source === 'history')
    return { text: `Revoke it first, if these commits were ever pushed or shared: ${must}`, commands: [] };
  const known =
    source === 'image' || source === 'crate'
      ? 'Was it ever published or shared?'
      : 'Was it ever pushed, or shared in another way?';
  return { text: `${known} Then taking it out does not help: ${must}`, commands: [] };
}

const SHOWN_FINGERPRINTS = 4;

function allow(source: SourceName, findings: readonly Finding[]): Step {
  const fingerprints = [...new Set(findings.flatMap(({ fingerprint }) => (fingerprint === null ? [] : [fingerprint])))];
  const shown = fingerprints.slice(0, SHOWN_FINGERPRINTS);
  const commands =
    shown.length === 0
      ? []
      : ['cratesguard allow --reason "why it is none" \\', ...continued(shown.map((print) => `  ${print}`))];
  const inline = source !== 'receive' && findings.some(({ where }) => where === 'file');
  const more = fingerprints.length > shown.length ? ` (the other fingerprints: --format json)` : '';
  return {
    text: `Is it no secret? Then say so, with a reason${more}${allowWays(source, shown.length > 0, inline)}`,
    commands,
  };
}

const continued = (lines: readonly string[]): string[] =>
  lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));

function allowWays(source: SourceName, byFingerprint: boolean, inline: boolean): string {
  if (source === 'receive')
    return ', to whoever keeps the default branch: its configuration decides here, and comments on the line do not count.';
  if (!byFingerprint && !inline) return ', in an allowlist entry with its path and rule in .cratesguardrc.';
  if (!inline) return ':';
  const comment = 'in a comment behind it on its line: cratesguard:allow <reason>';
  return byFingerprint ? `, ${comment}, or:` : `, ${comment}. It is too short for a fingerprint.`;
}

/** What to do about findings that block, in order. */
export function waysOn(report: Report): Step[] {
  const blocked = report.findings.filter(({ status }) => status === 'blocked');
  const steps = [takeOut(report.source), revoke(report.source), allow(report.source, blocked)];
  // in a history the key has been out for as long as the commit is old
  return report.source === 'history' ? [steps[1], steps[0], steps[2]].filter((step) => step !== undefined) : steps;
}

/** What errors in a report mean. */
export function incompleteWords(source: SourceName, occasion: 'hook' | 'command'): string {
  const stopped = stoppedBy(source, occasion);
  if (stopped === null) return 'This could not be read, and unread is never clean:';
  return `This could not be read, and unread is never clean, so ${stopped}:`;
}

/** How to go on where a hook stopped over an error; null where nothing of the kind is on offer. */
export function bypassWords(source: SourceName, occasion: 'hook' | 'command'): string | null {
  if (source === 'receive' || stoppedBy(source, occasion) === null) return null;
  return 'Put it right and try again. CRATESGUARD_SKIP=1 in front of the git command lets that one through unchecked.';
}

/** Where to read on about a rule. */
export function helpPage(rule: RuleId): string {
  switch (rule) {
    case 'crates-io-api-token':
    case 'crates-io-session':
      return TOKENS_PAGE;
    case 'crates-io-trustpub-token':
      return 'https://crates.io/docs/trusted-publishing';
    case 'cargo-registry-token':
    case 'cargo-secret-key':
      return 'https://doc.rust-lang.org/cargo/reference/registry-authentication.html';
  }
}

/** What to do about a finding, in two sentences. */
export function remedy(): string {
  return `Revoke the key (crates.io: ${TOKENS_PAGE}), then take it out. Read it from an environment variable or a Cargo credential provider instead.`;
}
