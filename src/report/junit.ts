/**
 * JUnit's XML as Jenkins and GitLab read it: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd),
 * https://docs.gitlab.com/ci/testing/unit_test_reports/
 */
import type { Finding, Report } from '../scan/report';
import { escapeControls, escapeLine } from './escape';
import {
  allowedWords,
  cleanLine,
  encodingWords,
  noteWords,
  subjectOf,
  remedy,
  warnedReason,
  whereWords,
} from './messages';
import { commitOf, pathOf, placeOf } from './place';
import type { Reporter } from './reporter';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for an element or an attribute; what XML 1.0 has no way to write is written out (`\x1b`) or replaced. */
function xml(text: string): string {
  return escapeControls(text)
    .replace(/[\ufffe\uffff\p{Surrogate}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(escapeLine(String(value)))}"`)
    .join('');
}

function detailsOf(finding: Finding, warned: string): string {
  const commit = commitOf(finding);
  return [
    placeOf(finding),
    finding.secret,
    commit === null ? '' : `commit ${commit}`,
    whereWords(finding.where),
    encodingWords(finding.encoding),
    ...finding.notes.map(noteWords),
    warned,
    finding.excerpt,
    finding.status === 'blocked' ? remedy(finding.rule) : '',
  ]
    .filter((line) => line !== '')
    .map(escapeLine)
    .join('\n');
}

function outcomeElement(finding: Finding, report: Report, summary: string): string {
  switch (finding.status) {
    case 'blocked':
      return `<failure${attributes({ message: summary, type: finding.rule })}>${xml(detailsOf(finding, ''))}</failure>`;
    case 'allowed':
      return `<skipped${attributes({ message: finding.allowedBy === null ? 'allowed' : allowedWords(finding.allowedBy) })}/>`;
    case 'warned':
      return `<system-out>${xml(detailsOf(finding, `warning: ${warnedReason(report.source)}`))}</system-out>`;
  }
}

function testcase(classname: string, name: string, body: string): string {
  return `    <testcase${attributes({ classname, name, time: 0 })}>${body}</testcase>\n`;
}

/** A test case for each finding: blocked is a failure, allowed is skipped, warned passes. A clean scan is one that passes. */
export const junit: Reporter = function* (report, { rules, time }) {
  const { findings, errors, summary, source } = report;
  const clean = findings.length + errors.length === 0;
  const counts = {
    tests: clean ? 1 : findings.length + errors.length,
    failures: summary.blocked,
    errors: errors.length,
  };
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${attributes({ name: 'cratesguard', ...counts, time: 0 })}>\n`;
  yield `  <testsuite${attributes({
    name: `cratesguard: ${source}`,
    ...counts,
    skipped: summary.allowed,
    time: 0,
    timestamp: time.replace(/Z$/, ''),
  })}>\n`;
  for (const finding of findings) {
    const summaryOf = rules.find(({ id }) => id === finding.rule)?.summary ?? finding.rule;
    const name = `${finding.rule} at ${finding.line}:${finding.column}`;
    yield testcase(pathOf(finding), name, outcomeElement(finding, report, summaryOf));
  }
  for (const { path, reason } of errors)
    yield testcase(
      path ?? 'cratesguard',
      'can be read',
      `<error${attributes({ message: reason, type: 'unreadable' })}>${xml(escapeLine(reason))}</error>`,
    );
  if (clean)
    yield testcase(
      'cratesguard',
      `no secret in ${subjectOf(source)}`,
      `<system-out>${xml(cleanLine(report))}</system-out>`,
    );
  yield '  </testsuite>\n</testsuites>\n';
};
