import { parseDateOption } from '../../base/dates';
import { GuardError } from '../../base/error';

/** A span of time, in milliseconds since 1970 in UTC; both ends belong to it. */
export interface Window {
  readonly since: number;
  /** Infinity where it is open. */
  readonly until: number;
}

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
    since: parseDateOption(since, '--since').first,
    until: until === undefined ? Infinity : parseDateOption(until, '--until').last,
  };
  if (window.since > window.until) throw new GuardError('usage', '--until is before --since');
  return window;
}
