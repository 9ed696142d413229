/**
 * The lines on which the keys of a TOML file stand, by their dotted path (parts joined by NUL, so that a dot in a quoted
 * key is no border). smol-toml gives values without places; this walks the same text for the places alone and trusts
 * that it is well-formed. Source: https://toml.io/en/v1.0.0
 */
export function tomlLines(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let table: readonly string[] = [];
  for (const { statement, line } of statements(text)) {
    const header = /^\[\[?([\s\S]*?)\]\]?\s*$/.exec(statement);
    if (header?.[1] !== undefined) {
      table = keyParts(header[1]);
      note(found, table, line);
      continue;
    }
    const key = keyParts(statement);
    if (key.length > 0) note(found, [...table, ...key], line);
  }
  return found;
}

/** The line of a path, or of the closest table or key that holds it. */
export function tomlLine(lines: ReadonlyMap<string, number>, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(path.slice(0, length).join('\0'));
    if (line !== undefined) return line;
  }
  return 1;
}

function note(found: Map<string, number>, path: readonly string[], line: number): void {
  const name = path.join('\0');
  if (!found.has(name)) found.set(name, line);
}

/** `a . "b.c" = …` and `a."b.c"` give [a, b.c]. */
function keyParts(text: string): readonly string[] {
  const parts: string[] = [];
  const pattern = /\s*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([\w-]+))\s*(\.|=|$)/y;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    parts.push(match[1] ?? match[2] ?? match[3] ?? '');
    if (match[4] !== '.') break;
  }
  return parts;
}

/** Headers and `key = value` statements, each with the line it starts on; a value may go over several lines. */
function statements(text: string): readonly { statement: string; line: number }[] {
  const found: { statement: string; line: number }[] = [];
  const pattern =
    /"""(?:\\[\s\S]|[^\\])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|\n|[[\]{}]|[^"'#\n[\]{}]+|["']/g;
  let statement = '';
  let line = 1;
  let start = 1;
  let depth = 0;
  let isHeader = false;
  const finish = (): void => {
    if (statement.trim() !== '') found.push({ statement: statement.trim(), line: start });
    statement = '';
    depth = 0;
  };
  for (const [part] of text.matchAll(pattern)) {
    if (statement.trim() === '') {
      start = line;
      isHeader = part === '[';
    }
    if (part === '\n' && (depth === 0 || isHeader)) finish();
    else if (!part.startsWith('#')) {
      if (part === '[' || part === '{') depth += 1;
      if (part === ']' || part === '}') depth -= 1;
      if (part !== '\n' || statement !== '') statement += part;
    }
    line += part.split('\n').length - 1;
  }
  finish();
  return found;
}
