import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { errorCode } from '../base/error';
import { isRecord, parseObject } from '../base/json';
import type { Registry } from './protocol';

/** Cargo's side of the conversation: starts a provider, asks it for a key, and tells what came of it without the key. */

/** In milliseconds; the provider itself gives up sooner. */
const PATIENCE = 30_000;

export type Asked =
  /** `fingerprint` is `sha256:` and hex of the key's bytes, `length` in characters. */
  | {
      readonly kind: 'key';
      readonly fingerprint: string;
      readonly length: number;
      readonly cache: string;
      /** Printed by the provider for the person. */
      readonly notes: string;
    }
  | {
      readonly kind: 'refused';
      readonly error: string;
      readonly message: string;
      readonly causes: readonly string[];
      readonly notes: string;
    }
  /** It did not start, ended early, or does not speak the protocol. */
  | { readonly kind: 'broken'; readonly reason: string; readonly notes: string };

export interface Asking {
  readonly program: string;
  /** Ahead of `--cargo-plugin`: the script, where `program` is Node.js. */
  readonly programArgs?: readonly string[];
  /** The arguments from cargo's configuration. */
  readonly args: readonly string[];
  readonly registry: Registry;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

interface Exchange {
  readonly out: string;
  readonly notes: string;
  readonly problem: string | undefined;
}

function converse({ program, programArgs = [], cwd, env, signal }: Asking, request: string): Promise<Exchange> {
  return new Promise((resolve) => {
    // Windows starts a .cmd only through its shell; nothing of the arguments comes from outside.
    const needsShell = process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(program);
    const patience = AbortSignal.timeout(PATIENCE);
    const child = spawn(needsShell ? `"${program}"` : program, [...programArgs, '--cargo-plugin'], {
      cwd,
      env,
      signal: AbortSignal.any([signal, patience]),
      shell: needsShell,
      windowsHide: true,
    });
    let out = '';
    let notes = '';
    const finish = (problem?: string): void => {
      resolve({ out, notes, problem });
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (notes += text));
    child.on('error', (error) => {
      if (patience.aborted) finish(`it gave no answer within ${PATIENCE / 1000} seconds`);
      else if (signal.aborted) finish('it was interrupted');
      else finish(`it does not start (${errorCode(error) ?? error.name})`);
    });
    child.on('close', (status, killedBy) => {
      if (status === 0) finish();
      else finish(status === null ? `it was ended by ${killedBy ?? 'a signal'}` : `it exited with status ${status}`);
    });
    // A program that ends without reading is told by its exit status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${request}\n`);
  });
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Asks as cargo does before `cargo publish`: a `get` for the operation `read`. Never rejects. */
export async function askProvider(asking: Asking): Promise<Asked> {
  const { registry, args } = asking;
  const { out, notes, problem } = await converse(
    asking,
    JSON.stringify({
      v: 1,
      registry: { 'index-url': registry.indexUrl, ...(registry.name !== undefined && { name: registry.name }) },
      kind: 'get',
      operation: 'read',
      args,
    }),
  );
  if (problem !== undefined) return { kind: 'broken', reason: problem, notes };
  const [hello = '', answer = ''] = out.split('\n');
  const versions = parseObject(hello)?.['v'];
  if (!Array.isArray(versions) || !versions.includes(1))
    return { kind: 'broken', reason: "it does not speak version 1 of cargo's protocol", notes };
  const { Ok: ok, Err: error } = parseObject(answer) ?? {};
  if (isRecord(ok) && typeof ok['token'] === 'string') {
    const { token: key, cache } = ok;
    const fingerprint = `sha256:${createHash('sha256').update(key).digest('hex')}`;
    return { kind: 'key', fingerprint, length: key.length, cache: text(cache), notes };
  }
  if (!isRecord(error) || typeof error['kind'] !== 'string')
    return { kind: 'broken', reason: "its answer is none of cargo's protocol", notes };
  const { kind, message, 'caused-by': causes } = error;
  return { kind: 'refused', error: text(kind), message: text(message), causes: texts(causes), notes };
}
