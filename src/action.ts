/**
 * The GitHub Action (action.yml): `scan --ci` with the inputs as options. Inputs come and outputs go as the runner has
 * them: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRecord, parseJson } from './base/json';

const { env } = process;

function input(name: string): string {
  return (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
}

function flag(name: string): boolean {
  const value = input(name).toLowerCase();
  if (value === 'true' || value === 'false' || value === '') return value === 'true';
  throw new Error(`the input ${name} is true or false`);
}

/** Words as a shell would have them, without anything that a shell does to them. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}

function output(name: string, value: string): void {
  const file = env['GITHUB_OUTPUT'];
  if (file === undefined || file === '') return;
  const end = randomUUID();
  appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
}

/** How many findings block; empty where there is no report. */
function blockedIn(file: string): string {
  try {
    const report = parseJson(readFileSync(file, 'utf8'));
    const summary = isRecord(report) ? report['summary'] : undefined;
    return isRecord(summary) ? String(summary['blocked']) : '';
  } catch {
    return ''; // nothing was scanned, and the status says so
  }
}

function run(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(__dirname, 'cratesguard.cjs'), ...args], {
    cwd: input('working-directory') || process.cwd(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      resolve(status ?? 3);
    });
  });
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(env['RUNNER_TEMP'] ?? tmpdir(), 'cratesguard-'));
  const format = input('format') || 'sarif';
  const report = join(folder, `cratesguard.${format === 'gitlab' ? 'json' : format}`);
  const counted = join(folder, 'findings.json');
  const status = await run([
    ...['scan', '--ci', '--report', `${format}=${report}`, '--report', `json=${counted}`],
    ...(flag('fetch') ? ['--fetch'] : []),
    ...(input('config-from') === '' ? [] : ['--config-from', input('config-from')]),
    ...wordsOf(input('args')),
  ]);
  output('status', String(status));
  output('findings', blockedIn(counted));
  output('report', existsSync(report) ? report : '');
  // What could not be read is never let through.
  return status === 1 && input('fail').toLowerCase() === 'false' ? 0 : status;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stdout.write(`::error::cratesguard: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 3;
  },
);
