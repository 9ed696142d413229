import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { maskOf, tokenKind, type TokenKind } from '../crates-io/token-kind';
import { Secret } from '../detect/secret';
import { GuardError } from '../error';

/** The one secret that a command is about. */
export interface SecretInput {
  readonly secret: Secret;
  readonly kind: TokenKind;
  /** `sha256:` and 64 hex digits of the secret's bytes: what a report of this program shows, and what crates.io stores of an API token. */
  readonly fingerprint: string;
}

/** A key has 39 characters at most; whoever pipes more than this has piped the wrong thing. */
const MAX_INPUT = 64 * 1024;

/** @throws GuardError `usage` where the stream is not exactly one key on one line. */
export async function secretFromStream(stream: NodeJS.ReadableStream): Promise<SecretInput> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    size += bytes.length;
    if (size > MAX_INPUT)
      throw new GuardError('usage', 'standard input holds more than one key', { hint: 'pipe in the key alone' });
    parts.push(bytes);
  }
  return secretFromText(Buffer.concat(parts).toString('latin1'));
}

/** @throws GuardError `usage` where `text`, less its line end, is not one key. The message never quotes it. */
export function secretFromText(text: string): SecretInput {
  const line = text.replace(/(\r?\n|\r)+$/, '');
  if (line === '')
    throw new GuardError('usage', 'no key came on standard input', {
      hint: 'pipe it in, or say where it is with --at PATH:LINE',
    });
  if (/[\r\n]/.test(line))
    throw new GuardError('usage', 'standard input holds several lines', { hint: 'one key at a time' });
  const kind = tokenKind(line);
  if (kind === null)
    throw new GuardError('usage', 'what came on standard input is no crates.io key', {
      hint: 'a key is "cio" and 32 letters and digits, or "cio_tp_" and 32 of which the last is a checksum; without quotes, spaces or "Bearer"',
    });
  return secretInput(line, kind);
}

/**
 * The key at `PATH:LINE` (relative to `cwd`; lines count from 1 and end at LF).
 * @throws GuardError `usage` where the place is malformed or holds no key or several, `unreadable` where the file cannot be read.
 */
export async function secretAt(place: string, cwd: string): Promise<SecretInput> {
  const [, path, number] = /^(.+):(\d+)$/s.exec(place) ?? [];
  const line = Number(number);
  if (path === undefined || !Number.isSafeInteger(line) || line < 1)
    throw new GuardError('usage', '--at takes PATH:LINE', { hint: 'for instance --at src/main.rs:12' });
  const found = keysOnLine(await bytesOf(path, cwd), line);
  const [only] = found;
  if (only === undefined)
    throw new GuardError('usage', `no crates.io key is on line ${line} of that file`, {
      hint: 'a scan shows the line of each',
    });
  if (found.length > 1)
    throw new GuardError('usage', `several keys are on line ${line} of that file`, {
      hint: 'pipe in the one that you mean',
    });
  return only;
}

async function bytesOf(path: string, cwd: string): Promise<Buffer> {
  try {
    return await readFile(resolve(cwd, path));
  } catch (cause) {
    throw new GuardError('unreadable', 'the file that --at names could not be read', { cause });
  }
}

/** The distinct keys on a line, as plain text. */
function keysOnLine(bytes: Buffer, line: number): SecretInput[] {
  const text = bytes.toString('latin1').split('\n')[line - 1] ?? '';
  const keys = new Map<string, SecretInput>();
  for (const [word] of text.matchAll(/(?<![A-Za-z0-9])cio(?:_tp_)?[A-Za-z0-9]{32}(?![A-Za-z0-9])/g)) {
    const kind = tokenKind(word);
    if (kind !== null) keys.set(word, secretInput(word, kind));
  }
  return [...keys.values()];
}

function secretInput(value: string, kind: TokenKind): SecretInput {
  return {
    secret: new Secret(value, maskOf(kind)),
    kind,
    fingerprint: `sha256:${createHash('sha256').update(value, 'latin1').digest('hex')}`,
  };
}
