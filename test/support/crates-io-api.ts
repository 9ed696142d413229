import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for the crates.io web API, in this process, with the answers that the real server's source gives
 * (crates.io `src/auth.rs`, `src/controllers/{user/me,token,krate,version,trustpub}`). It logs what came, and never a token.
 * It is the index too, as far as `cargo yank` and `cargo owner` ask it.
 */
export interface ApiState {
  readonly tokens?: Readonly<
    Record<string, { readonly scopes: readonly string[] | null; readonly locked?: boolean | string }>
  >;
  readonly trustpub?: readonly string[];
  readonly users?: Readonly<Record<string, number>>;
  /** `github:org:team` and its id. */
  readonly teams?: Readonly<Record<string, number>>;
  readonly crates?: Readonly<
    Record<
      string,
      { readonly owners: readonly string[]; readonly versions: readonly object[]; readonly trustpub_only?: boolean }
    >
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
  /** Hex, of the token that came with it. */
  readonly tokenSha256: string | null;
  /** Of the answer; 0 until there is one. */
  status: number;
}

export interface RunningApi {
  readonly url: string;
  readonly requests: readonly Readonly<LoggedRequest>[];
  /** `name@version` of what is yanked by now, in the order of the requests. */
  readonly yanked: readonly string[];
  ownersOf(crate: string): readonly string[];
  /** What its owner does to a key on the settings page. */
  revoke(token: string): void;
  close(): Promise<void>;
}

