import { startTimeLimit } from '../../../src/cli/hooks/time-limit';
import { policyFrom } from '../../../src/policy/load';
import { outcomeOf } from '../../../src/scan/outcome';
import { scan } from '../../../src/scan/scan';
import type { Source, SourceItem } from '../../../src/sources/content';
import { apiToken } from '../../support/tokens';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const content: SourceItem = {
  kind: 'content',
  provenance: { kind: 'stdin' },
  path: 'a.txt',
  where: 'file',
  bytes: Buffer.from(`k = ${apiToken('limit')}\n`),
};

/** Gives one content, and then `seconds` go by. */
function slowSource(seconds: number): Source {
  return {
    name: 'receive',
    items: async function* () {
      yield await Promise.resolve(content);
      jest.advanceTimersByTime(seconds * 1000);
    },
  };
}

test.each([
  [59, []],
  [60, [expect.stringMatching(/time limit of this server \(60 seconds\) ran out.*cratesguard\.timeLimit/)]],
])('under a limit of 60 seconds a scan of %d', async (seconds, reasons) => {
  const limit = startTimeLimit(new AbortController().signal, 60);
  const report = await scan({ source: slowSource(seconds), policy: await policyFrom(null), signal: limit.signal });
  limit.release();
  expect(report.errors.map(({ reason }) => reason)).toEqual(reasons);
  expect(report.summary.blocked).toBe(1);
  expect(outcomeOf(report).kind).toBe(reasons.length === 0 ? 'blocked' : 'incomplete');
});

test('a limit longer than a timer can count does not ring at once, and one let go never does', () => {
  const long = startTimeLimit(new AbortController().signal, 1e9);
  const released = startTimeLimit(new AbortController().signal, 1);
  released.release();
  jest.advanceTimersByTime(1e6);
  expect([long.signal.aborted, released.signal.aborted]).toEqual([false, false]);
  long.release();
});

test('the interruption of a person goes through, before the limit starts and after it', () => {
  const controller = new AbortController();
  const running = startTimeLimit(controller.signal, 60);
  controller.abort();
  const late = startTimeLimit(controller.signal, 60);
  expect([running.signal.aborted, late.signal.aborted]).toEqual([true, true]);
  running.release();
  late.release();
});
