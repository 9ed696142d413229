import { GuardError } from '../../error';

/** A span of time, in milliseconds since 1970 in UTC; both ends belong to it. */
export interface Window {
  readonly since: number;
  /** Infinity where it is open. */
  readonly until: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Reads `--since` and `--until`: days (`2026-03-01`) or instants (`2026-03-01T12:30:00Z`, an offset, or none for UTC).
 * A day as the end means its last moment. Without an end the window is open, so a clock that runs wrong here hides nothing.
 * @throws GuardError `usage`
 */
export function parseWindow(since: string | undefined, until: string | undefined): Window {
  if (since === undefined)
    throw new GuardError('usage', 'audit needs --since', {
      hint: 'the day on which the key leaked, for instance --since 2026-03-01',
    });
  const window = {
    since: parseInstant(since, '--since').first,
    until: until === undefined ? Infinity : parseInstant(until, '--until').last,
  };
  if (window.since > window.until) throw new GuardError('usage', '--until is before --since');
  return window;
}

function parseInstant(text: string, option: string): { first: number; last: number } {
  const [, day, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(text.trim()) ?? [];
  const first =
    day === undefined || !isDay(day)
      ? NaN
      : Date.parse(time === undefined ? `${day}T00:00:00Z` : `${day}T${time}${zone?.toUpperCase() ?? 'Z'}`);
  if (Number.isNaN(first))
    throw new GuardError('usage', `${option} is no day and no instant`, {
      hint: 'write 2026-03-01 or 2026-03-01T12:30:00Z; both are in UTC',
    });
  return { first, last: time === undefined ? first + DAY - 1 : first };
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