/** What requests have changed. */
interface Changes {
  readonly revoked: Set<string>;
  readonly yanked: Set<string>;
  readonly owners: Map<string, readonly string[]>;
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
  const changes: Changes = { revoked: new Set(), yanked: new Set(), owners: new Map() };
  const script = [...(state.script ?? [])];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const logged: LoggedRequest = {
      method: request.method ?? '',
      path: url.pathname + url.search,
      agent: request.headers['user-agent'] ?? null,
      origin: request.headers.origin !== undefined,
      authorized: request.headers.authorization !== undefined,
      tokenSha256: request.headers.authorization === undefined ? null : sha256(tokenIn(request.headers.authorization)),
      status: 0,
    };
    requests.push(logged);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const scripted = script.shift();
      if (scripted) {
        if (scripted.carriedOut) answer(state, changes, { request, url, body });
        play(scripted, response);
        return;
      }
      const reply = answer(state, changes, { request, url, body });
      logged.status = reply.status;
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get yanked() {
      return [...changes.yanked];
    },
    ownersOf: (crate) => ownersOf(state, changes, crate),
    revoke: (token) => {
      changes.revoked.add(token);
    },
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

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** With or without a scheme in front. */
function tokenIn(header: string): string {
  return header.slice(header.indexOf(' ') + 1).trim();
}

function ownersOf(state: ApiState, { owners }: Changes, crate: string): readonly string[] {
  return owners.get(crate) ?? state.crates?.[crate]?.owners ?? [];
}

/** The order of these checks is the real server's. */
function authenticate(
  state: ApiState,
  { revoked }: Changes,
  request: IncomingMessage,
): Reply | { readonly token: string } {
  const header = request.headers.authorization;
  if (header === undefined) return error(403, 'this action requires authentication');
  const space = header.indexOf(' ');
  const scheme = space < 0 ? '' : header.slice(0, space);
  if (scheme !== '' && scheme.toLowerCase() !== 'bearer')
    return error(401, `Invalid \`Authorization\` header: Found unexpected authentication scheme \`${scheme}\``);
  const token = tokenIn(header);
  if (!token.startsWith('cio')) return error(401, FORMAT_ERROR);
  const known = state.tokens?.[token];
  if (!known || revoked.has(token)) return error(403, 'authentication failed');
  if (known.locked === true) return error(403, 'This account is indefinitely locked. Reason: test');
  if (typeof known.locked === 'string') return error(403, `This account is locked until ${known.locked}. Reason: test`);
  return { token };
}

/** For an endpoint with a scope of its own: a token without scopes may do everything. */
function authorize(state: ApiState, changes: Changes, request: IncomingMessage, scope: string): Reply | null {
  const auth = authenticate(state, changes, request);
  if ('status' in auth) return auth;
  const scopes = state.tokens?.[auth.token]?.scopes ?? null;
  return scopes === null || scopes.includes(scope) ? null : error(403, MISSING_SCOPE);
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: string;
}

function answer(state: ApiState, changes: Changes, asked: Asked): Reply {
  const { request, url } = asked;
  const agent = request.headers['user-agent'] ?? '';
  if (request.headers.origin !== undefined) return error(403, 'invalid origin header');
  if (agent === '') return error(403, 'We require that all requests include a `User-Agent` header.');
  if (/^(node|undici|axios|got)\b/i.test(agent))
    return error(403, 'We are unable to process your request at this time.');
  const route = `${request.method ?? ''} ${url.pathname}`;
  if (route === 'GET /api/v1/me') {
    const auth = authenticate(state, changes, request);
    return 'status' in auth ? auth : error(403, 'this action can only be performed on the crates.io website');
  }
  if (route === 'DELETE /api/v1/tokens/current') {
    const auth = authenticate(state, changes, request);
    if ('status' in auth) return auth;
    if (state.tokens?.[auth.token]?.scopes !== null) return error(403, MISSING_SCOPE);
    changes.revoked.add(auth.token);
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
  if (route === 'GET /config.json')
    return { status: 200, body: { dl: 'https://static.crates.io/crates', api: 'https://crates.io' } };
  const [, yankedCrate, version = ''] =
    /^(?:DELETE|PUT) \/api\/v1\/crates\/([^/]+)\/([^/]+)\/(?:yank|unyank)$/.exec(route) ?? [];
  if (yankedCrate !== undefined) return yank(state, changes, asked, `${yankedCrate}@${version}`);
  const changed = /^(?:DELETE|PUT) \/api\/v1\/crates\/([^/]+)\/owners$/.exec(route)?.[1];
  if (changed !== undefined) return changeOwners(state, changes, asked, changed);
  const [, name, what] = /^GET \/api\/v1\/crates\/([^/]+)\/(versions|owners)$/.exec(route) ?? [];
  if (name !== undefined) {
    const crate = state.crates?.[name];
    if (!crate) return error(404, `crate \`${name}\` does not exist`);
    if (what === 'versions') return page(url, crate.versions, 'versions');
    return {
      status: 200,
      body: {
        users: ownersOf(state, changes, name).map((login) => ({
          id: state.users?.[login] ?? state.teams?.[login] ?? 0,
          login,
          kind: login.includes(':') ? 'team' : 'user',
        })),
      },
    };
  }
  const shown = /^GET \/api\/v1\/crates\/([^/]+)$/.exec(route)?.[1];
  if (shown !== undefined) {
    const crate = state.crates?.[shown];
    if (!crate) return error(404, `crate \`${shown}\` does not exist`);
    return { status: 200, body: { crate: { id: shown, name: shown, trustpub_only: crate.trustpub_only ?? false } } };
  }
  return error(404, 'Not Found');
}

/** Crates.io `src/controllers/version/yank.rs`. */
function yank(state: ApiState, changes: Changes, { request, url }: Asked, spec: string): Reply {
  const isYank = url.pathname.endsWith('/yank');
  if (isYank !== (request.method === 'DELETE')) return error(405, 'Method Not Allowed');
  const refused = authorize(state, changes, request, 'yank');
  if (refused) return refused;
  const [name = '', version = ''] = spec.split('@');
  const crate = state.crates?.[name];
  if (!crate) return error(404, `crate \`${name}\` does not exist`);
  if (!crate.versions.some((row) => 'num' in row && row.num === version))
    return error(404, `crate \`${name}\` does not have a version \`${version}\``);
  if (isYank) changes.yanked.add(spec);
  else changes.yanked.delete(spec);
  return { status: 200, body: { ok: true } };
}

/** Crates.io `src/controllers/krate/owners.rs`; whoever is invited becomes an owner at once. */
function changeOwners(state: ApiState, changes: Changes, { request, body }: Asked, crate: string): Reply {
  const refused = authorize(state, changes, request, 'change-owners');
  if (refused) return refused;
  if (!state.crates?.[crate]) return error(404, `crate \`${crate}\` does not exist`);
  const { users = [] } = JSON.parse(body) as { readonly users?: readonly string[] };
  const before = ownersOf(state, changes, crate);
  if (request.method === 'PUT') {
    changes.owners.set(crate, [...new Set([...before, ...users])]);
    return { status: 200, body: { msg: `${users.join(', ')}: invited`, ok: true } };
  }
  const absent = users.find((login) => !before.includes(login));
  if (absent !== undefined) return error(400, `could not find owner with login \`${absent}\``);
  const after = before.filter((login) => !users.includes(login));
  if (after.length === 0) return error(400, 'cannot remove all individual owners of a crate.');
  changes.owners.set(crate, after);
  return { status: 200, body: { msg: 'owners successfully removed', ok: true } };
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
  const [ids, id] = url.searchParams.has('team_id')
    ? [state.teams, url.searchParams.get('team_id')]
    : [state.users, url.searchParams.get('user_id')];
  const login = Object.keys(ids ?? {}).find((name) => String(ids?.[name]) === id);
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
