/**
 * How long an answer asks us to wait, in milliseconds; null where it does not say, or says it in no readable way.
 * Seconds or an HTTP date (RFC 9110, section 10.2.3). A date is measured against the answer's own `Date`, so that a
 * clock that runs wrong here changes nothing.
 */
export function retryAfter(headers: Readonly<Record<string, string | undefined>>, now: number): number | null {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Date.parse would take "-1" or "3.5" for a year; an HTTP date starts with the name of a day.
  const until = /^[A-Za-z]/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(until)) return null;
  const sent = Date.parse(headers['date'] ?? '');
  return Math.max(0, until - (Number.isNaN(sent) ? now : sent));
}
