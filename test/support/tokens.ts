import { createHash } from 'node:crypto';

/**
 * Tokens for tests, built at run time from a seed: nothing token-shaped is ever written down.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function alphanumerics(label: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    const digest = createHash('sha512').update(`${label}:${block}`).digest();
    for (const byte of digest) if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
  }
  return text;
}

/** A well-formed crates.io API token. */
export function apiToken(seed: string | number): string {
  return `cio${alphanumerics(`api:${seed}`, 32)}`;
}

/** A Trusted Publishing token with a right checksum, or with a wrong one. */
export function trustpubToken(seed: string | number, checksum: 'right' | 'wrong' = 'right'): string {
  const raw = alphanumerics(`tp:${seed}`, 31);
  const sum = Buffer.from(raw).reduce((xor, byte) => xor ^ byte, 0);
  return `cio_tp_${raw}${ALPHABET.charAt((sum + (checksum === 'right' ? 0 : 1)) % 62)}`;
}

/** A PASERK secret key of the right shape. */
export function secretKey(seed: string | number): string {
  return `k3.secret.${createHash('sha384').update(`key:${seed}`).digest('base64url')}`;
}

/** A token as a private registry might give it: alphanumerics without a format of their own. */
export function registryToken(seed: string | number, length = 32): string {
  return alphanumerics(`reg:${seed}`, length);
}

/** A value as a `cargo_session` cookie has it. */
export function sessionValue(seed: string | number): string {
  return `${createHash('sha256').update(`mac:${seed}`).digest('base64')}${alphanumerics(`session:${seed}`, 40)}`;
}
