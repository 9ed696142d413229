import { basename } from 'node:path';
import { GuardError } from '../../base/error';
import { topLevelOf } from '../../git/revision';
import { isFormatName, type FormatName, loadReporter } from '../../report/formats';
import { ruleDescriptions, prepareReport } from '../report/output';
import { outcomeOf } from '../../scan/outcome';
import { scan } from '../../scan/scan';
import type { Report } from '../../scan/report';
import type { Counts, SourceName } from '../../sources/content';
import { type Invocation, type RunCommand, isGiven, listOption, textOption } from '../command';
import { watchSecrets, withCommits, withoutExposure, type Sightings } from './exposure';
import type { Io } from '../io';
import { startProgress, type Progress } from '../progress';
import { policyFor } from './policy';
import { chosenSource } from './source';

/**
 * `cratesguard scan SOURCE`: one source through the rules and the policy, reported.
 *
 * @throws GuardError where nothing was scanned, or where the report could not be written
 */
export const runScan: RunCommand = async (invocation, io) => {
  const source = await chosenSource(invocation, io);
  if (isGiven(invocation, 'dry-run') && 'run' in source) return (await import('./ci')).sayPlan(source, invocation, io);
  const policy = await policyFor(invocation, io, source.ci);
  const wanted = reportsOf(invocation);
  const asked = wanted.some(({ format }) => format === 'html') ? await askedFor(invocation, io) : undefined;
  const reports: ((report: Report) => Promise<void>)[] = [];
  for (const { format, file } of wanted)
    reports.push(
      await prepareReport(io, {
        format,
        load: loadReporter,
        file,
        rules: ruleDescriptions,
        occasion: 'command',
        ...(asked && { asked }),
      }),
    );
  const counts: Counts = { files: 0, bytes: 0, commits: 0 };
  const { progress, line } = progressOf(counts, io);
  try {
    const sightings = tellsExposure(source.name, wanted) ? watchSecrets() : null;
    const witness = sightings?.witness;
    const report = await scan({ source, policy, signal: io.signal, counts, progress, ...(witness && { witness }) });
    line.end();
    const told = await described(report, sightings, io);
    for (const write of reports) await write(told);
    return outcomeOf(report);
  } finally {
    line.end();
  }
};

/** Commits are scanned, and the format has a place for it. */
function tellsExposure(source: SourceName, reports: readonly WantedReport[]): boolean {
  return (
    ['range', 'history', 'ci'].includes(source) && reports.some(({ format }) => format === 'text' || format === 'html')
  );
}

/** Who committed what, since when, on which branches. Findings are whole without it: a failure changes no status. */
async function described(report: Report, sightings: Sightings | null, io: Io): Promise<Report> {
  const { cwd, env, signal } = io;
  let told = report;
  for (const describe of [withCommits, sightings?.describe]) {
    if (describe === undefined || signal.aborted) continue;
    try {
      told = await describe(told, { cwd, env, signal });
    } catch (error) {
      io.stderr.write(withoutExposure(error));
    }
  }
  return told;
}

async function askedFor(invocation: Invocation, { cwd, env }: Io) {
  const repository = basename((await topLevelOf({ cwd, env })) ?? cwd);
  return { repository, command: commandLine(invocation) };
}

/** As it would be typed. */
function commandLine({ options, args }: Invocation): string {
  const given = Object.entries(options).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined ? [] : one === true ? [`--${name}`] : [`--${name}`, one])),
  );
  return ['cratesguard', 'scan', ...given, ...args].map(shellWord).join(' ');
}

const shellWord = (word: string): string =>
  /^[\w./:=@%+,~^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

interface WantedReport {
  readonly format: FormatName;
  readonly file: string | undefined;
}

/** The one of `--format` and `--output`, and those of `--report FORMAT=FILE`. */
function reportsOf(invocation: Invocation): readonly WantedReport[] {
  const more = listOption(invocation, 'report').map((text) => {
    const at = text.indexOf('=');
    if (at === -1 || at === text.length - 1)
      throw new GuardError('usage', '--report wants a format and a file, as in --report sarif=cratesguard.sarif');
    return { format: formatNamed(text.slice(0, at)), file: text.slice(at + 1) };
  });
  const format = formatNamed(textOption(invocation, 'format') ?? 'text');
  return [{ format, file: textOption(invocation, 'output') }, ...more];
}

function formatNamed(word: string): FormatName {
  if (!isFormatName(word)) throw new GuardError('usage', `there is no format '${word}'`);
  return word;
}

/** Sources that know how much there is tell; of the others the counts are shown. */
function progressOf(
  counts: Counts,
  io: Io,
): { progress: (done: number, total: number | null) => void; line: Progress } {
  let told: { done: number; total: number | null } | null = null;
  const line = startProgress(io, () => ({
    done: told?.done ?? counts.files,
    ...(typeof told?.total === 'number' && { total: told.total }),
    unit: told === null ? 'files' : 'objects',
    bytes: counts.bytes,
  }));
  return {
    line,
    progress: (done, total) => {
      told = { done, total };
    },
  };
}
