/**
 * The report as one HTML file for a person who must decide. It loads nothing: its policy allows the one style and the one
 * script in it, by their hashes, and no connection at all. Its text and its sentences are whole without the script.
 */
import { REPORT_SCRIPT, REPORT_SCRIPT_HASH, REPORT_STYLE, REPORT_STYLE_HASH } from '../generated/report-page';
import type { FindingStatus, Report } from '../scan/report';
import { groupBySecret, ordinals } from './groups';
import type { SecretGroup } from './groups';
import { chart } from './html/chart';
import { html as escaped } from './html/markup';
import { secretMarkup, statusOf } from './html/secret';
import { byteCount, count, grouped, statusWords, subjectOf, verdict } from './messages';
import type { Reporter, ReporterOptions } from './reporter';
import { PROGRAM, nextSteps } from './next-steps';

const POLICY = `default-src 'none'; style-src '${REPORT_STYLE_HASH}'; script-src '${REPORT_SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;

/** With more secrets than this, they start closed. */
const OPEN_AT_MOST = 12;

const STATUSES: readonly FindingStatus[] = ['blocked', 'warned', 'allowed'];

function head(report: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escaped(titleOf(report))}</title>
<style>${REPORT_STYLE}</style>
</head>
`;
}

function titleOf({ summary, errors, source }: Report): string {
  const state =
    summary.blocked > 0
      ? `${summary.blocked} blocked`
      : errors.length > 0
        ? 'some content not scanned'
        : 'no leaked keys';
  return `cratesguard: ${state} in ${subjectOf(source)}`;
}

function numbers(report: Report): string {
  const { scanned, summary, errors } = report;
  const tiles: readonly (readonly [string, string, string])[] = [
    ['blocked', grouped(summary.blocked), 'blocked'],
    ['warned', grouped(summary.warned), 'warned'],
    ['allowed', grouped(summary.allowed), 'allowed'],
    ...(errors.length > 0 ? [['blocked', grouped(errors.length), 'not readable'] as const] : []),
    ...(scanned.commits > 0
      ? [['', grouped(scanned.commits), scanned.commits === 1 ? 'commit read' : 'commits read'] as const]
      : []),
    ['', grouped(scanned.files), scanned.files === 1 ? 'file read' : 'files read'],
  ];
  const shown = tiles.filter(([kind, value]) => kind === '' || value !== '0' || kind === 'blocked');
  return `<dl class="numbers">${shown
    .map(
      ([kind, value, label]) =>
        `<div${kind === '' || value === '0' ? '' : ` class="${kind}"`}><dt>${label}</dt><dd>${value}</dd></div>`,
    )
    .join('')}</dl>
`;
}

function top(report: Report, secrets: number, { time, version, asked }: ReporterOptions): string {
  const state = report.summary.blocked > 0 ? 'blocked' : report.errors.length > 0 ? 'unread' : 'clean';
  return `<header>
<h1>cratesguard report</h1>
<p class="verdict ${state}">${escaped(verdict(report, secrets))}</p>
<p class="quiet">Made on <time datetime="${escaped(time)}">${escaped(time.replace('T', ' at ').replace('Z', ' UTC'))}</time> by cratesguard ${escaped(version)}, which read ${byteCount(report.scanned.bytes)}. Secrets are masked: this page holds none.</p>
${asked === undefined ? '' : `<p class="quiet">Repository <code>${escaped(asked.repository)}</code>, command <code>${escaped(asked.command)}</code></p>\n`}${numbers(report)}</header>
`;
}

/** Text in which addresses of ours are links. */
const linked = (text: string): string =>
  escaped(text).replace(
    /https:\/\/[\w./-]+[\w/]/g,
    (address) => `<a href="${address}" rel="noreferrer">${address}</a>`,
  );

