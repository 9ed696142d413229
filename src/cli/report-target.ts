/** Where a report goes: stdout, or the file of `--output`. */
import type { Io } from './io';
import { writeFormatted } from './output';

export interface ReportTarget {
  readonly kind: 'stdout' | 'file';
  write(text: string): Promise<void>;
  /** The report is whole; a file is in its place after this. */
  finish(): Promise<void>;
  /** The report will not be whole; nothing of it stays. */
  abandon(): Promise<void>;
}

function stdoutTarget(io: Io): ReportTarget {
  return {
    kind: 'stdout',
    write: async (text) => {
      writeFormatted(io.stdout, text);
      await io.stdout.drained?.();
    },
    finish: async () => {
      await io.stdout.drained?.();
    },
    abandon: () => Promise.resolve(),
  };
}

/**
 * Opens where the report goes; a file is only looked at here and made with the first text, so that a scan of its folder
 * does not meet it.
 * @throws GuardError `unwritable` where it is clear by now that the file cannot be written.
 */
export async function openReportTarget(io: Io, file: string | undefined): Promise<ReportTarget> {
  if (file === undefined) return stdoutTarget(io);
  const { openReportFile } = await import('./report-file');
  return openReportFile(file, io.cwd);
}
