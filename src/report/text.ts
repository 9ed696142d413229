/** The report for a person at a terminal. */
import pc from 'picocolors';
import type { Finding, Report } from '../scan/report';
import { escapeLine } from './escape';
import { markedLine } from './excerpt';
import { exposureWords } from './exposure-words';
import { groupBySecret, ordinals } from './groups';
import type { SecretGroup } from './groups';
import {
  allowedWords,
  blockedHeadline,
  bypassWords,
  cleanLine,
  count,
  encodingWords,
  incompleteWords,
  noteWords,
  warnedReason,
  whereWords,
} from './messages';
import { PROGRAM, nextSteps } from './next-steps';
import { authorOf, commitOf, pathOf, placeOf, refOf, shortId } from './place';
import type { Reporter, ReporterOptions } from './reporter';
import { displayWidth, wrapWords } from './width';

type Colors = ReturnType<typeof pc.createColors>;

/** How much is shown in full before a report becomes a wall. */
const LIMITS = { secrets: 8, places: 4, listed: 6, files: 24, filePlaces: 12 } as const;

interface Page {
  readonly report: Report;
  readonly options: ReporterOptions;
  readonly occasion: 'hook' | 'command';
  readonly colors: Colors;
  readonly columns: number;
  readonly ordinals: Map<Finding, number>;
}

const NARROWEST = 40;
const WIDEST = 100;
const DEFAULT_WIDTH = 80;

function pageOf(report: Report, options: ReporterOptions): Page {
  return {
    report,
    options,
    occasion: options.occasion ?? 'command',
    colors: pc.createColors(options.color),
    columns: Math.max(NARROWEST, Math.min(options.width ?? DEFAULT_WIDTH, WIDEST)),
    ordinals: ordinals(report.findings),
  };
}

/** A paragraph with a hanging indent. */
function paragraph(text: string, { columns }: Page, first: string, rest = ' '.repeat(first.length)): string {
  return `${first}${wrapWords(text, columns - first.length).join(`\n${rest}`)}\n`;
}