function ways(report: Report, { program = PROGRAM }: ReporterOptions): string {
  if (report.summary.blocked === 0) return '';
  const items = nextSteps(report, program)
    .map(({ text, commands }) => {
      const block = commands.length === 0 ? '' : `<code class="command">${commands.map(escaped).join('\n')}</code>`;
      return `<li>${linked(text)}${block}</li>`;
    })
    .join('\n');
  return `<section aria-labelledby="do"><h2 id="do">What to do</h2>\n<ol class="card steps">${items}</ol></section>\n`;
}

function filterForm(groups: readonly SecretGroup[], report: Report): string {
  const rules = [...new Set(groups.map(({ first }) => first.rule))].sort();
  const boxes = STATUSES.filter((status) => report.summary[status] > 0)
    .map(
      (status) =>
        `<label><input type="checkbox" name="status" value="${status}" checked>${statusWords(status)} (${grouped(report.summary[status])})</label>`,
    )
    .join('');
  return `<form class="filter" id="filter" role="search" aria-label="Filter the findings" hidden>
<div class="field grow"><label for="search">Search paths, commits, refs, fingerprints</label><input type="search" id="search" autocomplete="off" spellcheck="false"></div>
<div class="field"><label for="rule">Rule</label><select id="rule"><option value="">every rule</option>${rules
    .map((rule) => `<option>${rule}</option>`)
    .join('')}</select></div>
<fieldset><legend>Status</legend><div class="choices">${boxes}</div></fieldset>
<div class="field grow row"><output id="shown" aria-live="polite"></output><button type="button" id="open">Open all</button><button type="button" id="close">Close all</button></div>
</form>
`;
}

const ORDER: Readonly<Record<FindingStatus, number>> = { blocked: 0, warned: 1, allowed: 2 };

function* findings(report: Report, groups: readonly SecretGroup[], { rules }: ReporterOptions): Generator<string> {
  if (groups.length === 0) return;
  yield `<section aria-labelledby="secrets"><h2 id="secrets">${count(groups.length, 'secret')}${report.summary.allowed > 0 ? ', allowed ones included' : ''}</h2>\n${report.findings.length > 1 ? filterForm(groups, report) : ''}`;
  const context = {
    report,
    ordinals: ordinals(report.findings),
    summaryOf: ({ rule }: SecretGroup['first']) => rules.find(({ id }) => id === rule)?.summary ?? rule,
  };
  const state = groups.length > OPEN_AT_MOST ? 'closed' : 'open';
  for (const [index, group] of groups.entries()) yield* secretMarkup(group, index + 1, state, context);
  yield '</section>\n';
}

function* list(
  id: string,
  title: string,
  items: readonly { readonly path: string | null; readonly reason: string }[],
): Generator<string> {
  if (items.length === 0) return;
  yield `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n<div class="card"><ul class="list">\n`;
  for (const { path, reason } of items)
    yield `<li>${path === null ? '' : `<code>${escaped(path)}</code>: `}${escaped(reason)}</li>\n`;
  yield '</ul></div></section>\n';
}

/** Findings by secret, those that block first; within a secret by the date of their commits, where the report knows it. */
export const html: Reporter = function* (report, options) {
  const groups = groupBySecret(report.findings).sort((one, other) => ORDER[statusOf(one)] - ORDER[statusOf(other)]);
  const blocked = groups.filter((group) => statusOf(group) === 'blocked').length;
  yield head(report);
  yield `<body>\n<a class="to-findings" href="#main">Skip to the findings</a>\n<div class="wrap">\n${top(report, blocked, options)}`;
  yield ways(report, options);
  yield* list('unread', `Could not be read (${grouped(report.errors.length)})`, report.errors);
  yield chart(report);
  yield '<main id="main" tabindex="-1">\n';
  yield* findings(report, groups, options);
  yield '</main>\n';
  yield* list('skipped', `Not looked at (${grouped(report.skipped.length)})`, report.skipped);
  yield `<footer class="quiet">cratesguard ${escaped(options.version)}. A fingerprint is the SHA-256 of the secret; it tells secrets apart and gives none away.</footer>\n</div>\n`;
  yield `<script>${REPORT_SCRIPT}</script>\n</body>\n</html>\n`;
};
