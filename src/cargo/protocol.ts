import { isRecord, parseObject } from '../base/json';

/**
 * Cargo's credential-provider protocol, version 1, as data: one JSON value a line, hello, then a request and its answer.
 * https://doc.rust-lang.org/cargo/reference/credential-provider-protocol.html
 */

export const HELLO = { v: [1] } as const;

/** The registry that a request is about. */
export interface Registry {
  /** crates.io always comes with the address of its git index. */
  readonly indexUrl: string;
  /** What the user's configuration calls it, where it has a name. */
  readonly name: string | undefined;
}

export interface KeyRequest {
  readonly kind: 'get';
  readonly registry: Registry;
  /** The store and its options, as cargo's configuration has them. */
  readonly args: readonly string[];
}

/** A request this provider understands but does not carry out, or one of a kind that it does not know. */
export interface UnsupportedRequest {
  readonly kind: 'unsupported';
  /** True for login and logout, which cargo's user asked for by name. */
  readonly byUser: boolean;
}

interface MalformedRequest {
  readonly kind: 'malformed';
  /** A sentence that quotes nothing of the request: a login request holds a key. */
  readonly reason: string;
}

export type Request = KeyRequest | UnsupportedRequest | MalformedRequest;

/** How long cargo may keep a key; `expires` carries the end in Unix seconds (cargo drops it a minute early). */
type Cache =
  | { readonly cache: 'never' }
  | { readonly cache: 'session' }
  | { readonly cache: 'expires'; readonly expiration: number };

export type Answer =
  | { readonly Ok: { readonly kind: 'get'; readonly token: string; readonly operation_independent: boolean } & Cache }
  | { readonly Err: { readonly kind: 'not-found' | 'url-not-supported' | 'operation-not-supported' } }
  | {
      readonly Err: { readonly kind: 'other'; readonly message: string; readonly 'caused-by'?: readonly string[] };
    };

/** Every operation of a `get` request that protocol version 1 has; a later one may need what this provider can't tell. */
const OPERATIONS = ['read', 'publish', 'yank', 'unyank', 'owners'];

function malformed(reason: string): MalformedRequest {
  return { kind: 'malformed', reason };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function readRegistry(value: unknown): Registry | undefined {
  if (!isRecord(value)) return undefined;
  const { 'index-url': indexUrl, name } = value;
  if (typeof indexUrl !== 'string') return undefined;
  if (name === undefined || name === null) return { indexUrl, name: undefined };
  return typeof name === 'string' ? { indexUrl, name } : undefined;
}

/** Reads one line that cargo wrote. Unknown fields are left alone: cargo may add some. */
export function parseRequest(line: string): Request {
  const request = parseObject(line);
  if (request === undefined) return malformed('the request is not a JSON object');
  const { v, kind, operation, registry, args = [] } = request;
  if (v !== 1) {
    const asked = typeof v === 'number' ? ` ${v}` : '';
    return malformed(`unsupported protocol version${asked}: this provider speaks version 1`);
  }
  if (typeof kind !== 'string') return malformed('the request has no kind');
  if (kind !== 'get') return { kind: 'unsupported', byUser: kind === 'login' || kind === 'logout' };
  if (typeof operation !== 'string') return malformed('the request names no operation');
  if (!OPERATIONS.includes(operation)) return { kind: 'unsupported', byUser: false };
  const known = readRegistry(registry);
  if (known === undefined) return malformed('the request names no registry');
  if (!isTexts(args)) return malformed('the arguments of the request are not a list of texts');
  return { kind: 'get', registry: known, args };
}

const CRATES_IO_INDEXES = ['https://github.com/rust-lang/crates.io-index', 'sparse+https://index.crates.io/'];

/** Whether this is crates.io, judged by the index: a name is whatever some configuration file chose. */
export function isCratesIo(registry: Registry): boolean {
  return CRATES_IO_INDEXES.includes(registry.indexUrl);
}
