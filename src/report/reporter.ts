import type { RuleId } from '../rules/rule';
import type { Report } from '../scan/report';

/** What a report says of a rule beyond its name. */
export interface RuleDescription {
  readonly id: RuleId;
  /** A noun phrase without a full stop: `crates.io API token`. */
  readonly summary: string;
  /** What it means and what to do about it, as plain paragraphs. */
  readonly help: string;
}

export interface ReporterOptions {
  /** Whether ANSI colours may be written. */
  readonly color: boolean;
  /** Columns of the terminal; undefined where there is none. */
  readonly width: number | undefined;
  /** The program's version, for the formats that name their tool. */
  readonly version: string;
  /** Every rule there is, in the order of the rule table. */
  readonly rules: readonly RuleDescription[];
  /**
   * What the report is for: a hook that lets git go on says nothing, a command that somebody typed always answers.
   * Without it, a command.
   */
  readonly occasion?: 'hook' | 'command';
  /** What was scanned and how it was asked for, masked; where a command was typed. */
  readonly asked?: { readonly repository: string; readonly command: string };
  /** How a person calls this program in a shell here (`npx cratesguard`); without it, by its name. */
  readonly program?: string;
  /** When the report was made, ISO 8601 in UTC with seconds; the formats that must give a time have no clock of their own. */
  readonly time: string;
}

/** A pure function over a sorted report. It escapes for its own format and nothing else; every text in a report is masked already. */
export type Reporter = (report: Report, options: ReporterOptions) => Iterable<string>;
