import { request as plainRequest, type IncomingHttpHeaders } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { errorCode } from '../base/error';
import { quote } from './quote';

/** A secret and what comes with it is small; a longer answer is not from the store that was meant. In bytes. */
const LONGEST_ANSWER = 1024 * 1024;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates in PEM; they take the place of the system's. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** UTF-8. */
  readonly body: string;
}

/** What kept an exchange from happening: words for a person, without anything that was sent. */
export interface HttpFailure {
  readonly failure: string;
}

/** 127.0.0.0/8, ::1 and localhost: an address whose traffic never leaves the machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Reads the base address of a store from the environment variable `variable`, or says what is wrong with it: it is
 * asked over HTTPS, plain HTTP is for a loopback address only, and no password is in it.
 */
export function parseStoreAddress(text: string, variable: string): URL | HttpFailure {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return { failure: `${variable} is no HTTPS address: it looks like https://store.example:8200` };
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return { failure: `${variable} is plain HTTP, which would show the key to the network: use https://${url.host}` };
  if (url.username !== '' || url.password !== '') return { failure: `${variable} must hold no user name or password` };
  return url;
}

/** `path` (already encoded) below a base address that may have a path of its own. */
export function below(base: URL, path: string): URL {
  return new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`);
}

const CERTIFICATE_CODES =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|ERR_OSSL|ERR_SSL|EPROTO)/;

/** Words for a failed connection, from the error's code alone: its message may quote what was sent. */
export function explain(error: unknown, url: { readonly host: string; readonly hostname: string }): string {
  const code = errorCode(error) ?? 'unknown error';
  const where = url.host;
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${where} (${code})`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no host ${url.hostname}, or no name service (${code})`;
    default:
      return CERTIFICATE_CODES.test(code)
        ? `no trusted TLS connection to ${where} (${quote(code)})`
        : `the connection to ${where} failed (${quote(code)})`;
  }
}

/** One exchange. Follows no redirect: the headers hold secrets, and no other host gets them. Never rejects. */
export function exchange(request: HttpRequest): Promise<HttpAnswer | HttpFailure> {
  const { method, url, headers, body, ca, signal } = request;
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve) => {
    const fail = (error: unknown): void => {
      resolve({ failure: explain(error, url) });
    };
    try {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      // Node.js may be told to use a proxy (NODE_USE_ENV_PROXY): it sees TLS pass, but plain HTTP must stay on this machine.
      const agent = url.protocol === 'http:' ? { agent: false } : {};
      const options = {
        method,
        headers: { ...headers, ...length },
        signal,
        ...agent,
        ...(ca !== undefined && { ca }),
      };
      const sent = send(url, options, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('error', fail);
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size <= LONGEST_ANSWER) return;
          resolve({ failure: `the answer of ${url.host} is too long to be a secret's` });
          response.destroy();
        });
        response.on('end', () => {
          const { statusCode = 0 } = response;
          resolve({ status: statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      sent.on('error', fail);
      sent.end(body);
    } catch (error) {
      // A header with a line end in it, or certificates that are none.
      fail(error);
    }
  });
}

/** `status` and the words of a store, for a message. */
export function statusWords(status: number, words: string): string {
  if (status >= 300 && status < 400)
    return `it answered with a redirect (${status}), which is not followed with a secret`;
  return words === '' ? `it answered ${status}` : `it answered ${status}: ${words}`;
}
