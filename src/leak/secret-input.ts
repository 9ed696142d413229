import { createHash } from 'node:crypto';
import { maskOf, tokenKind, type TokenKind } from '../crates-io/token-kind';
import { Secret } from '../detect/secret';
import { GuardError } from '../base/error';

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

/**
 * @throws GuardError `usage` where `text` is not one key. Blanks and line ends around it, and the byte order mark that
 * PowerShell puts before it, do not count: the server trims too. The message never quotes it.
 */
export function secretFromText(text: string): SecretInput {
  const line = text.replace(/^(?:\uFEFF|\xEF\xBB\xBF)/, '').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (line === '')
    throw new GuardError('usage', 'no key came on standard input', {
      hint: 'pipe it in, or say where it is with --at PATH:LINE',
    });
  if (/[\r\n]/.test(line))
    throw new GuardError('usage', 'standard input holds several lines', { hint: 'one key at a time' });
  const kind = tokenKind(line);
  if (kind === null)
    throw new GuardError('usage', 'what came on standard input is no crates.io key', {
      hint: 'a key is "cio" and 32 letters and digits, or "cio_tp_" and 32 of which the last is a checksum; without quotes or "Bearer"',
    });
  return secretInput(line, kind);
}

/** A key that is known to be one, as the commands take it. */
export function secretInput(value: string, kind: TokenKind): SecretInput {
  return {
    secret: new Secret(value, maskOf(kind)),
    kind,
    fingerprint: `sha256:${createHash('sha256').update(value, 'latin1').digest('hex')}`,
  };
}