/** Where a commit finding is, beyond its path: `in commit 1a2b3c4d5e6f of 2026-01-05 (refs/heads/main)`. */
function commitWords(finding: Finding, { report }: Page): string {
  const commit = commitOf(finding);
  if (commit === null) return '';
  const day = report.commits?.[commit]?.at.slice(0, 10);
  const ref = refOf(finding);
  const author = authorOf(finding, report);
  return [
    // without a path the commit's id stands for it already
    finding.path === null ? whereWords(finding.where) : `in commit ${shortId(commit)}`,
    day === undefined ? '' : `of ${day}`,
    author === null ? '' : `by ${escapeLine(author.name)}`,
    ref === null ? '' : `(${escapeLine(ref)})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** `src/lib.rs:2:8  crates-io-api-token`, and what else has to be known of this place on the lines after it. */
function* findingLines(finding: Finding, page: Page): Generator<string> {
  const { colors, options, columns } = page;
  const place = escapeLine(placeOf(finding));
  const summary = options.rules.find(({ id }) => id === finding.rule)?.summary ?? '';
  const named = `${finding.rule} (${summary})`;
  const rule = summary === '' || named.length + 4 > columns ? finding.rule : named;
  const oneLine = displayWidth(place) + 4 + rule.length <= columns;
  yield `  ${colors.bold(place)}${oneLine ? '  ' : '\n    '}${colors.red(finding.rule)}${rule.slice(finding.rule.length)}\n`;
  for (const words of placeWords(finding, page)) yield paragraph(words, page, '    ');
  yield* excerptLines(finding, page);
}

function placeWords(finding: Finding, page: Page): string[] {
  const inCommit = commitWords(finding, page);
  // of a commit message nothing is to be told beyond its place
  const where = finding.provenance.kind === 'message' ? '' : whereWords(finding.where);
  return [
    inCommit,
    inCommit.startsWith(where) ? '' : where,
    encodingWords(finding.encoding),
    ...finding.notes.map((note) => `Note: ${escapeLine(noteWords(note))}`),
  ].filter((words) => words !== '');
}

function* excerptLines(finding: Finding, { colors, columns, ordinals: order }: Page): Generator<string> {
  const gutter = `    ${colors.dim('|')} `;
  const { before, secret, after, marker } = markedLine(finding, order.get(finding) ?? 0, columns - 6);
  if (before + secret + after === '') return;
  yield `${gutter}${before}${colors.bold(secret)}${after}\n`;
  if (marker !== '') yield `${gutter}${colors.red(marker)}\n`;
}

function* groupLines(group: SecretGroup, page: Page): Generator<string> {
  const { first, findings } = group;
  yield* findingLines(first, page);
  yield* otherPlaces(findings.slice(1), page);
  for (const words of exposureWords(group, page.report)) yield paragraph(escapeLine(words), page, '    ');
}

function* otherPlaces(others: readonly Finding[], page: Page): Generator<string> {
  if (others.length === 0) return;
  yield '    The same secret is at\n';
  for (const finding of others.slice(0, LIMITS.places)) {
    const notes = placeWords(finding, page).join('; ');
    yield paragraph(`${escapeLine(placeOf(finding))}${notes === '' ? '' : `  ${notes}`}`, page, '      ');
  }
  if (others.length > LIMITS.places) yield `      and ${count(others.length - LIMITS.places, 'more place')}\n`;
}

/** The places of many findings, a line a file. */
function* placesByFile(findings: readonly Finding[], page: Page): Generator<string> {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) {
    const path = pathOf(finding);
    const inFile = files.get(path);
    if (inFile === undefined) files.set(path, [finding]);
    else inFile.push(finding);
  }
  for (const [path, inFile] of [...files].slice(0, LIMITS.files)) {
    const places = inFile.slice(0, LIMITS.filePlaces).map(({ line, column }) => `${line}:${column}`);
    const more = inFile.length > places.length ? ` and ${inFile.length - places.length} more` : '';
    yield paragraph(`${escapeLine(path)}  at ${places.join(', ')}${more}`, page, '  ', '      ');
  }
  if (files.size > LIMITS.files) yield `  and ${count(files.size - LIMITS.files, 'more file')}\n`;
}

function* blockedSection(page: Page): Generator<string> {
  const { report, colors, occasion } = page;
  const blocked = report.findings.filter(({ status }) => status === 'blocked');
  if (blocked.length === 0) return;
  const groups = groupBySecret(blocked);
  const headline = wrapWords(`cratesguard: ${blockedHeadline(report, groups.length, occasion)}`, page.columns);
  yield `${headline.map((line) => colors.bold(colors.red(line))).join('\n')}\n`;
  for (const group of groups.slice(0, LIMITS.secrets)) {
    yield '\n';
    yield* groupLines(group, page);
  }
  const rest = groups.slice(LIMITS.secrets);
  if (rest.length > 0) {
    yield '\n';
    yield paragraph(`And ${count(rest.length, 'more secret')} (in full: --format json, or --format html):`, page, '');
    yield* placesByFile(
      rest.flatMap(({ findings }) => findings),
      page,
    );
  }
  yield `\n${colors.bold('What to do')}\n`;
  for (const [index, step] of nextSteps(report, page.options.program ?? PROGRAM).entries()) {
    yield paragraph(step.text, page, ` ${index + 1}. `);
    for (const command of step.commands) yield `    ${colors.bold(command)}\n`;
  }
}

/** A title and findings in one line each. */
function* listSection(title: string, lines: readonly string[], page: Page): Generator<string> {
  if (lines.length === 0) return;
  yield paragraph(title, page, '');
  for (const line of lines.slice(0, LIMITS.listed)) yield paragraph(line, page, '  ', '      ');
  if (lines.length > LIMITS.listed) yield `  and ${count(lines.length - LIMITS.listed, 'more', 'more')}\n`;
}

/** Who speaks, where no other line of the report says so: git and other hooks print around what a hook says. */
const speaker = ({ report, occasion }: Page): string =>
  occasion === 'hook' && report.summary.blocked === 0 ? 'cratesguard: ' : '';

function* warnedSection(page: Page): Generator<string> {
  const { report, colors } = page;
  const warned = report.findings.filter(({ status }) => status === 'warned');
  if (warned.length === 0) return;
  const title = speaker(page) === '' ? 'Warning' : `${speaker(page)}warning`;
  yield `${colors.bold(colors.magenta(title))}\n`;
  yield* listSection(
    `${count(warned.length, 'finding')} not blocked: ${warnedReason(report.source)}`,
    warned.map((finding) =>
      [`${escapeLine(placeOf(finding))}  ${finding.rule}`, finding.secret, ...placeWords(finding, page)].join('  '),
    ),
    page,
  );
}

/** A hook says only what is out of the ordinary: an entry that this very change adds. */
function* allowedSection(page: Page): Generator<string> {
  const allowed = page.report.findings.flatMap((finding) =>
    finding.status === 'allowed' && finding.allowedBy !== null ? [{ finding, by: finding.allowedBy }] : [],
  );
  const told = page.occasion === 'hook' ? allowed.filter(({ by }) => by.new === true) : allowed;
  yield* listSection(
    `${page.report.summary.warned > 0 ? '' : speaker(page)}${count(told.length, 'finding')} allowed:`,
    told.map(({ finding, by }) => `${escapeLine(placeOf(finding))}  ${finding.rule}  ${escapeLine(allowedWords(by))}`),
    page,
  );
}

function* skippedSection(page: Page): Generator<string> {
  if (page.occasion === 'hook') return;
  yield* listSection(
    `${count(page.report.skipped.length, 'path')} not scanned:`,
    page.report.skipped.map(({ path, reason }) => `${escapeLine(path)}  ${escapeLine(reason)}`),
    page,
  );
}

function* errorSection(page: Page): Generator<string> {
  const { report, occasion, colors } = page;
  if (report.errors.length === 0) return;
  yield `${colors.bold(colors.red('cratesguard: some content could not be scanned'))}\n`;
  yield* listSection(
    incompleteWords(report.source, occasion),
    report.errors.map(({ path, reason }) =>
      [...(path === null ? [] : [escapeLine(path)]), escapeLine(reason)].join(': '),
    ),
    page,
  );
  const bypass = bypassWords(report.source, occasion);
  if (bypass !== null) yield paragraph(bypass, page, '');
}

/**
 * A line as GitHub's runner, which reads commands from any output, must not take it for one: `::command` first on a line
 * and `##[command]` anywhere.
 */
function withoutCommands(line: string): string {
  return line.replace(/^(\s*)::/, '$1\\x3a:').replaceAll('##[', '#\\x23[');
}

function* sectionsOf(page: Page): Generator<string> {
  const { report, occasion, colors } = page;
  let written = false;
  if (report.summary.blocked === 0 && report.errors.length === 0 && occasion === 'command') {
    yield `cratesguard: ${colors.green(cleanLine(report))}\n`;
    written = true;
  }
  for (const section of [blockedSection, warnedSection, allowedSection, skippedSection, errorSection]) {
    let first = true;
    for (const line of section(page)) {
      if (first && written) yield '\n';
      first = false;
      written = true;
      yield line;
    }
  }
}

/**
 * What users judge us by. Lines of at most `width` columns (80 without a terminal) except for commands to copy, paths
 * and addresses; a clean scan is one line, a clean hook run none.
 */
export const text: Reporter = function* (report, options) {
  for (const lines of sectionsOf(pageOf(report, options))) yield lines.split('\n').map(withoutCommands).join('\n');
};
