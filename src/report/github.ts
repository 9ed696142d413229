/**
 * Workflow commands of GitHub Actions:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import type { Finding } from '../scan/report';
import { escapeLine } from './escape';
import { allowedWords, count, encodingWords, endKeyWords, noteWords, whereWords } from './messages';
import { PROGRAM } from './next-steps';
import { carrierOf, placeOf } from './place';
import type { Reporter } from './reporter';

/** As the toolkit's `escapeData` does: `%`, CR and LF, which would end the command. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** As the toolkit's `escapeProperty` does: what data escapes, and the characters between properties. */
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function command(name: 'error' | 'warning', properties: readonly (readonly [string, string])[], text: string): string {
  const list = properties.map(([key, value]) => `${key}=${escapeProperty(escapeLine(value))}`).join(',');
  return `::${name} ${list}::${escapeData(escapeLine(text))}\n`;
}

function annotation(finding: Finding, summary: string): string {
  const level = finding.status === 'blocked' ? 'error' : 'warning';
  // a name in the change is not a line of the file, but the file is where to look
  const place: (readonly [string, string])[] =
    finding.path === null
      ? []
      : [
          ['file', finding.path],
          ['line', String(finding.line)],
          ['endLine', String(finding.line)],
          ['col', String(finding.column)],
          ['endColumn', String(finding.endColumn)],
        ];
  const where = [
    finding.path === null ? carrierOf(finding) : '',
    whereWords(finding.where),
    encodingWords(finding.encoding),
    ...finding.notes.map(noteWords),
  ].filter((words) => words !== '');
  const revoke = finding.status === 'blocked' ? ` ${endKeyWords(finding.rule, PROGRAM)}` : '';
  const text = `${finding.secret}${where.length === 0 ? '' : ` (${where.join('; ')})`} at ${placeOf(finding)}.${revoke}`;
  return command(level, [...place, ['title', `${summary} (${finding.rule})`]], text);
}

/** An error for each finding that blocks and for each thing that could not be read, a warning for each one that warns. */
export const github: Reporter = function* (report, { rules }) {
  for (const finding of report.findings)
    if (finding.status !== 'allowed')
      yield annotation(finding, rules.find(({ id }) => id === finding.rule)?.summary ?? finding.rule);
  for (const { path, reason } of report.errors)
    yield command(
      'error',
      [...(path === null ? [] : [['file', path] as const]), ['title', 'cratesguard could not scan this']],
      `${path === null ? '' : `${path}: `}${reason}. It is not reported as clean.`,
    );
  const allowed = report.findings.filter(({ status }) => status === 'allowed');
  const fresh = allowed.filter(({ allowedBy }) => allowedBy?.new === true);
  for (const finding of fresh)
    if (finding.allowedBy !== null)
      yield command(
        'warning',
        [['title', 'cratesguard: allowed by this change']],
        `${placeOf(finding)}: ${allowedWords(finding.allowedBy)} (${count(fresh.length, 'such finding')})`,
      );
};
