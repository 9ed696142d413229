/** What to do about findings that block, in the words of the place where they were found. */
import type { Finding, Report } from '../scan/report';
import type { SourceName } from '../sources/content';
import { TOKENS_PAGE } from './messages';

/** What the program is called where nobody says otherwise. */
export const PROGRAM = 'cratesguard';

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
    case 'ci':
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

function revoke(source: SourceName, program: string): Step {
  const must = `a crates.io key must be revoked, at ${TOKENS_PAGE}`;
  if (source === 'history')
    return {
      text: `Revoke it first, if these commits were ever pushed or shared: ${must} ('${program} leak plan' writes down all the steps, in order).`,
      commands: [],
    };
  const known =
    source === 'image' || source === 'crate'
      ? 'Was it ever published or shared?'
      : 'Was it ever pushed, or shared in another way?';
  return { text: `${known} Then taking it out does not help: ${must}`, commands: [] };
}

const SHOWN_FINGERPRINTS = 4;

function allow(source: SourceName, findings: readonly Finding[], program: string): Step {
  const fingerprints = [...new Set(findings.flatMap(({ fingerprint }) => (fingerprint === null ? [] : [fingerprint])))];
  const shown = fingerprints.slice(0, SHOWN_FINGERPRINTS);
  const commands =
    shown.length === 0
      ? []
      : [`${program} allow --reason "why it is none" \\`, ...continued(shown.map((print) => `  ${print}`))];
  const inline = source !== 'receive' && findings.some(({ where }) => where === 'file');
  const more = fingerprints.length > shown.length ? ' (every fingerprint: --format json)' : '';
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

/** What to do about findings that block, in order. `program` is what a shell here takes for this program. */
export function waysOn(report: Report, program: string): Step[] {
  const blocked = report.findings.filter(({ status }) => status === 'blocked');
  const steps = [takeOut(report.source), revoke(report.source, program), allow(report.source, blocked, program)];
  // in a history the key has been out for as long as the commit is old
  return report.source === 'history' ? [steps[1], steps[0], steps[2]].filter((step) => step !== undefined) : steps;
}
