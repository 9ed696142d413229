// Timing and memory of whole commands.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORDER = fileURLToPath(new URL('record-memory.cjs', import.meta.url));

/**
 * @typedef {object} Command
 * @property {string} program
 * @property {readonly string[]} args
 * @property {string} [cwd]
 * @property {Record<string, string>} [env] the whole environment
 * @property {() => number} [openInput] gives a file descriptor to read standard input from
 * @property {readonly number[]} [accepts] exit statuses that are no failure; 0 without it
 * @property {() => void} [before] not measured
 * @property {() => void} [after] not measured
 */

/** Runs it once. @param {Command} command @returns {number} milliseconds @throws where it fails */
export function run({ program, args, cwd, env, openInput, accepts = [0], before, after }) {
  before?.();
  const input = openInput?.() ?? 'ignore';
  const started = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(program, args, { cwd, env, stdio: [input, 'ignore', 'pipe'] });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (typeof input === 'number') closeSync(input);
  if (error) throw error;
  if (!accepts.includes(status)) throw new Error(`${program} ${args.join(' ')}: status ${status}\n${String(stderr)}`);
  after?.();
  return milliseconds;
}

/**
 * Runs the commands in turn, so that whatever else the machine does meets them all alike.
 * @template {string} Name
 * @param {Record<Name, Command>} commands
 * @param {number} rounds
 * @returns {Record<Name, number[]>} milliseconds, one a round; a round more, to warm up, is not counted
 */
export function measure(commands, rounds) {
  const names = Object.keys(commands);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) run(commands[name]);
  for (let round = 0; round < rounds; round += 1) for (const name of names) times[name].push(run(commands[name]));
  return times;
}

/** The largest memory of this package's own processes while the command runs, in megabytes. @param {Command} command */
export function peakMemory(command) {
  const folder = mkdtempSync(join(tmpdir(), 'cratesguard-memory-'));
  try {
    const env = {
      ...(command.env ?? process.env),
      NODE_OPTIONS: `--require ${JSON.stringify(RECORDER)}`,
      RECORD_MEMORY_IN: folder,
    };
    run({ ...command, env });
    const peaks = readdirSync(folder).map((file) => Number(readFileSync(join(folder, file), 'utf8')));
    return peaks.length === 0 ? undefined : Math.max(...peaks) / 1024;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {readonly number[]} values @param {number} part between 0 and 1 */
function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** @param {readonly number[]} values @returns {{ median: number, low: number, high: number }} with the quartiles */
export function summarize(values) {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}
