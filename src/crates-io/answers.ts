import { isRecord, parseJson } from '../base/json';
import type { Answer } from './exchange';

/** What the server's own words say. Its status alone tells nothing: alive and dead keys both get 403. */
export type AuthReading =
  | { readonly kind: 'website-only' } // authenticated, then refused because no token is let in here
  | { readonly kind: 'not-authenticated' } // unknown, revoked or expired; the server does not tell which
  | { readonly kind: 'locked'; readonly detail: string } // authenticated, the account is locked
  | { readonly kind: 'missing-scope' } // authenticated, a scoped token on an endpoint without a scope
  | { readonly kind: 'no-content' } // 204
  | { readonly kind: 'unclear'; readonly why: string };

/**
 * Reads an answer to a request that carried an API token. Sources: crates.io `src/auth.rs`,
 * `src/controllers/user/me.rs`, `src/controllers/token.rs`. Whatever is not exactly one of the known sentences is
 * unclear: a blocked request, a portal's page, a broken or cut answer says nothing about the key.
 */
export function readAuthAnswer(answer: Answer): AuthReading {
  if (answer.kind === 'failed') return unclear(answer.reason);
  if (answer.status === 204) return { kind: 'no-content' };
  if (answer.status >= 300 && answer.status < 400)
    return unclear(
      `the server answered with a redirect (${answer.status}); it was not followed, so that the key goes nowhere else`,
    );
  const detail = errorDetail(answer.body);
  if (detail === null)
    return unclear(`status ${answer.status} with a body that is no answer of the crates.io API (a portal or a proxy?)`);
  if (answer.status === 403) {
    if (detail === 'this action can only be performed on the crates.io website') return { kind: 'website-only' };
    if (detail === 'authentication failed') return { kind: 'not-authenticated' };
    if (detail === 'this token does not have the required permissions to perform this action')
      return { kind: 'missing-scope' };
    if (/^This account is (indefinitely locked|locked until .+)\. Reason: /s.test(detail))
      return { kind: 'locked', detail: quoted(detail) };
    if (detail === 'this action requires authentication')
      return unclear('the key did not arrive: something on the way took the Authorization header out');
  }
  if (answer.status === 401 && detail.startsWith('The given API token does not match the format used by crates.io'))
    return unclear(
      'what arrived does not start as a crates.io key does, and what was sent does: something on the way changed it',
    );
  return unclear(`the server answered ${answer.status}: ${quoted(detail)}`);
}

/** `errors[0].detail` of an error body (`{"errors":[{"detail":"…"}]}`); null where the body is none. */
export function errorDetail(body: string): string | null {
  const value = parseJson(body);
  if (!isRecord(value) || !Array.isArray(value['errors'])) return null;
  const first: unknown = value['errors'][0];
  return isRecord(first) && typeof first['detail'] === 'string' ? first['detail'] : null;
}

function unclear(why: string): AuthReading {
  return { kind: 'unclear', why };
}

/** The server's words, for a message: one line, of bounded length. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
