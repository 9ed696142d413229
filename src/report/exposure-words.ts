/** What is told of one secret beyond its places, in sentences. */
import type { Report, SecretExposure } from '../scan/report';
import type { SecretGroup } from './groups';
import { shortId } from './place';

/** So many branches are named. */
const NAMED = 6;

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}

function commitWords(id: string, { commits }: Report): string {
  const day = commits?.[id]?.at.slice(0, 10);
  return `${shortId(id)}${day === undefined ? '' : ` of ${day}`}`;
}

/** When it came in, whether it is still there, and where it is published; unescaped. Empty where nothing was looked up. */
export function exposureWords({ first: { fingerprint } }: SecretGroup, report: Report): string[] {
  const exposure = fingerprint === null ? undefined : report.secrets?.[fingerprint];
  if (exposure === undefined) return [];
  return [commitsWords(exposure, report), ...tipsWords(exposure), publishedWords(exposure)];
}

function commitsWords({ first, last }: SecretExposure, report: Report): string {
  const of = report.source === 'range' ? 'of these commits ' : '';
  if (first === last) return `Added by one ${of === '' ? 'commit' : of.trim()}: ${commitWords(first, report)}.`;
  return `Added first ${of === '' ? 'in commit' : `${of}in`} ${commitWords(first, report)}, last in ${commitWords(last, report)}.`;
}

function tipsWords({ tips }: SecretExposure): string[] {
  if (tips === null) return [];
  return [
    tips.length === 0
      ? 'No longer at these places in the tip of any branch; it stays in the history.'
      : `Still in the tip of ${listed(tips)}.`,
  ];
}

function publishedWords({ publishedOn }: SecretExposure): string {
  return publishedOn.length === 0
    ? "On no remote's branch, as far as this repository knows."
    : `Already on ${listed(publishedOn)}: it is published, so it must be revoked.`;
}
