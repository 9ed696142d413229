import { GuardError } from '../base/error';
import type { ConfigText } from './document';

/** A configuration of a thousand entries is smaller; YAML of this size still parses in a moment, whatever it holds. */
const LARGEST = 256 * 1024;

/**
 * A configuration's bytes as text: UTF-8, with or without a mark.
 *
 * @throws GuardError('config') for any other encoding, a NUL character, and more than LARGEST bytes
 */
export function decodeConfig(name: string, bytes: Uint8Array): ConfigText {
  refuseSize(name, bytes.length);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GuardError('config', `${name}:1:1: this is not UTF-8`, { hint: 'Save the file as UTF-8.', cause: error });
  }
  if (text.includes('\0'))
    throw new GuardError('config', `${name}:1:1: this is not UTF-8 text: it holds NUL characters`);
  return { name, text };
}

export function refuseSize(name: string, size: number): void {
  if (size > LARGEST) throw new GuardError('config', `${name}:1:1: a configuration of more than ${LARGEST / 1024} KiB`);
}
