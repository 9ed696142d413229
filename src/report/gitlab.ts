/**
 * GitLab's secret detection report, version 15:
 * https://gitlab.com/gitlab-org/security-products/security-report-schemas (secret-detection-report-format.json)
 */
import type { Finding, Report } from '../scan/report';
import { escapeLine, toJson } from './escape';
import { encodingWords, helpPage, noteWords, remedy, whereWords } from './messages';
import { authorOf, commitOf, pathOf } from './place';
import type { Reporter, RuleDescription } from './reporter';
import { stableUuid } from './stable-id';

const SCHEMA_VERSION = '15.2.1';
/** What GitLab's own analyzer gives where there is no commit. */
const NO_COMMIT = '0000000';
/** The schema's limit for a name. */
const LONGEST_NAME = 255;

function vulnerability(finding: Finding, report: Report, rules: readonly RuleDescription[], number: number): object {
  const rule = rules.find(({ id }) => id === finding.rule);
  const summary = rule?.summary ?? finding.rule;
  const details = [whereWords(finding.where), encodingWords(finding.encoding), ...finding.notes.map(noteWords)].filter(
    (words) => words !== '',
  );
  const path = pathOf(finding);
  const commit = commitOf(finding);
  const author = authorOf(finding, report);
  return {
    id: stableUuid([finding.rule, finding.fingerprint ?? finding.excerpt, path, finding.where, commit, number]),
    name: summary.slice(0, LONGEST_NAME),
    description: escapeLine(
      `${summary}: ${finding.secret}${details.length === 0 ? '' : ` (${details.join('; ')})`}. ${finding.excerpt.trim()}`,
    ),
    severity: finding.status === 'blocked' ? 'Critical' : 'Medium',
    solution: remedy(finding.rule),
    identifiers: [
      {
        type: 'cratesguard_rule_id',
        name: `cratesguard ${finding.rule}`,
        value: finding.rule,
        url: helpPage(finding.rule),
      },
    ],
    location: {
      file: escapeLine(path),
      commit: {
        sha: commit ?? NO_COMMIT,
        ...(author !== null && { author: escapeLine(`${author.name} <${author.email}>`), date: author.date }),
      },
      start_line: finding.line,
      end_line: finding.line,
    },
  };
}

/** Blocked and warned findings; an allowed one is no vulnerability. */
export const gitlab: Reporter = function* (report, { rules, version, time }) {
  const tool = { id: 'cratesguard', name: 'cratesguard', version, vendor: { name: 'cratesguard' } };
  const moment = time.replace(/Z$/, '');
  const messages = report.errors.map(({ path, reason }) => ({
    level: 'fatal',
    value: escapeLine(`${path === null ? '' : `${path}: `}${reason}`),
  }));
  const scan = {
    analyzer: tool,
    scanner: tool,
    type: 'secret_detection',
    start_time: moment,
    end_time: moment,
    status: report.errors.length === 0 ? 'success' : 'failure',
    ...(messages.length > 0 && { messages }),
  };
  yield `{\n  "version": ${toJson(SCHEMA_VERSION)},\n  "scan": ${toJson(scan)},\n  "vulnerabilities": [`;
  const seen = new Map<string, number>();
  let first = true;
  for (const finding of report.findings) {
    if (finding.status === 'allowed') continue;
    const key = JSON.stringify([
      finding.fingerprint ?? finding.excerpt,
      finding.path,
      finding.where,
      commitOf(finding),
    ]);
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    yield `${first ? '' : ','}\n    ${toJson(vulnerability(finding, report, rules, number))}`;
    first = false;
  }
  yield first ? ']\n}\n' : '\n  ]\n}\n';
};
