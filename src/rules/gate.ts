import { RULES } from './all';

/**
 * One POSIX extended regular expression that matches some line of every change in which `detect` finds something: for
 * `LC_ALL=C grep -E` of GNU, BSD and busybox, on lines without NULs. It holds no single quote, so that it may stand
 * between single quotes in a POSIX shell, and no backslash escape but `\\` outside and `\` inside of brackets.
 */
export function gateExpression(): string {
  return [...new Set(RULES.flatMap((rule) => rule.gate))].join('|');
}
