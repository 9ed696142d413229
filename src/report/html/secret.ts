/** One secret of the HTML report and all its places. */
import type { Finding, FindingStatus, Report } from '../../scan/report';
import { maskSpan } from '../excerpt';
import { exposureWords } from '../exposure-words';
import type { SecretGroup } from '../groups';
import { allowedWords, count, encodingWords, noteWords, statusWords, whereWords } from '../messages';
import { authorOf, commitOf, pathOf, placeOf, refOf, shortId } from '../place';
import { dateOf } from './chart';
import { day, html } from './markup';

export interface SecretContext {
  readonly report: Report;
  /** For equal masks on one line: which one. */
  readonly ordinals: Map<Finding, number>;
  readonly summaryOf: (finding: Finding) => string;
}

const badge = (status: FindingStatus): string => `<span class="badge ${status}">${statusWords(status)}</span>`;

/** The most serious status among the places. */
export function statusOf({ findings }: SecretGroup): FindingStatus {
  const has = (wanted: FindingStatus): boolean => findings.some(({ status }) => status === wanted);
  return has('blocked') ? 'blocked' : has('warned') ? 'warned' : 'allowed';
}

function excerpt(finding: Finding, ordinal: number): string {
  const span = maskSpan(finding, ordinal);
  const text = finding.excerpt;
  if (text.trim() === '') return '';
  const marked =
    span === null
      ? html(text)
      : `${html(text.slice(0, span.start).trimStart())}<mark>${html(text.slice(span.start, span.end))}</mark>${html(text.slice(span.end))}`;
  return `<code class="excerpt">${marked}</code>`;
}

function more(finding: Finding, { report }: SecretContext): string {
  const commit = commitOf(finding);
  const ref = refOf(finding);
  const author = authorOf(finding, report);
  const subject = commit === null ? undefined : report.commits?.[commit]?.subject;
  const parts = [
    // without a path, the commit is the place and named as such
    commit === null || finding.path === null ? '' : `commit <code title="${html(commit)}">${shortId(commit)}</code>`,
    author === null ? '' : `by ${html(`${author.name} <${author.email}>`)}`,
    subject === undefined || subject === '' ? '' : `“${html(subject)}”`,
    ref === null ? '' : `<code>${html(ref)}</code>`,
    html(whereWords(finding.where)),
    html(encodingWords(finding.encoding)),
    ...finding.notes.map((note) => html(noteWords(note))),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `<p class="more small quiet">${parts.join(' · ')}</p>`;
}

function place(finding: Finding, context: SecretContext): string {
  const { status, allowedBy } = finding;
  const date = dateOf(finding, context.report);
  return `<li class="place ${status}" data-status="${status}"><div class="head">${date === undefined ? '' : day(date)}<code class="path">${html(placeOf(finding))}</code>${badge(status)}</div>${more(finding, context)}${
    allowedBy === null ? '' : `<p class="more small">Allowed by ${html(allowedWords(allowedBy))}</p>`
  }${excerpt(finding, context.ordinals.get(finding) ?? 0)}</li>
`;
}

function byDate(findings: readonly Finding[], report: Report): Finding[] {
  const key = (finding: Finding): string => dateOf(finding, report) ?? '9999';
  return [...findings].sort((one, other) => key(one).localeCompare(key(other)));
}

function spread({ first: one, findings }: SecretGroup, report: Report): string {
  const dates = findings.flatMap((finding) => dateOf(finding, report) ?? []).sort();
  const [first] = dates;
  const others = findings.length - 1;
  const where = `${html(pathOf(one))}${others === 0 ? '' : ` and ${count(others, 'more place')}`}`;
  return `${first === undefined ? '' : `<span>since ${day(first)}</span>`}<span>${where}</span>`;
}

/** A `<details>`: what it is in the summary; fingerprint, how to allow it, and the places by date inside. */
export function* secretMarkup(
  group: SecretGroup,
  number: number,
  state: 'open' | 'closed',
  context: SecretContext,
): Generator<string> {
  const { first, findings } = group;
  const status = statusOf(group);
  const { report } = context;
  const ordered = byDate(findings, report);
  const dated = ordered.some((finding) => dateOf(finding, report) !== undefined);
  yield `<details class="secret card ${status}" id="secret-${number}" data-rule="${first.rule}"${state === 'open' ? ' open' : ''}>
<summary><h3 class="key">${html(context.summaryOf(first))} <code class="mask">${html(first.secret)}</code></h3> ${badge(status)}<span class="line small quiet"><code class="key">${first.rule}</code>${spread(group, report)}</span></summary>
<div class="body">`;
  if (first.fingerprint !== null)
    yield `<p class="small"><span class="quiet">Fingerprint</span> <code class="fingerprint key">${html(first.fingerprint)}</code></p>`;
  const told = exposureWords(group, report);
  if (told.length > 0) yield `<p class="small">${told.map(html).join(' ')}</p>`;
  yield `<ol class="places${dated ? ' timeline' : ''}">\n`;
  for (const finding of ordered) yield place(finding, context);
  yield '</ol></div></details>\n';
}
