/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub code scanning takes it:
 * https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
import type { ArtifactLocation, Notification, ReportingDescriptor, Result, Suppression } from 'sarif';
import type { Finding, FindingStatus, Report } from '../scan/report';
import type { AllowedBy } from '../policy/policy';
import { escapeLine, toJson } from './escape';
import { allowedWords, encodingWords, helpPage, noteWords, whereWords } from './messages';
import { authorOf, commitOf, pathOf, refOf } from './place';
import type { Reporter, RuleDescription } from './reporter';
import { stableId } from './stable-id';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT = '%SRCROOT%';

/** An artifact location for a path: relative to the root where the path is, percent-encoded (RFC 3986). */
function artifactLocation(path: string): ArtifactLocation {
  const uri = path
    // a lone surrogate has no UTF-8
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  if (path.startsWith('/')) return { uri: `file://${uri}` };
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${uri.replace('%3A', ':')}` };
  return { uri, uriBaseId: ROOT };
}

function levelOf(status: FindingStatus): 'error' | 'warning' | 'note' {
  switch (status) {
    case 'blocked':
      return 'error';
    case 'warned':
      return 'warning';
    case 'allowed':
      return 'note';
  }
}

function suppression(by: AllowedBy): Suppression {
  return {
    kind: by.kind === 'inline' ? 'inSource' : 'external',
    status: 'accepted',
    justification: escapeLine(allowedWords(by)),
  };
}

function messageOf(finding: Finding, summary: string): string {
  const more = [
    commitOf(finding) === null ? '' : `commit ${commitOf(finding) ?? ''}`,
    whereWords(finding.where),
    encodingWords(finding.encoding),
    ...finding.notes.map(noteWords),
  ].filter((words) => words !== '');
  return escapeLine(`${summary}: ${finding.secret}${more.length === 0 ? '' : ` (${more.join('; ')})`}`);
}

/** What the same secret at the same path has in every run, wherever its line has moved to. */
function identityOf(finding: Finding): string {
  const { rule, fingerprint, excerpt, where } = finding;
  return stableId([rule, fingerprint ?? excerpt, pathOf(finding), where]).slice(0, 16);
}

function resultOf(finding: Finding, report: Report, rules: readonly RuleDescription[], identity: string): Result {
  const ruleIndex = rules.findIndex(({ id }) => id === finding.rule);
  const { line, column, endColumn, fingerprint, secret, encoding, where, allowedBy } = finding;
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: levelOf(finding.status),
    message: { text: messageOf(finding, rules[ruleIndex]?.summary ?? finding.rule) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactLocation(pathOf(finding)),
          region: { startLine: line, startColumn: column, endLine: line, endColumn },
        },
      },
    ],
    // code scanning tells alerts apart by this name
    partialFingerprints: { primaryLocationLineHash: identity },
    suppressions: allowedBy === null ? [] : [suppression(allowedBy)],
    properties: {
      status: finding.status,
      secret,
      fingerprint,
      encoding,
      where,
      commit: commitOf(finding),
      ref: refOf(finding),
      author: authorOf(finding, report),
    },
  };
}

function descriptorOf({ id, summary, help }: RuleDescription): ReportingDescriptor {
  return {
    id,
    name: id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: summary },
    fullDescription: { text: help.split('\n', 1)[0] ?? summary },
    help: { text: help, markdown: help },
    helpUri: helpPage(id),
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['security', 'secret'], precision: 'very-high', 'security-severity': '9.0' },
  };
}

function* list<T>(items: readonly T[], toObject: (item: T) => object): Generator<string> {
  yield '[';
  for (const [index, item] of items.entries()) yield `${index === 0 ? '' : ','}\n        ${toJson(toObject(item))}`;
  yield items.length === 0 ? ']' : '\n      ]';
}

/** Allowed findings are results with a suppression; what could not be read makes the run unsuccessful. */
export const sarif: Reporter = function* (report, { rules, version, time }) {
  const seen = new Map<string, number>();
  // equal secrets at one path are told apart by their order
  const numbered = (finding: Finding): string => {
    const identity = identityOf(finding);
    const number = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, number);
    return `${identity}:${number}`;
  };
  const notifications = report.errors.map(({ path, reason }): Notification => ({
    level: 'error',
    message: { text: escapeLine(`${path === null ? '' : `${path}: `}${reason}`) },
    ...(path !== null && { locations: [{ physicalLocation: { artifactLocation: artifactLocation(path) } }] }),
  }));
  yield `{\n  "$schema": ${toJson(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [\n    {\n`;
  const driver = { name: 'cratesguard', version, semanticVersion: version, rules: rules.map(descriptorOf) };
  yield `      "tool": ${toJson({ driver })},\n`;
  yield `      "columnKind": "utf16CodeUnits",\n`;
  yield `      "originalUriBaseIds": ${toJson({ [ROOT]: { description: { text: 'the top of what was scanned' } } })},\n`;
  yield `      "invocations": [${toJson({
    executionSuccessful: report.errors.length === 0,
    endTimeUtc: time,
    toolExecutionNotifications: notifications,
  })}],\n`;
  yield `      "results": `;
  yield* list(report.findings, (finding) => resultOf(finding, report, rules, numbered(finding)));
  yield '\n    }\n  ]\n}\n';
};
