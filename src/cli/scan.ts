import { GuardError } from '../error';
import type { Outcome } from '../outcome';
import { isFormatName, type FormatName } from '../report/formats';
import { outcomeOf } from '../scan/outcome';
import { scan } from '../scan/scan';
import type { Source } from '../sources/content';
import type { Invocation, RunCommand } from './command';
import type { Io } from './io';
import { startProgress } from './progress';
import { prepareReport } from './report-output';
import { policyFor } from './scan-policy';
import { chosenSource } from './scan-source';
import { ruleDescriptions } from './rule-descriptions';

/**
 * `cratesguard scan SOURCE`: one source through the rules and the policy, reported.
 *
 * @throws GuardError where nothing was scanned
 */
export const runScan: RunCommand = async (invocation, io) => {
  const source = await chosenSource(invocation, io);
  return reportOn(source, invocation, io);
};

async function reportOn(source: Source, invocation: Invocation, io: Io): Promise<Outcome> {
  const write = await prepareReport(io, {
    format: formatOf(invocation),
    file: text(invocation, 'output'),
    rules: ruleDescriptions(),
    occasion: 'command',
  });
  const policy = await policyFor(invocation, io);
  const counts = { done: 0, total: undefined as number | undefined };
  const progress = startProgress(io, () => ({ ...counts, ...(counts.total === undefined && {}), unit: 'files', bytes: 0 }));
  try {
    const report = await scan({ source, policy, signal: io.signal });
    progress.end();
    await write(report);
    return outcomeOf(report);
  } finally {
    progress.end();
  }
}

function formatOf(invocation: Invocation): FormatName {
  const word = text(invocation, 'format') ?? 'text';
  if (!isFormatName(word)) throw new GuardError('usage', `there is no format '${word}'`);
  return word;
}

function text({ options }: Invocation, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
