import { spawnSync } from 'node:child_process';

/** A grep as an argument list. */
export type Grep = readonly [string, ...string[]];

/** For each text, whether the expression matches one of its lines, as the hooks ask: NULs gone, bytes for characters. */
export function gateMatches(
  [program, ...args]: Grep,
  expression: string,
  texts: readonly Uint8Array[],
): readonly boolean[] {
  const newline = Buffer.from('\n');
  const lines = texts.map((text) => Buffer.concat([Buffer.from(text.filter((byte) => byte !== 0)), newline]));
  const found = spawnSync(program, [...args, '-a', '-n', '-E', expression], {
    input: Buffer.concat(lines),
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 1 << 28,
  });
  if (found.error !== undefined || (found.status ?? 2) > 1) throw new Error(`grep failed: ${found.stderr.toString()}`);
  const matched = new Set(
    found.stdout
      .toString('latin1')
      .split('\n')
      .map((line) => parseInt(line, 10)),
  );
  let line = 1;
  return lines.map((text) => {
    let matches = false;
    for (const byte of text)
      if (byte === 0x0a) {
        matches ||= matched.has(line);
        line += 1;
      }
    return matches;
  });
}
