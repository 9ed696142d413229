/** Every sentence that a report says. Codes and names come in, words go out. */
import type { AllowedBy, FindingNote } from '../policy/policy';
import type { FindingStatus, Report } from '../scan/report';
import type { SourceName, Where } from '../sources/content';
import type { Encoding } from '../detect/candidate';
import type { RuleId } from '../rules/rule';

const TOKENS_PAGE = 'https://crates.io/settings/tokens';

/** A whole number with commas. `toLocaleString` does it too, and loads Unicode's data for it, which costs a hook 25 ms. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 secret`, `3 secrets`, `1,234 secrets` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** What was looked at, to go after "in". */
export function subjectOf(source: SourceName): string {
  switch (source) {
    case 'staged':
      return 'the staged changes';
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
      return 'the pushed commits';
    case 'ci':
      return 'the changes of this CI run';
    case 'paths':
      return 'these files';
    case 'stdin':
      return 'standard input';
    case 'image':
      return 'the image';
    case 'crate':
      return 'the crate';
    case 'package':
      return 'the files that cargo would package';
  }
}

/** What a hook has stopped; null where the source is no hook's. */
function stoppedBy(source: SourceName, occasion: 'hook' | 'command'): string | null {
  switch (source) {
    case 'staged':
      return occasion === 'hook' ? 'commit blocked' : null;
    case 'message':
      return 'commit blocked';
    case 'merge':
      return 'merge blocked';
    case 'push':
      return 'push blocked';
    case 'receive':
      return 'push rejected';
    case 'range':
    case 'ci':
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
  return `no leaked keys in ${subjectOf(report.source)} (${scanned.join(', ')} scanned)`;
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
      return 'in the commit itself (message, author or other header)';
    case 'tag-message':
      return 'in the tag itself (message or header)';
    case 'ref-name':
      return 'in the name of the branch, tag or other ref';
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
      return 'the cratesguard:allow comment gives no reason, so it does not count';
    case 'inline-not-honoured':
      return 'cratesguard:allow comments do not count here';
    case 'entry-expired':
      return `an allowlist entry expired on ${note.on} (its reason: ${note.reason})`;
  }
}

/** Who allowed it, and why. */
export function allowedWords({ kind, reason, new: added }: AllowedBy): string {
  switch (kind) {
    case 'entry':
      return `${added === true ? 'new allowlist entry, added by this change' : 'allowlist entry'}: ${reason}`;
    case 'inline':
      return `comment on the line: ${reason}`;
    case 'known-example':
      return `known example: ${reason}`;
  }
}

/** Why a finding warns and does not block. */
export function warnedReason(source: SourceName): string {
  return source === 'merge'
    ? `the other side of the merge brings this in, so it is in a history already. If that was ever pushed, the key must be revoked (crates.io: ${TOKENS_PAGE})`
    : 'its rule is set to warn.';
}

/** What errors in a report mean. */
export function incompleteWords(source: SourceName, occasion: 'hook' | 'command'): string {
  const stopped = stoppedBy(source, occasion);
  return stopped === null
    ? 'Some content could not be scanned, so this is not reported as clean:'
    : `${capital(stopped)}: some content could not be scanned:`;
}

/** How to go on where a hook stopped over an error; null where nothing of the kind is on offer. */
export function bypassWords(source: SourceName, occasion: 'hook' | 'command'): string | null {
  if (source === 'receive' || stoppedBy(source, occasion) === null) return null;
  return 'Fix this and try again. To let one git command through unchecked, put CRATESGUARD_SKIP=1 in front of it.';
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

/** How the key that a rule finds is ended, as a sentence. `program` is what a shell takes for this program. */
export function endKeyWords(rule: RuleId, program: string): string {
  switch (rule) {
    case 'crates-io-api-token':
      return `Revoke the crates.io key at ${TOKENS_PAGE}.`;
    case 'crates-io-trustpub-token':
      return `End the Trusted Publishing token with '${program} leak revoke'; it also expires 30 minutes after it was made.`;
    case 'crates-io-session':
      return 'Sign out of crates.io in that browser, which ends the session, then look for tokens and owners that you did not add.';
    case 'cargo-registry-token':
      return 'Revoke the token at the registry that issued it.';
    case 'cargo-secret-key':
      return 'Register a new public key with the registry and have it remove the old one.';
  }
}

/** What to do about a finding of this rule, in a few sentences. */
export function remedy(rule: RuleId): string {
  return `If it was ever pushed or shared, end it first: ${endKeyWords(rule, 'cratesguard')} Then remove it, and read the key from an environment variable or a Cargo credential provider instead.`;
}

export function statusWords(status: FindingStatus): string {
  switch (status) {
    case 'blocked':
      return 'blocked';
    case 'warned':
      return 'warned';
    case 'allowed':
      return 'allowed';
  }
}

/** The first sentence of a page: what was scanned, and what came of it. */
export function verdict(report: Report, secrets: number): string {
  const { summary, errors } = report;
  const unread = errors.length === 0 ? '' : ' Some content could not be scanned, so this is not reported as clean.';
  if (summary.blocked > 0) return `${capital(blockedHeadline(report, secrets, 'command'))}.${unread}`;
  if (errors.length > 0) return unread.trimStart();
  return `${capital(cleanLine(report))}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
