import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for the crates.io web API, in this process, with the answers that the real server's source gives
 * (crates.io `src/auth.rs`, `src/controllers/{user/me,token,krate,trustpub}`). It logs what came, and never a token.
 */
export interface ApiState {
  readonly tokens?: Readonly<
    Record<string, { readonly scopes: readonly string[] | null; readonly locked?: boolean | string }>
  >;
  readonly trustpub?: readonly string[];
  readonly users?: Readonly<Record<string, number>>;
  readonly crates?: Readonly<
    Record<string, { readonly owners: readonly string[]; readonly versions: readonly object[] }>
  >;
  /** Taken one by one, first to last, before anything else is looked at; null leaves a request to the stand-in. */
  readonly script?: readonly (ScriptedAnswer | null)[];
}

interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string;
  /** `cut` promises more bytes than it sends; `silent` never answers; `drop` closes the connection without a word. */
  readonly end?: 'cut' | 'silent' | 'drop';
  /** Carried out all the same, as when an answer is lost on its way back. */
  readonly carriedOut?: true;
}

interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly agent: string | null;
  readonly origin: boolean;
  readonly authorized: boolean;
}

export interface RunningApi {
  readonly url: string;
  readonly requests: readonly LoggedRequest[];
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

const FORMAT_ERROR =
  'The given API token does not match the format used by crates.io. Tokens generated before 2020-07-14 were generated with an insecure random number generator, and have been revoked. You can generate a new token at https://crates.io/me. For more information please see https://blog.rust-lang.org/2020/07/14/crates-io-security-advisory.html. We apologize for any inconvenience.';
const MISSING_SCOPE = 'this token does not have the required permissions to perform this action';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export async function startCratesIoApi(state: ApiState = {}): Promise<RunningApi> {
  const requests: LoggedRequest[] = [];
  const revoked = new Set<string>();
  const script = [...(state.script ?? [])];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push({
      method: request.method ?? '',
      path: url.pathname + url.search,
      agent: request.headers['user-agent'] ?? null,
      origin: request.headers.origin !== undefined,
      authorized: request.headers.authorization !== undefined,
    });
    const scripted = script.shift();
    if (scripted) {
      if (scripted.carriedOut) answer(state, revoked, request, url);
      play(scripted, response);
      return;
    }
    const reply = answer(state, revoked, request, url);
    response.writeHead(reply.status, { 'content-type': 'application/json' });
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}

function play(scripted: ScriptedAnswer, response: ServerResponse): void {
  const body = scripted.body ?? '';
  if (scripted.end === 'silent') return;
  if (scripted.end === 'drop') {
    response.destroy();
    return;
  }
  const promised = scripted.end === 'cut' ? { 'content-length': String(Buffer.byteLength(body) + 100) } : {};
  response.writeHead(scripted.status, { 'content-type': 'application/json', ...promised, ...scripted.headers });
  if (scripted.end === 'cut') response.write(body, () => response.destroy());
  else response.end(body);
}

/** The body of every error under /api/. */
export function errorBody(detail: string): string {
  return JSON.stringify({ errors: [{ detail }] });
}

function error(status: number, detail: string): Reply {
  return { status, body: { errors: [{ detail }] } };
}

/** The order of these checks is the real server's. */
function authenticate(
  state: ApiState,
  revoked: ReadonlySet<string>,
  request: IncomingMessage,
): Reply | { readonly token: string } {
  const header = request.headers.authorization;
  if (header === undefined) return error(403, 'this action requires authentication');
  const space = header.indexOf(' ');
  const scheme = space < 0 ? '' : header.slice(0, space);
  if (scheme !== '' && scheme.toLowerCase() !== 'bearer')
    return error(401, `Invalid \`Authorization\` header: Found unexpected authentication scheme \`${scheme}\``);
  const token = header.slice(space + 1).trim();
  if (!token.startsWith('cio')) return error(401, FORMAT_ERROR);
  const known = state.tokens?.[token];
  if (!known || revoked.has(token)) return error(403, 'authentication failed');
  if (known.locked === true) return error(403, 'This account is indefinitely locked. Reason: test');
  if (typeof known.locked === 'string') return error(403, `This account is locked until ${known.locked}. Reason: test`);
  return { token };
}

function answer(state: ApiState, revoked: Set<string>, request: IncomingMessage, url: URL): Reply {
  const agent = request.headers['user-agent'] ?? '';
  if (request.headers.origin !== undefined) return error(403, 'invalid origin header');
  if (agent === '') return error(403, 'We require that all requests include a `User-Agent` header.');
  if (/^(node|undici|axios|got)\b/i.test(agent))
    return error(403, 'We are unable to process your request at this time.');
  const route = `${request.method ?? ''} ${url.pathname}`;
  if (route === 'GET /api/v1/me') {
    const auth = authenticate(state, revoked, request);
    return 'status' in auth ? auth : error(403, 'this action can only be performed on the crates.io website');
  }
  if (route === 'DELETE /api/v1/tokens/current') {
    const auth = authenticate(state, revoked, request);
    if ('status' in auth) return auth;
    if (state.tokens?.[auth.token]?.scopes !== null) return error(403, MISSING_SCOPE);
    revoked.add(auth.token);
    return { status: 204 };
  }
  if (route === 'DELETE /api/v1/trusted_publishing/tokens') return revokeTrustpub(request);
  const user = /^GET \/api\/v1\/users\/([^/]+)$/.exec(route)?.[1];
  if (user !== undefined) {
    const id = state.users?.[user];
    return id === undefined
      ? error(404, 'Not Found')
      : { status: 200, body: { user: { id, login: user, name: user } } };
  }
  if (route === 'GET /api/v1/crates') return cratesOf(state, url);
  const [, name, what] = /^GET \/api\/v1\/crates\/([^/]+)\/(versions|owners)$/.exec(route) ?? [];
  if (name !== undefined) {
    const crate = state.crates?.[name];
    if (!crate) return error(404, `crate \`${name}\` does not exist`);
    if (what === 'versions') return page(url, crate.versions, 'versions');
    return {
      status: 200,
      body: { users: crate.owners.map((login) => ({ id: state.users?.[login] ?? 0, login, kind: 'user' })) },
    };
  }
  return error(404, 'Not Found');
}

function revokeTrustpub(request: IncomingMessage): Reply {
  const header = request.headers.authorization;
  if (header === undefined) return error(401, 'Missing `Authorization` header');
  const body = /^cio_tp_([A-Za-z0-9]{32})$/.exec(header.replace(/^bearer /i, '').trim())?.[1];
  const parses =
    body !== undefined &&
    ALPHABET[Buffer.from(body.slice(0, 31)).reduce((sum, byte) => sum ^ byte, 0) % 62] === body[31];
  // 204 for every token that parses, whether or not it was still there.
  return parses ? { status: 204 } : error(401, 'Invalid `Authorization` header: Failed to parse token');
}

function cratesOf(state: ApiState, url: URL): Reply {
  const login = Object.keys(state.users ?? {}).find(
    (name) => String(state.users?.[name]) === url.searchParams.get('user_id'),
  );
  const names = Object.entries(state.crates ?? {})
    .filter(([, crate]) => login !== undefined && crate.owners.includes(login))
    .map(([name]) => ({ id: name, name }));
  return page(url, names, 'crates');
}

/** At most 100 rows, 10 unless told; the next page is at meta.next_page, a query string. */
function page(url: URL, rows: readonly object[], key: string): Reply {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 10), 100);
  const at = Number(url.searchParams.get('page') ?? 1);
  const next = new URLSearchParams(url.searchParams);
  next.set('page', String(at + 1));
  const more = at * size < rows.length;
  return {
    status: 200,
    body: {
      [key]: rows.slice((at - 1) * size, at * size),
      meta: { total: rows.length, next_page: more ? `?${next.toString()}` : null },
    },
  };
}
