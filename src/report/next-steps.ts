/** What to do about findings that block, in the words of the place where they were found. */
import { quoteWord } from '../base/shell-quote';
import type { Finding, Report } from '../scan/report';
import type { SourceName, Where } from '../sources/content';
import { endKeyWords } from './messages';
import { refOf } from './place';

/** What the program is called where nobody says otherwise. */
export const PROGRAM = 'cratesguard';

/** One step of what to do: a paragraph, and commands to copy below it. */
export interface Step {
  readonly text: string;
  readonly commands: readonly string[];
}

const INSTEAD =
  'Let programs read the key from an environment variable (Cargo: CARGO_REGISTRY_TOKEN) or from a credential provider (cargo-credential-cratesguard).';

const words = (text: string): Step => ({ text, commands: [] });

function removeFromContent(source: SourceName): Step {
  switch (source) {
    case 'staged':
    case 'merge':
      return words(`Remove it from the file and stage the file again. ${INSTEAD}`);
    case 'message':
      return {
        text: 'Remove it from the message. Your text is still there:',
        commands: ['git commit -e -F "$(git rev-parse --git-path COMMIT_EDITMSG)"'],
      };
    case 'push':
    case 'receive':
    case 'range':
    case 'ci':
      return words(
        `Remove it from the commit that adds it: git commit --amend for the last commit, git rebase -i for an earlier one. Another commit that removes it is not enough: the key would stay in the history. ${INSTEAD}`,
      );
    case 'history':
      return words(`Then remove it from the history (git filter-repo) and from the files as they are now. ${INSTEAD}`);
    case 'paths':
    case 'stdin':
    case 'package':
      return words(`Remove it. ${INSTEAD}`);
    case 'image':
      return words(
        'Build the image again without it: a layer that deletes it still ships it. Give a build its key with a secret mount (RUN --mount=type=secret), never with ARG, ENV or COPY.',
      );
    case 'crate':
      return words(`Remove it and package the crate again before it is published. ${INSTEAD}`);
  }
}

const LISTED_TAGS = 4;

/** A tag's message can't be amended. A name that was masked is in no command: it would not run. */
function remakeTag(findings: readonly Finding[]): Step {
  const names = new Set(findings.flatMap((finding) => /^refs\/tags\/([^*]+)$/.exec(refOf(finding) ?? '')?.[1] ?? []));
  return {
    text: 'Delete the tag and make it again without the key in its message:',
    commands: [...names]
      .slice(0, LISTED_TAGS)
      .map((name) => quoteWord(name))
      .flatMap((name) => [`git tag -d ${name}`, `git tag -a ${name} "${name}^{}"`]),
  };
}

const RENAME_REF = words(
  'The name itself holds a key: delete the branch or tag, and make it again under another name (git branch -m for a branch that you are on, git tag -d for a tag).',
);

/** How to remove the findings, in the words of each kind of place among them. */
function removals({ source, findings }: Report): Step[] {
  const blocked = findings.filter(({ status }) => status === 'blocked');
  const at = (...places: readonly Where[]): Finding[] => blocked.filter(({ where }) => places.includes(where));
  const tags = at('tag-message');
  const named = at('ref-name');
  return [
    ...(tags.length + named.length < blocked.length ? [removeFromContent(source)] : []),
    ...(tags.length > 0 ? [remakeTag(tags)] : []),
    ...(named.length > 0 ? [RENAME_REF] : []),
  ];
}

function endKeys(source: SourceName, findings: readonly Finding[], program: string): Step {
  const ways = [...new Set(findings.map(({ rule }) => endKeyWords(rule, program)))].join(' ');
  if (source === 'history')
    return words(
      `If these commits were ever pushed or shared, do this first. ${ways} '${program} leak plan' lists all the steps, in order.`,
    );
  const out = source === 'image' || source === 'crate' ? 'published or shared' : 'pushed or shared';
  return words(`If it was ever ${out}, removing it is not enough. ${ways}`);
}

const LISTED_FINGERPRINTS = 4;

function allow(source: SourceName, findings: readonly Finding[], program: string): Step {
  const fingerprints = [...new Set(findings.flatMap(({ fingerprint }) => (fingerprint === null ? [] : [fingerprint])))];
  const shown = fingerprints.slice(0, LISTED_FINGERPRINTS);
  const commands =
    shown.length === 0
      ? []
      : continued([`${program} allow --reason "why it is not a secret"`, ...shown.map((print) => `  ${print}`)]);
  const inline = source !== 'receive' && findings.some(({ where }) => where === 'file');
  const more = fingerprints.length > shown.length ? ' (--format json lists every fingerprint)' : '';
  return {
    text: `Not a secret? ${allowWays(source, shown.length > 0, inline)}${commands.length > 0 ? more : ''}${commands.length > 0 ? ':' : '.'}`,
    commands,
  };
}

const continued = (lines: readonly string[]): string[] =>
  lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));

function allowWays(source: SourceName, byFingerprint: boolean, inline: boolean): string {
  if (source === 'receive')
    return 'Ask whoever maintains the default branch to allow it: its configuration decides here, and comments on the line do not count. They run';
  const comment = 'Say why in a comment at the end of the line, cratesguard:allow <reason>';
  if (byFingerprint) return inline ? `${comment}, or run` : 'Allow it, with a reason';
  return inline
    ? `${comment}; it is too short for a fingerprint`
    : 'Add an allowlist entry with its path and rule to .cratesguardrc';
}

/** What to do about findings that block, in order. `program` is what a shell here takes for this program. */
export function nextSteps(report: Report, program: string): Step[] {
  const blocked = report.findings.filter(({ status }) => status === 'blocked');
  const remove = removals(report);
  const end = endKeys(report.source, blocked, program);
  // In a history the key has been out for as long as the commit is old.
  const steps = report.source === 'history' ? [end, ...remove] : [...remove, end];
  return [...steps, allow(report.source, blocked, program)];
}
