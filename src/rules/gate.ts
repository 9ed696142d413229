import { RULES } from './all';
import { inAnyCase } from './gate-test';

/**
 * Both are POSIX extended regular expressions for `LC_ALL=C grep -E` of GNU, BSD and busybox, on lines without NULs. They
 * hold no single quote, so that they may stand between single quotes in a POSIX shell, and no backslash escape but `\\`
 * outside and `\` inside of brackets.
 */

/** Matches some line of every change in which `detect` finds something. */
export function gateExpression(): string {
  return alternation(RULES.flatMap(({ gate }) => gate.flatMap(({ lines }) => lines)));
}

/** Matches every line that `gateExpression` matches, and few others; it is read and tried in a fraction of the time. */
export function gateHint(): string {
  return alternation(RULES.flatMap(({ gate }) => gate.map(({ hint }) => hint)));
}

/**
 * Patterns of a shell's `case`, between double quotes where that matters: one of them matches every line in which a
 * keyword stands. A shell knows these without a process of its own.
 */
export function keywordPatterns(): string {
  const keywords = RULES.flatMap((rule) => rule.keywords);
  return [
    ...new Set(
      keywords.map((keyword) => `*${keyword.anyCase === true ? anyCase(keyword.text) : quoted(keyword.text)}*`),
    ),
  ].join('|');
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
}

function anyCase(text: string): string {
  return text.replace(/[a-z]+|[^a-z]+/g, (run) => (/^[a-z]/.test(run) ? inAnyCase(run) : quoted(run)));
}

function alternation(expressions: readonly string[]): string {
  return [...new Set(expressions)].join('|');
}
