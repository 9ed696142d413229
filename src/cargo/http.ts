import { request as plainRequest, type IncomingHttpHeaders } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { errorCode } from '../base/error';
import { quote } from './quote';
import type { Step } from './stores';

/** A secret is small; a longer answer is not from a store. In bytes. */
export const LONGEST_ANSWER = 1024 * 1024;

/** PEM texts. */
export interface TlsSettings {
  /** Trusted instead of the system's certificates. */
  readonly ca?: string | undefined;
  /** This client's own certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: TlsSettings;
  /** Names the proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** UTF-8. */
  readonly body: string;
}

/** Why there is no answer: words for a person, without anything that was sent. */
export interface HttpFailure {
  readonly failure: string;
  readonly step: Step;
}

export function isFailure(value: object): value is HttpFailure {
  return 'failure' in value;
}

/** 127.0.0.0/8, ::1 and localhost: an address whose traffic never leaves the machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Reads a store's base address from the setting `name`: HTTPS, or plain HTTP to a loopback address; no password in it. */
export function parseStoreAddress(text: string, name: string): URL | HttpFailure {
  const wrong = (failure: string): HttpFailure => ({ failure: `${name} ${failure}`, step: 'settings' });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return wrong('is not an HTTPS address such as https://store.example:8200');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return wrong(`is plain HTTP, which would show the key to the network: use https://${url.host}`);
  if (url.username !== '' || url.password !== '') return wrong('must not hold a user name or password');
  return url;
}

/** `path` (already encoded) below a base address, whose own path is kept. */
export function below(base: URL, path: string): URL {
  return new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`);
}

const CERTIFICATE_CODES =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|ERR_OSSL|ERR_SSL|EPROTO)/;

/** Words for a failed connection, from the error's code alone: its message may quote what was sent. */
export function explain(error: unknown, { host, hostname }: { host: string; hostname: string }): HttpFailure {
  const code = errorCode(error) ?? 'unknown error';
  switch (code) {
    case 'ECONNREFUSED':
      return { step: 'connection', failure: `nothing listens at ${host} (${code})` };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { step: 'name resolution', failure: `there is no host ${hostname}, or no name service (${code})` };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return { step: 'TLS', failure: `the certificate of ${host} is for another name (${code})` };
    default:
      return CERTIFICATE_CODES.test(code)
        ? { step: 'TLS', failure: `no trusted TLS connection to ${host} (${quote(code)})` }
        : { step: 'connection', failure: `the connection to ${host} failed (${quote(code)})` };
  }
}

/** One exchange. Follows no redirect: the headers hold secrets, and no other host gets them. Never rejects. */
export function exchange(request: HttpRequest): Promise<HttpAnswer | HttpFailure> {
  const { method, url, headers, body, tls = {}, signal } = request;
  const secure = url.protocol === 'https:';
  if (!secure && !isLoopback(url.hostname))
    return Promise.resolve({ step: 'settings', failure: `${url.host} is asked over HTTPS only` });
  return new Promise((resolve) => {
    const fail = (error: unknown): void => {
      resolve(explain(error, url));
    };
    try {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = {
        method,
        headers: { ...headers, ...length },
        signal,
        // NODE_TLS_REJECT_UNAUTHORIZED=0 must not hand the key to whoever is on the way, nor NODE_USE_ENV_PROXY plain HTTP.
        ...(secure ? { ...tls, rejectUnauthorized: true } : { agent: false }),
      };
      const sent = (secure ? tlsRequest : plainRequest)(url, options, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('error', fail);
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size <= LONGEST_ANSWER) return;
          resolve({ step: 'answer', failure: `the answer of ${url.host} is too long to be a secret's` });
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

/** The status and the store's words, for a message. */
export function statusWords({ status, headers }: HttpAnswer, words: string): string {
  if (status >= 300 && status < 400)
    return `it answered with a redirect (${status}), which is not followed with a secret`;
  if (words !== '') return `it answered ${status}: ${words}`;
  return (headers['content-type'] ?? '').includes('html')
    ? `it answered ${status} with a web page: a proxy or a sign-in page may be in between`
    : `it answered ${status}`;
}
