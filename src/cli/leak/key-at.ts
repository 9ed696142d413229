import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { tokenKind } from '../../crates-io/token-kind';
import type { Candidate } from '../../detect/candidate';
import { createDetector } from '../../detect/detector';
import { GuardError, systemErrorCode } from '../../base/error';
import { secretInput, type SecretInput } from '../../leak/secret-input';

interface Place {
  readonly path: string;
  /** 1-based; lines end at LF. */
  readonly line: number;
  /** 1-based; null where the line alone is named. */
  readonly column: number | null;
}

/**
 * The key at `PATH:LINE` (relative to `cwd`), in any form that a scan finds, base64 and UTF-16 among them. A place with a
 * column, as a report shows it, names one of several.
 * @throws GuardError `usage` where the place is malformed or holds no key or several, `unreadable` where the file cannot be read.
 */
export async function secretAt(text: string, cwd: string): Promise<SecretInput> {
  const { path, line, column } = await placeOf(text, cwd);
  const found = await keysOnLine(path, line, column);
  const [only] = found;
  if (only === undefined)
    throw new GuardError('usage', `no crates.io key is on line ${line} of that file`, {
      hint: 'a scan shows the line of each',
    });
  if (found.length > 1)
    throw new GuardError('usage', `several keys are on line ${line} of that file`, {
      hint: 'pipe in the one that you mean, or add its column: PATH:LINE:COLUMN',
    });
  return only;
}

async function placeOf(text: string, cwd: string): Promise<Place> {
  const [, path, line] = /^(.+):(\d+)$/s.exec(text) ?? [];
  if (path === undefined || !isPosition(line))
    throw new GuardError('usage', '--at takes PATH:LINE', { hint: 'for instance --at src/main.rs:12' });
  if (await isFile(resolve(cwd, path))) return { path: resolve(cwd, path), line: Number(line), column: null };
  const [, shorter, before] = /^(.+):(\d+)$/s.exec(path) ?? [];
  if (shorter !== undefined && isPosition(before) && (await isFile(resolve(cwd, shorter))))
    return { path: resolve(cwd, shorter), line: Number(before), column: Number(line) };
  throw new GuardError('unreadable', 'what --at names is no file that can be read', {
    hint: 'a path is taken from the folder that you are in',
  });
}

function isPosition(digits: string | undefined): boolean {
  const number = Number(digits);
  return Number.isSafeInteger(number) && number >= 1;
}

/** Only a regular file: a pipe would wait for ever for somebody to write. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}

/** The distinct keys on a line. */
async function keysOnLine(path: string, line: number, column: number | null): Promise<readonly SecretInput[]> {
  const detector = createDetector({ path });
  const keys = new Map<string, SecretInput>();
  const take = (candidates: readonly Candidate[]): void => {
    for (const candidate of candidates) {
      if (candidate.line !== line || (column !== null && candidate.column !== column)) continue;
      const value = candidate.secret.reveal();
      const kind = tokenKind(value);
      if (kind !== null) keys.set(value, secretInput(value, kind));
    }
  };
  try {
    for await (const part of createReadStream(path)) take(detector.push(part as Buffer));
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    throw new GuardError('unreadable', `the file that --at names could not be read (${code})`, { cause });
  }
  take(detector.end());
  return [...keys.values()];
}
