import { createHash } from 'node:crypto';
import { errorCode, GuardError } from '../base/error';
import { isRecord, parseObject } from '../base/json';
import { runProgram } from '../base/process';
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

async function exchange({ program, programArgs = [], cwd, env, signal }: Asking, request: string): Promise<Exchange> {
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const { stdout, exit } = await runProgram(program, [...programArgs, '--cargo-plugin'], {
      cwd,
      env,
      signal: AbortSignal.any([signal, patience]),
      input: `${request}\n`,
    });
    const { status, killedBy, stderr: notes } = exit;
    const ended = killedBy === null ? `it exited with status ${status}` : `it was ended by ${killedBy}`;
    return { out: stdout.toString('utf8'), notes, problem: status === 0 ? undefined : ended };
  } catch (error) {
    const cause = error instanceof GuardError ? error.cause : undefined;
    const problem = patience.aborted
      ? `it gave no answer within ${PATIENCE / 1000} seconds`
      : signal.aborted
        ? 'it was interrupted'
        : `it does not start (${errorCode(cause) ?? 'ENOENT'})`;
    return { out: '', notes: '', problem };
  }
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
  const { out, notes, problem } = await exchange(
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
