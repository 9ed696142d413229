/** A line on the terminal that says how far a long scan is. */
import { byteCount, count, grouped } from '../report/messages';
import type { Io } from './io';
import { writeFormatted } from './output';

export interface ProgressState {
  readonly done: number;
  /** Where it is known how much there is. */
  readonly total?: number;
  /** What is counted, of several: `files`, `objects`. */
  readonly unit: string;
  readonly bytes: number;
}

export interface Progress {
  /** Takes the line away for good. */
  end(): void;
}

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 200;
const BAR = 20;

/** `[#####...............] 1,200/4,800 files, 310 MB, 150 MB/s, 0:24 left`, cut to `columns`. */
export function progressLine({ done, total, unit, bytes }: ProgressState, seconds: number, columns: number): string {
  const parts: string[] = [];
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
  const progress =
    total === undefined ? count(done, unit.replace(/s$/, ''), unit) : `${grouped(done)}/${grouped(total)} ${unit}`;
  parts.push(progress, byteCount(bytes));
  if (seconds > 0) parts.push(`${byteCount(Math.round(bytes / seconds))}/s`);
  if (share !== undefined && share > 0) parts.push(`${clock((seconds / share) * (1 - share))} left`);
  const filled = share === undefined ? 0 : Math.floor(share * BAR);
  const bar = share === undefined ? '' : `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] `;
  // one column less than there is: some terminals wrap in the last one
  return `${bar}${parts.join(', ')}`.slice(0, Math.max(0, columns - 1));
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/**
 * Shows `read()` on stderr from one second on, where that is a terminal; does nothing elsewhere. `now` is in
 * milliseconds.
 */
export function startProgress(io: Pick<Io, 'stderr' | 'env'>, read: () => ProgressState, now = Date.now): Progress {
  const { stderr } = io;
  if (!stderr.isTerminal || io.env['TERM'] === 'dumb') return { end: () => undefined };
  const start = now();
  let shown = false;
  const timer = setInterval(() => {
    const elapsed = now() - start;
    if (elapsed < FIRST_AFTER_MS) return;
    shown = true;
    writeFormatted(stderr, `\r\u001b[K${progressLine(read(), elapsed / 1000, stderr.width ?? 80)}`);
  }, EVERY_MS);
  timer.unref();
  return {
    end: () => {
      clearInterval(timer);
      if (shown) writeFormatted(stderr, '\r\u001b[K');
      shown = false;
    },
  };
}
