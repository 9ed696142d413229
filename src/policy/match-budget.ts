import { faultAt, type ConfigText } from './document';

/** Of all globs of a configuration, their braces written out. */
const MOST_WILDCARDS = 1500;
/** Of all patterns: their length times what their counted repeats multiply to. A long one may cost 4 ms to compile. */
const MOST_PATTERN_WORK = 500_000;
/** RE2 takes no repeat beyond it, nested ones counted in. */
const LONGEST_REPEAT = 1000;

/** What a configuration has spent of the matching that a commit can wait for. Every check refuses at its line. */
export interface MatchBudget {
  glob(at: number, wildcards: number): void;
  pattern(at: number, pattern: string): void;
}

/** A budget for one configuration. Its methods throw GuardError('config') where it is used up. */
export function matchBudget(source: ConfigText): MatchBudget {
  let wildcards = 0;
  let work = 0;
  return {
    glob(at, more) {
      wildcards += more;
      if (wildcards > MOST_WILDCARDS)
        throw faultAt(
          source,
          at,
          `with this glob the configuration has more than ${MOST_WILDCARDS} wildcards, which would hold commits up`,
          'Braces count as the globs that they stand for. Use fewer globs, or folders (`vendor/`).',
        );
    },
    pattern(at, pattern) {
      const repeats = [...pattern.matchAll(/\{(\d+)(?:,(\d+))?,?\}/g)].map(([, least, most]) => Number(most ?? least));
      work +=
        pattern.length *
        Math.min(
          LONGEST_REPEAT,
          repeats.reduce((all, one) => all * Math.max(one, 1), 1),
        );
      if (work > MOST_PATTERN_WORK)
        throw faultAt(
          source,
          at,
          'with this pattern the configuration has too many counted repeats, which would hold commits up',
          'Write `+` or `*` instead of large counts, or use fewer patterns.',
        );
    },
  };
}
