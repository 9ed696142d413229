import { GuardError } from './error';

const DAY_MS = 24 * 60 * 60 * 1000;

/** True for a day of the calendar, written `YYYY-MM-DD`; `Date.parse` alone takes February 30 for March 2. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** The day it is in UTC, `YYYY-MM-DD`. */
export function dayInUtc(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** A span of time in milliseconds since 1970, UTC; both ends belong to it. */
export interface TimeSpan {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads the value of a date option: a day (`2026-03-01`), which is all of that day in UTC, or an instant
 * (`2026-03-01T12:30:00Z`, an offset, or none for UTC).
 * @throws GuardError `usage`
 */
export function parseDateOption(text: string, option: string): TimeSpan {
  const [, day, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text.trim()) ??
    [];
  const first =
    day === undefined || !isDay(day)
      ? NaN
      : Date.parse(time === undefined ? `${day}T00:00:00Z` : `${day}T${time}${zone?.toUpperCase() ?? 'Z'}`);
  if (Number.isNaN(first))
    throw new GuardError('usage', `${option} is not a date`, {
      hint: 'Write a day or an instant in UTC: 2026-03-01 or 2026-03-01T12:30:00Z',
    });
  return { first, last: time === undefined ? first + DAY_MS - 1 : first };
}
