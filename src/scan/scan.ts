import { firstIndex } from '../base/search';
import { mayHold } from '../detect/keyword-filter';
import { maskText } from '../detect/mask';
import { GuardError, type ErrorCode } from '../base/error';
import type { Policy } from '../policy/policy';
import type { RuleId } from '../rules/rule';
import type { Content, Counts, LineRange, Source, SourceContext } from '../sources/content';
import { candidatesIn, enabledRules, reasonOf } from './detection';
import { createFindings, findingOf } from './findings';
import type { Finding, Report } from './report';
import { createVersions, type Versions } from './versions';

export interface ScanOptions {
  readonly source: Source;
  readonly policy: Policy;
  readonly signal?: AbortSignal;
  readonly progress?: SourceContext['progress'];
  /** Counted up while the scan runs, for a progress line. */
  readonly counts?: Counts;
  /** Told of every finding, also of those that the report leaves out because an earlier one says the same. */
  readonly witness?: (finding: Finding, content: Content) => void;
}

/** Errors that mean nothing was scanned: they end the command instead of a report. */
const NOTHING_SCANNED: ReadonlySet<ErrorCode> = new Set([
  'usage',
  'config',
  'no-repository',
  'git-missing',
  'git-too-old',
  'unsupported',
  'missing-tool',
]);

interface ReportedError {
  readonly path: string | null;
  readonly reason: string;
}

/**
 * Reads a source through the rules and judges what it finds. What could not be read ends up in the report's `errors`
 * beside what was found; only what keeps the whole scan from starting is thrown.
 *
 * @throws GuardError of a code in NOTHING_SCANNED
 */
export async function scan(options: ScanOptions): Promise<Report> {
  const { source, policy } = options;
  const counts = options.counts ?? { files: 0, bytes: 0, commits: 0 };
  const findings = createFindings(source.once);
  const skipped: { path: string; reason: string }[] = [];
  const errors: ReportedError[] = [];
  const rules = enabledRules(policy);
  const versions = createVersions();
  const context: SourceContext = {
    mayHold,
    excluded: policy.excluded,
    counts,
    ...(options.signal && { signal: options.signal }),
    ...(options.progress && { progress: options.progress }),
  };
  const take = (finding: Finding, content: Content): void => {
    findings.add(finding);
    options.witness?.(finding, content);
  };
  try {
    for await (const item of source.items(context)) {
      options.signal?.throwIfAborted();
      if (item.kind === 'skipped') skipped.push({ path: maskText(item.path), reason: maskText(item.reason) });
      else if (item.kind === 'unreadable') errors.push(errorAt(item.path, item.reason));
      else await examine(item, { rules, policy, versions, take, errors });
    }
    // an abort late in a source may end it like any other end
    options.signal?.throwIfAborted();
  } catch (error) {
    errors.push(whatStoppedIt(error, options.signal));
  }
  const sorted = findings.sorted();
  return {
    source: source.name,
    scanned: counts,
    findings: sorted,
    skipped,
    errors,
    summary: summaryOf(sorted),
    ...(source.ci && { ci: { ...source.ci, ref: source.ci.ref === null ? null : maskText(source.ci.ref) } }),
  };
}

/** Detects, asks which lines count only where there is something to ask about, and judges. */
async function examine(
  content: Content,
  {
    rules,
    policy,
    versions,
    take,
    errors,
  }: {
    readonly rules: ReadonlySet<RuleId>;
    readonly policy: Policy;
    readonly versions: Versions;
    readonly take: (finding: Finding, content: Content) => void;
    readonly errors: ReportedError[];
  },
): Promise<void> {
  const { candidates, failure } = await candidatesIn(content, rules);
  if (failure !== null) errors.push(errorAt(content.path, failure));
  if (candidates.length === 0) return;
  const added = versions.added(content, candidates);
  if (added !== null) {
    for (const candidate of added) take(await findingOf(candidate, content, policy), content);
    return;
  }
  const counting = await countingLines(content);
  if (counting.failure !== null) errors.push(errorAt(content.path, counting.failure));
  for (const candidate of candidates)
    if (counting.ranges === null || isInside(candidate.line, counting.ranges))
      take(await findingOf(candidate, content, policy), content);
}

/** Null ranges mean every line: also where asking failed, for more is then judged and the report is incomplete. */
async function countingLines(
  content: Content,
): Promise<{ ranges: readonly LineRange[] | null; failure: string | null }> {
  if (content.addedLines === undefined) return { ranges: null, failure: null };
  try {
    return { ranges: await content.addedLines(), failure: null };
  } catch (error) {
    return { ranges: null, failure: reasonOf(error) };
  }
}

function isInside(line: number, ranges: readonly LineRange[]): boolean {
  const range = ranges[firstIndex(ranges.length, (at) => line <= (ranges[at]?.last ?? 0))];
  return range !== undefined && line >= range.first;
}

function whatStoppedIt(error: unknown, signal: AbortSignal | undefined): ReportedError {
  if (signal?.aborted === true) return whyAborted(signal);
  if (error instanceof GuardError && NOTHING_SCANNED.has(error.code)) throw error;
  return errorAt(null, reasonOf(error));
}

/** Whoever aborts for another reason than a person's Ctrl-C gives it to the signal. */
function whyAborted({ reason }: AbortSignal): ReportedError {
  return reason instanceof GuardError
    ? errorAt(null, reasonOf(reason))
    : { path: null, reason: 'interrupted: the report holds what was judged until then' };
}

function errorAt(path: string | null, reason: string): ReportedError {
  return { path: path === null ? null : maskText(path), reason: maskText(reason) };
}

function summaryOf(findings: readonly Finding[]): Report['summary'] {
  const summary = { blocked: 0, allowed: 0, warned: 0 };
  for (const finding of findings) summary[finding.status] += 1;
  return summary;
}
