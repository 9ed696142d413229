import type { Outcome } from '../outcome';
import type { Report } from './report';

/** Unread is never clean, whatever else was found. */
export function outcomeOf(report: Report): Outcome {
  if (report.errors.length > 0) return { kind: 'incomplete' };
  return report.summary.blocked > 0 ? { kind: 'blocked' } : { kind: 'clean' };
}
