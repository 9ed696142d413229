import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { Io } from '../../src/cli/io';

const support = __dirname;

/** A temporary folder; the caller removes it with `removeFolder`. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cratesguard-credential-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Bundles the provider into `folder` and gives the path of its executable. */
export function buildProvider(folder: string): string {
  execFileSync(process.execPath, [join(support, 'build-provider.mjs'), folder]);
  return join(folder, 'cargo-credential-cratesguard.cjs');
}

export interface StandIn {
  readonly port: number;
  readonly stop: () => void;
}

/** Starts a server of test/support, which prints its port. */
export async function startStandIn(script: string, ...args: readonly string[]): Promise<StandIn> {
  const child = spawn(process.execPath, [join(support, script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(Number(line));
    });
    child.once('exit', () => {
      reject(new Error(`${script} ended`));
    });
  });
  return { port, stop: () => child.kill() };
}

/** The whole path of a program on PATH; undefined where this machine has none. */
export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

export interface TestIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
}

/** A command's world: `typed` is what a person types on a terminal; without it there is no terminal. */
export function makeIo(cwd: string, env: Io['env'], typed?: string): TestIo {
  const written = { out: '', err: '' };
  const isTerminal = typed !== undefined;
  const stdin = Object.assign(new PassThrough(), { isTTY: isTerminal });
  stdin.end(typed ?? '');
  return {
    cwd,
    env,
    stdin,
    stdout: { write: (text) => void (written.out += text), isTerminal, width: undefined },
    stderr: { write: (text) => void (written.err += text), isTerminal, width: undefined },
    signal: new AbortController().signal,
    out: () => written.out,
    err: () => written.err,
  };
}
