/** When the findings of a history came in, as bars. */
import type { Finding, Report } from '../../scan/report';
import { count } from '../messages';
import { commitOf } from '../place';
import { html } from './markup';

interface Bar {
  /** `2023-04` or `2023` */
  readonly period: string;
  readonly findings: number;
}

/** More months than this are shown as years. */
const MOST_MONTHS = 48;

function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  for (let month = first; month <= last && months.length <= MOST_MONTHS; month = nextMonth(month)) months.push(month);
  return months;
}

function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}

/** Findings that are not allowed, by the month (or year) of their commit, empty ones in between included. */
function barsOf(report: Report): Bar[] {
  const dates = report.findings
    .filter(({ status }) => status !== 'allowed')
    .flatMap((finding) => dateOf(finding, report) ?? [])
    .sort();
  const first = dates[0]?.slice(0, 7);
  const last = dates.at(-1)?.slice(0, 7);
  if (first === undefined || last === undefined || first === last) return [];
  const months = monthsBetween(first, last);
  const periods =
    months.length <= MOST_MONTHS ? months : yearsBetween(Number(first.slice(0, 4)), Number(last.slice(0, 4)));
  return periods.map((period) => ({ period, findings: dates.filter((date) => date.startsWith(period)).length }));
}

const yearsBetween = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index));

/** When the commit of a finding was made; undefined where the report does not know. */
export function dateOf(finding: Finding, { commits }: Report): string | undefined {
  const commit = commitOf(finding);
  return commit === null ? undefined : commits?.[commit]?.at;
}

const HEIGHT = 100;
const GAP = 2;
const BAR_PIXELS = 40;

/** Empty where there are not at least two months to tell apart. */
export function chart(report: Report): string {
  const bars = barsOf(report);
  const most = Math.max(...bars.map(({ findings }) => findings));
  if (bars.length === 0) return '';
  const step = 20;
  const rects = bars
    .map(({ period, findings }, index) => {
      const height = findings === 0 ? 0 : Math.max(3, (findings / most) * HEIGHT);
      const place = `x="${index * step + GAP}" y="${(HEIGHT - height).toFixed(1)}" width="${step - 2 * GAP}" height="${height.toFixed(1)}"`;
      return `<rect ${place}><title>${html(period)}: ${count(findings, 'finding')}</title></rect>`;
    })
    .join('');
  const unit = bars[0]?.period.length === 4 ? 'year' : 'month';
  const words = bars
    .filter(({ findings }) => findings > 0)
    .map(({ period, findings }) => `${period}: ${findings}`)
    .join(', ');
  return `<section aria-labelledby="when"><h2 id="when">Since when</h2>
<div class="card chart"><p class="quiet">Findings by the ${unit} of their commit, at most ${count(most, 'finding')} in one</p>
<div class="bars"><svg width="${bars.length * BAR_PIXELS}" viewBox="0 0 ${bars.length * step} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${html(words)}">${rects}</svg>
<div class="axis small quiet" aria-hidden="true"><span>${html(bars[0]?.period ?? '')}</span><span>${html(bars.at(-1)?.period ?? '')}</span></div></div></div></section>
`;
}
