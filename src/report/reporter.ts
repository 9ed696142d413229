import type { Report } from '../scan/report';

export interface ReporterOptions {
  /** Whether ANSI colours may be written. */
  readonly color: boolean;
  /** Columns of the terminal; undefined where there is none. */
  readonly width: number | undefined;
  /** The program's version, for the formats that name their tool. */
  readonly version: string;
}

/** A pure function over a sorted report. It escapes for its own format and nothing else; every text in a report is masked already. */
export type Reporter = (report: Report, options: ReporterOptions) => Iterable<string>;
