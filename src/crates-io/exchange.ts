import { Agent as PlainAgent, request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Secret } from '../detect/secret';
import { tunnelThrough } from './proxy';
import { USER_AGENT } from './user-agent';

export interface ApiRequest {
  readonly method: 'GET' | 'DELETE';
  /** From the root of the API's address, with its query. */
  readonly path: string;
  /** Goes into the Authorization header as it is, the way Cargo sends it. */
  readonly secret?: Secret;
}

export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Lower-case names. */
      readonly headers: Readonly<Record<string, string | undefined>>;
      /** The whole body; the secret that was sent is masked in it. */
      readonly body: string;
    }
  /** No answer, or not a whole one. `reached` is false only where the request cannot have arrived. */
  | { readonly kind: 'failed'; readonly reason: string; readonly reached: boolean };

export interface Wire {
  readonly base: string;
  readonly proxy: URL | null;
  /** Milliseconds for one request, from its start to the last byte of the answer. */
  readonly timeout: number;
}

/** No answer of the API comes near this; a page of a hundred versions has some 200 KB. */
const MAX_BODY = 16 * 1024 * 1024;

/**
 * Sends one request, once, and reads its answer whole. Redirects are answers like any other: nothing follows them, so
 * nobody else gets the secret. No Origin header is ever sent (crates.io refuses requests that carry one).
 * @throws the signal's reason when it is aborted.
 */
export async function exchange(request: ApiRequest, wire: Wire, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const url = new URL(`${wire.base}${request.path}`);
  const secure = url.protocol === 'https:';
  const timeout = AbortSignal.timeout(wire.timeout);
  const options: RequestOptions = {
    method: request.method,
    headers: { 'User-Agent': USER_AGENT, Accept: 'application/json' },
    signal: AbortSignal.any([signal, timeout]),
    agent: agentFor(secure, wire.proxy),
    // NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment must not hand the key to whoever is on the way.
    ...(secure && { rejectUnauthorized: true }),
  };
  let reached = false;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const outgoing = (secure ? tlsRequest : plainRequest)(url, options, (incoming) => {
        readBody(incoming).then((body) => {
          resolve({
            kind: 'answered',
            status: incoming.statusCode ?? 0,
            headers: flat(incoming),
            body: scrub(body, request),
          });
        }, reject);
      });
      // Not among the options: NODE_DEBUG=http and NODE_DEBUG=net print those.
      if (request.secret) outgoing.setHeader('Authorization', request.secret.reveal());
      outgoing.on('socket', (socket) => {
        // A tunnel hands over a TLS socket whose handshake is still to come; bytes leave only after it.
        socket.once(secure || socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => (reached = true));
      });
      // The agent plays a proxy's refusal back as if the server had said it. What a proxy says about a key is worth nothing.
      outgoing.on('proxyConnect', (connect: { statusCode: number }) => {
        if (connect.statusCode !== 200)
          outgoing.destroy(new Error(`the proxy refused the connection with ${connect.statusCode}`));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  } catch (error) {
    signal.throwIfAborted();
    const reason = timeout.aborted ? `no answer within ${Math.round(wire.timeout / 1000)} seconds` : describe(error);
    return { kind: 'failed', reason: scrub(reason, request), reached };
  }
}

/** A connection for each request: a kept one could break under a request that has left, and then nobody knows. */
function agentFor(secure: boolean, proxy: URL | null): PlainAgent {
  if (!secure) return new PlainAgent({ keepAlive: false });
  return proxy === null ? new TlsAgent({ keepAlive: false }) : tunnelThrough(proxy);
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function flat(incoming: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** An error page may repeat the request; what we keep of it must not hold the secret. */
function scrub(text: string, { secret }: ApiRequest): string {
  return secret ? text.replaceAll(secret.reveal(), secret.mask) : text;
}

/** Node.js wraps the failures of several addresses into one error without a message of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(describe).join('; ');
  if (error instanceof Error) {
    if (error.message === 'aborted') return 'the connection broke off in the middle of the answer';
    // OpenSSL words its errors for its authors.
    if ('code' in error && error.code === 'EPROTO') return 'no TLS connection: what answers there does not speak TLS';
    return error.message;
  }
  return 'the connection failed';
}
