import { github } from '../../../src/report/github';
import { jobSummary } from '../../../src/report/job-summary';
import type { Report } from '../../../src/scan/report';
import { commitId, finding, HOSTILE, hostileReport, MASK, options, report } from '../../support/reports';

const lines = (of: Report): string[] => [...github(of, options)].join('').split('\n').slice(0, -1);

/** As the runner reads a command: https://github.com/actions/runner, ActionCommand.TryParseV2 */
function readCommand(line: string): { name: string; properties: Record<string, string>; message: string } | null {
  const match = /^::(?<name>[a-z]+)(?: (?<list>.*?))?::(?<message>.*)$/s.exec(line);
  const { name = '', list = '', message = '' } = match?.groups ?? {};
  if (match === null) return null;
  const unescape = (text: string): string =>
    text.replace(/%(0D|0A|3A|2C|25)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const properties = Object.fromEntries(
    list.split(',').map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key, unescape(value.join('='))];
    }),
  );
  return { name, properties, message: unescape(message) };
}

test('a finding is an error at its place', () => {
  const [line = '', ...more] = lines(report([finding()]));
  expect(more).toEqual([]);
  expect(line).toMatch(/^::error file=src\/lib\.rs,line=2,endLine=2,col=8,endColumn=43,title=/);
  expect(readCommand(line)?.message).toContain(MASK);
});

test('a finding without a path names its commit', () => {
  const provenance = { kind: 'commit', commit: commitId(1), ref: null } as const;
  const [line = ''] = lines(report([finding({ path: null, where: 'commit-message', provenance })]));
  expect(line).toMatch(/^::error title=/);
  expect(line).toContain(`commit ${commitId(1).slice(0, 12)}`);
});

test('warned is a warning, allowed is nothing unless this very change allows it, unreadable is an error', () => {
  const allowed = finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: 'r' } });
  const fresh = finding({ status: 'allowed', allowedBy: { kind: 'entry', reason: 'r', new: true } });
  const names = lines(
    report([finding({ status: 'warned' }), allowed, fresh], { errors: [{ path: null, reason: 'no' }] }),
  ).map((line) => readCommand(line)?.name);
  expect(names).toEqual(['warning', 'error', 'warning']);
});

test.each(HOSTILE.map((each) => [each]))('hostile text %j ends no command and starts none', (hostile) => {
  const all = lines(hostileReport(hostile));
  expect(all.map((line) => readCommand(line)?.name)).toEqual([
    'error',
    'warning',
    'error',
    'error',
    'error',
    'warning',
  ]);
  for (const line of all)
    expect(
      Object.keys(readCommand(line)?.properties ?? {}).filter(
        (key) => !/^(file|line|endLine|col|endColumn|title)$/.test(key),
      ),
    ).toEqual([]);
});

test('a clean report is no command', () => {
  expect(lines(report([]))).toEqual([]);
});

describe('job summary', () => {
  const summary = (of: Report): string => [...jobSummary(of, options)].join('');

  test('a row for each finding, under its status', () => {
    const page = summary(
      report([finding(), finding({ status: 'allowed', allowedBy: { kind: 'inline', reason: 'why' } })]),
    );
    expect(page).toContain('### Blocked');
    expect(page).toContain('### Allowed');
    expect(page).toContain('https://crates.io/settings/tokens');
  });

  test.each(HOSTILE.map((each) => [each]))('hostile text %j stays in its cell', (hostile) => {
    const page = summary(hostileReport(hostile));
    expect(page).not.toMatch(/<(?!https:\/\/crates\.io)/);
    for (const line of page.split('\n').filter((each) => each.startsWith('|')))
      expect([4, 8]).toContain(line.split('|').length);
  });

  test('clean and unreadable are told apart', () => {
    expect(summary(report([]))).toContain('no leaked keys');
    expect(summary(report([], { errors: [{ path: 'x', reason: 'no' }] }))).not.toContain('no leaked keys');
  });
});
