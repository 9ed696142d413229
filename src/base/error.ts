import type { Outcome } from '../outcome';

/** The closed set of things that can stop a command; each maps to an outcome in outcomeOfError. */
export type ErrorCode =
  | 'usage' // an argument or option that makes no sense
  | 'config' // a configuration file that does not
  | 'no-repository'
  | 'git-missing'
  | 'git-too-old'
  | 'git-failed'
  | 'unreadable' // a file, blob or stream that could not be read whole
  | 'unwritable' // a place that could not be written
  | 'damaged' // an archive, object or report that is not what it says
  | 'missing-tool' // another program that the work needs (cargo, …)
  | 'network'
  | 'interrupted'
  | 'unsupported'; // cannot be done here, and why is in the message

export interface GuardErrorDetails {
  /** What to do about it, one sentence for the person who reads it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * An expected failure. `message` says what happened, `hint` what to do. Neither may hold a secret: whatever quotes
 * foreign text (a path, git's stderr, a configuration value) is masked before it gets here or by the one writer,
 * cli/output.
 */
export class GuardError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: GuardErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'GuardError';
    this.code = code;
    this.hint = details.hint;
  }
}

export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof GuardError && (error.code === 'usage' || error.code === 'config')) return { kind: 'usage' };
  return { kind: 'incomplete' };
}

const FILE_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** Why a file could not be read, from the operating system's code, to go after its name and a colon. */
export function fileFailure(code: string): string {
  return FILE_FAILURES[code] ?? `cannot be read (${code})`;
}

/** The code of an error that the operating system gave (`ENOENT`…), whichever realm it comes from; undefined for any other. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The code that Node.js gives an error of the system, TLS or a library (`ENOENT`, `EPIPE`…); undefined for any other. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = errorCode(error);
  return code !== undefined && codes.includes(code);
}
