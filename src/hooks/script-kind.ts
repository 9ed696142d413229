/** Shells whose scripts can hold the managed block; csh and fish speak another language. */
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'ksh93', 'mksh', 'pdksh', 'zsh', 'yash', 'busybox']);

/**
 * True where a hook file (its bytes as latin1) is a script of a Bourne-like shell: by its first line, and without one too,
 * because git then runs it with sh. A file with a NUL byte near its start is a program.
 */
export function isShellScript(text: string): boolean {
  if (!text.startsWith('#!')) return !text.slice(0, 8000).includes('\0');
  const [firstLine = ''] = text.slice(2).split(/\r?\n/, 1);
  return SHELLS.has(interpreterOf(firstLine));
}

/** The interpreter's name in a shebang line: `/usr/bin/env -S FOO=1 bash -e` is `bash`. */
function interpreterOf(line: string): string {
  const words = line.trim().split(/[\t ]+/);
  const first = baseName(words[0] ?? '');
  if (first !== 'env') return first;
  const program = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
  return baseName(program ?? '');
}

function baseName(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(/\.exe$/i, '');
}
