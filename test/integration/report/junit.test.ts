import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { junit } from '../../../src/report/junit';
import type { Report } from '../../../src/scan/report';
import { finding, HOSTILE, hostileReport, manyFindings, options, report, SOURCES } from '../../support/reports';

const schema = readFileSync(join(__dirname, '../../schemas/junit.xsd'), 'utf8');

const written = (of: Report): string => [...junit(of, options)].join('');

async function errorsIn(documents: readonly string[]): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: documents.map((contents, index) => ({ fileName: `${index}.xml`, contents })),
    schema: [{ fileName: 'junit.xsd', contents: schema }],
  });
  return errors.map(({ rawMessage }) => rawMessage);
}

test('every report keeps to the schema, hostile ones too', async () => {
  const reports = [
    report([]),
    report([finding()]),
    manyFindings(60),
    ...SOURCES.map((source) => report([], { source })),
    ...HOSTILE.map((text) => hostileReport(text)),
  ];
  expect(await errorsIn(reports.map(written))).toEqual([]);
});

test('the schema refuses what is no such report', async () => {
  expect(await errorsIn(['<testsuites name="x"/>'])).not.toEqual([]);
});

test('blocked fails, allowed is skipped, warned passes, unreadable is an error, and the numbers say so', () => {
  const page = written(
    report(
      [
        finding(),
        finding({ line: 3 }),
        finding({ status: 'warned' }),
        finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: 'known' } }),
      ],
      { errors: [{ path: 'x', reason: 'permission denied' }] },
    ),
  );
  const count = (part: string): number => page.split(part).length - 1;
  expect([count('<testcase'), count('<failure'), count('<skipped'), count('<error')]).toEqual([5, 2, 1, 1]);
  expect(page).toMatch(/<testsuite [^>]*tests="5" failures="2" errors="1" skipped="1"/);
});

test('a clean scan is one test that passed', () => {
  const page = written(report([]));
  expect(page).toContain('tests="1" failures="0" errors="0"');
  expect(page).not.toContain('<failure');
});
