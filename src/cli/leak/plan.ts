import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GuardError } from '../../base/error';
import { planHtml } from '../../leak/plan/html';
import { makePlan } from '../../leak/plan/make';
import { planMarkdown } from '../../leak/plan/markdown';
import type { Plan } from '../../leak/plan/plan';
import { readReport, type ReportedScan } from '../../leak/plan/report';
import { lookAtSituation } from '../../leak/plan/situation';
import type { Invocation, RunCommand } from '../command';
import type { Io } from '../io';
import { refuseArguments, textOption } from './key';

/** `leak plan`: 0 once it is written. */
export const runLeakPlan: RunCommand = async (invocation, io) => {
  refuseArguments(invocation);
  const scan = await reportOf(invocation, io);
  const exposure = textOption(invocation.options['exposure']);
  const situation = await lookAtSituation({
    cwd: io.cwd,
    env: io.env,
    exposure: exposure === 'public' || exposure === 'private' ? exposure : null,
    scan,
  });
  io.stdout.write(printed(makePlan(situation), textOption(invocation.options['format'])));
  return { kind: 'clean' };
};

async function reportOf({ options }: Invocation, io: Io): Promise<ReportedScan | null> {
  const file = textOption(options['report']);
  if (file === undefined) return null;
  let text: string;
  try {
    text = await readFile(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new GuardError('unreadable', `the report ${file} could not be read`, { cause });
  }
  return readReport(text);
}

function printed(plan: Plan, format: string | undefined): string {
  if (format === 'json') return `${JSON.stringify({ version: 1, ...plan }, null, 2)}\n`;
  return format === 'html' ? planHtml(plan) : planMarkdown(plan);
}
