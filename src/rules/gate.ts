/**
 * The shell gate's pattern: an extended regular expression (POSIX, `LC_ALL=C`) that every finding's line matches, after
 * NUL bytes are taken out. It must not hold a single quote or a line feed: it stands in a quoted shell string.
 */
export function gateExpression(): string {
  return [
    'cio[A-Za-z0-9\\\\%_]{8}',
    'k3[.]secret[.]',
    'cargo_session',
    '([Cc]argo|CARGO)_?[A-Za-z_]*TOKEN',
    'SECRET_KEY',
    'cargo +login',
    '--token',
    'credentials',
    'Y2lv|Npb[z0-3]|jaW[89]|azMuc2|szLnNl|rMy5zZ',
    '63696[fF]|6[bB]33',
    '(%|\\\\x|\\\\u00)[67][0-9a-fA-F]',
    'token["]? *[=:] *["]',
  ].join('|');
}
