import { isIPv4 } from 'node:net';
import { GuardError } from '../base/error';

/** Where the crates.io API is asked for unless `--api` says otherwise. */
export const DEFAULT_API = 'https://crates.io';

/** A base address that a secret may be sent to: TLS, or a loopback address. */
export interface ApiAddress {
  /** Scheme, host, port and path prefix, without a slash at the end. */
  readonly base: string;
  readonly loopback: boolean;
}

/**
 * Reads the value of `--api`.
 * @throws GuardError `usage` for anything a key must not be sent to; the message never repeats credentials of the address.
 */
export function parseApiAddress(text: string): ApiAddress {
  if (!URL.canParse(text))
    throw new GuardError('usage', '--api is no web address', { hint: `leave it out to ask ${DEFAULT_API}` });
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new GuardError('usage', '--api holds a user name or password', { hint: 'give the address without them' });
  if (url.search !== '' || url.hash !== '')
    throw new GuardError('usage', '--api holds a query or a fragment', { hint: 'give scheme, host and port only' });
  const loopback = isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
    throw new GuardError('usage', '--api must be https: a key sent without TLS can be read on the way', {
      hint: 'plain http is accepted for a loopback address only',
    });
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, loopback };
}

/** `hostname` as the URL standard writes it: IPv4 normalised, IPv6 in brackets, lower case. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}
