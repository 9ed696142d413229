import type { Finding, Report } from '../scan/report';
import { toJson } from './escape';
import { authorOf, commitOf, refOf } from './place';
import type { Reporter } from './reporter';

function findingObject(finding: Finding, report: Report): object {
  const { rule, status, fingerprint, secret, path, line, column, endColumn, excerpt, encoding, where } = finding;
  return {
    rule,
    status,
    fingerprint,
    secret,
    path,
    line,
    column,
    endColumn,
    excerpt,
    encoding,
    where,
    commit: commitOf(finding),
    ref: refOf(finding),
    author: authorOf(finding, report),
    allowedBy: finding.allowedBy,
    ...(finding.notes.length > 0 && { notes: finding.notes }),
  };
}

function* list<T>(name: string, items: readonly T[], toObject: (item: T) => object): Generator<string> {
  yield `  ${toJson(name)}: [`;
  for (const [index, item] of items.entries()) yield `${index === 0 ? '' : ','}\n    ${toJson(toObject(item))}`;
  yield items.length === 0 ? ']' : '\n  ]';
}

/** The report as JSON, schema/report.schema.json; one finding a line, so that a long one streams and diffs well. */
export const json: Reporter = function* (report, { version }) {
  yield `{\n  "version": 1,\n  "tool": ${toJson({ name: 'cratesguard', version })},\n`;
  yield `  "source": ${toJson(report.source)},\n`;
  const { files, bytes, commits } = report.scanned;
  yield `  "scanned": ${toJson({ files, bytes, commits })},\n`;
  yield* list('findings', report.findings, (finding) => findingObject(finding, report));
  yield ',\n';
  yield* list('skipped', report.skipped, ({ path, reason }) => ({ path, reason }));
  yield ',\n';
  yield* list('errors', report.errors, ({ path, reason }) => ({ path, reason }));
  if (report.ci !== undefined) {
    const { platform, event, base, head, ref, configuredBy } = report.ci;
    yield `,\n  "ci": ${toJson({ platform, event, base, head, ref, configuredBy })}`;
  }
  const { blocked, allowed, warned } = report.summary;
  yield `,\n  "summary": ${toJson({ blocked, allowed, warned })}\n}\n`;
};
