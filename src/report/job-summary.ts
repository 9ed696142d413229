/** The job summary of GitHub Actions, in GitHub's Markdown. */
import type { Finding, Report } from '../scan/report';
import { escapeLine } from './escape';
import { groupBySecret } from './groups';
import { allowedWords, blockedHeadline, cleanLine, count, endKeyWords, noteWords, whereWords } from './messages';
import { PROGRAM } from './next-steps';
import { authorOf, commitOf, placeOf, shortId } from './place';
import type { Reporter } from './reporter';

/** A summary may be 1 MiB; a table longer than this is read by nobody. */
const ROWS = 200;

/** Text that stays text inside a table cell. */
function cell(text: string): string {
  return escapeLine(text).replace(/[&<>|\\`*_[\]#@~$!:]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |\n`;
}

function* table(
  title: string,
  report: Report,
  findings: readonly Finding[],
  last: (finding: Finding) => string,
): Generator<string> {
  if (findings.length === 0) return;
  yield `\n### ${title}\n\n| Where | Commit | Author | Rule | Secret | |\n| --- | --- | --- | --- | --- | --- |\n`;
  for (const finding of findings.slice(0, ROWS)) {
    const commit = commitOf(finding);
    const id = commit === null ? '' : shortId(commit);
    const author = authorOf(finding, report)?.name ?? '';
    yield row([placeOf(finding), id, author, finding.rule, finding.secret, last(finding)]);
  }
  if (findings.length > ROWS) yield `\nand ${count(findings.length - ROWS, 'more', 'more')}\n`;
}

const withStatus = (report: Report, wanted: Finding['status']): Finding[] =>
  report.findings.filter(({ status }) => status === wanted);

/** Written like a reporter; the scan command appends it to the file that `GITHUB_STEP_SUMMARY` names. */
export const jobSummary: Reporter = function* (report) {
  yield '## cratesguard\n\n';
  const blocked = withStatus(report, 'blocked');
  if (report.errors.length > 0) yield '**Some content could not be scanned**, so this is not reported as clean.\n\n';
  if (blocked.length > 0) {
    yield `**${cell(blockedHeadline(report, groupBySecret(blocked).length, 'command'))}**\n\n`;
    const ways = new Set(blocked.map(({ rule }) => endKeyWords(rule, PROGRAM)));
    yield `${[...ways].join(' ')}\n`;
  } else if (report.errors.length === 0) yield `${cell(cleanLine(report))}\n`;
  const words = (finding: Finding): string =>
    [whereWords(finding.where), ...finding.notes.map(noteWords)].filter((text) => text !== '').join('; ');
  yield* table('Blocked', report, blocked, words);
  yield* table('Warned', report, withStatus(report, 'warned'), words);
  yield* table('Allowed', report, withStatus(report, 'allowed'), ({ allowedBy }) =>
    allowedBy === null ? '' : allowedWords(allowedBy),
  );
  if (report.errors.length > 0) {
    yield '\n### Could not be read\n\n| Path | Why |\n| --- | --- |\n';
    for (const { path, reason } of report.errors.slice(0, ROWS)) yield row([path ?? '', reason]);
  }
  yield '\n';
};
