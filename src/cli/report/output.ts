/** From a Report to where it is read: format, `--output`, and what GitHub Actions wants beside it. */
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { maskText } from '../../detect/mask';
import { GuardError } from '../../base/error';
import type { FormatName } from '../../report/formats';
import type { Reporter, ReporterOptions, RuleDescription } from '../../report/reporter';
import { maskedProvenance } from '../../scan/findings';
import type { Report } from '../../scan/report';
import { usesColor, type Io } from '../io';
import { programWord } from '../invocation-name';
import { openReportTarget } from './file';
import { version } from '../version';
import { RULES } from '../../rules/all';

export interface ReportOutputOptions<Format extends FormatName> {
  readonly format: Format;
  /** Workflow commands follow a text report on GitHub Actions. */
  readonly load: (format: NoInfer<Format> | 'github') => Promise<Reporter>;
  /** The value of `--output`. */
  readonly file: string | undefined;
  readonly rules: readonly RuleDescription[];
  readonly occasion: 'hook' | 'command';
  readonly asked?: ReporterOptions['asked'];
}

/**
 * The scan masks every text of a report. This is the second lock: whatever foreign text got into one all the same is
 * masked before any format has its own escapes around it.
 */
function maskReport(report: Report): Report {
  const maskOrNull = (text: string | null): string | null => (text === null ? null : maskText(text));
  return {
    ...report,
    findings: report.findings.map((finding) => ({
      ...finding,
      path: maskOrNull(finding.path),
      excerpt: maskText(finding.excerpt),
      provenance: maskedProvenance(finding.provenance),
      allowedBy:
        finding.allowedBy === null ? null : { ...finding.allowedBy, reason: maskText(finding.allowedBy.reason) },
    })),
    skipped: report.skipped.map(({ path, reason }) => ({ path: maskText(path), reason: maskText(reason) })),
    errors: report.errors.map(({ path, reason }) => ({ path: maskOrNull(path), reason: maskText(reason) })),
    ...(report.ci && { ci: { ...report.ci, ref: maskOrNull(report.ci.ref) } }),
    ...(report.commits && {
      commits: mapped(report.commits, ({ at, subject, author: { name, email, date } }) => ({
        at,
        subject: maskText(subject),
        author: { name: maskText(name), email: maskText(email), date },
      })),
    }),
    ...(report.secrets && {
      secrets: mapped(report.secrets, ({ tips, publishedOn, ...rest }) => ({
        ...rest,
        tips: tips?.map(maskText) ?? null,
        publishedOn: publishedOn.map(maskText),
      })),
    }),
  };
}

function mapped<T>(values: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

/** Several reports one after the other, as one. */
function inSequence(reporters: readonly Reporter[]): Reporter {
  return function* (report, options) {
    for (const reporter of reporters) yield* reporter(report, options);
  };
}

async function appendSummary(file: string, report: Report, options: ReporterOptions): Promise<void> {
  const { jobSummary } = await import('../../report/job-summary');
  try {
    appendFileSync(file, [...jobSummary(report, options)].join(''));
  } catch (error) {
    throw new GuardError('unwritable', 'the job summary (GITHUB_STEP_SUMMARY) cannot be written', { cause: error });
  }
}

/**
 * Checks now where the report of a scan will go, and gives the function that writes it there. On GitHub Actions a text
 * report on stdout is followed by the workflow commands; with them, a job summary is added where there is a place for it.
 * @throws GuardError `unwritable` (also from the function).
 */
export async function prepareReport<Format extends FormatName>(
  io: Io,
  { format, load, file, rules, occasion, asked }: ReportOutputOptions<Format>,
): Promise<(report: Report) => Promise<void>> {
  const target = await openReportTarget(io, file);
  const onActions = format === 'text' && target.kind === 'stdout' && io.env['GITHUB_ACTIONS'] === 'true';
  const inFormat = await load(format);
  const reporter = onActions ? inSequence([inFormat, await load('github')]) : inFormat;
  return async (whole) => {
    const report = maskReport(whole);
    const options: ReporterOptions = {
      color: target.kind === 'stdout' && usesColor(io, io.stdout),
      width: target.kind === 'stdout' ? io.stdout.width : undefined,
      version,
      rules,
      occasion,
      ...(asked && { asked: { repository: maskText(asked.repository), command: maskText(asked.command) } }),
      program: programWord(io.env),
      time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    };
    try {
      for (const text of reporter(report, options)) await target.write(text);
      await target.finish();
    } catch (error) {
      await target.abandon();
      throw error;
    }
    const summary = io.env['GITHUB_STEP_SUMMARY'];
    if (summary !== undefined && summary !== '' && (onActions || format === 'github'))
      await appendSummary(resolve(io.cwd, summary), report, options);
  };
}

/** What reports say of the rules. */
export const ruleDescriptions: readonly RuleDescription[] = RULES.map(({ id, summary, help }) => ({
  id,
  summary,
  help: [help.what, help.why, help.fix].join('\n\n'),
}));
