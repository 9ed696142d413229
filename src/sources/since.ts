import { GuardError } from '../error';

/**
 * Reads `--since`: a day (`2026-01-31`, from its start in UTC) or an instant (ISO 8601), as seconds since 1970. git's own
 * reading of dates takes anything and calls what it does not understand "now", which would scan nothing. Throws
 * GuardError 'usage'.
 */
export function parseSince(text: string): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
  const time = isDay || isInstant ? Date.parse(text) : NaN;
  // Date.parse takes the 31st of February for a day in March.
  const isReal = !isDay || (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text));
  if (Number.isNaN(time) || !isReal)
    throw new GuardError('usage', `'${text}' is no date`, { hint: 'write a day or an instant in UTC, as 2026-01-31' });
  return Math.floor(time / 1000);
}
