import { errorCode } from '../../base/error';
import { exchange, isFailure, statusWords, type HttpAnswer } from '../http';
import { parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import type { Step, StoreAnswer, StoreContext } from '../stores';

/** What the stores have in common: settings, files, tokens of the platform, fields. */

export type Failed = Extract<StoreAnswer, { kind: 'failed' }>;

/** Neither `reason` nor `causes` may hold a secret. */
export function failed(step: Step, reason: string, causes: readonly string[] = []): Failed {
  return { kind: 'failed', step, reason, causes };
}

/** The first of these environment variables that is set and not empty. */
export function setting({ env }: StoreContext, ...names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}

/** The text of a file, or a failure that says `what` can't be read. */
export async function readText(context: StoreContext, path: string, what: string): Promise<string | Failed> {
  try {
    return await context.readFile(path);
  } catch (error) {
    return failed('settings', `${what} can't be read: ${quote(path)} (${errorCode(error) ?? 'unknown error'})`);
  }
}

/** The text of a file; undefined if it does not exist or can't be read. */
export async function readOptional(context: StoreContext, path: string): Promise<string | undefined> {
  const text = await readText(context, path, '');
  return typeof text === 'string' ? text : undefined;
}

/** Where Kubernetes puts the token of a pod's service account. */
export const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * The token that GitHub Actions vouches for this job with; undefined elsewhere, or without `id-token: write`.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export async function githubToken(context: StoreContext): Promise<string | Failed | undefined> {
  const address = setting(context, 'ACTIONS_ID_TOKEN_REQUEST_URL');
  const secret = setting(context, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  if (address === undefined || secret === undefined || !URL.canParse(address)) return undefined;
  const { signal, env } = context;
  const headers = { authorization: `Bearer ${secret}`, accept: 'application/json' };
  const answer = await exchange({ method: 'GET', url: new URL(address), headers, env, signal });
  const reason = 'GitHub gave no identity token for this job';
  if (isFailure(answer)) return failed(answer.step, reason, [answer.failure]);
  const token = parseObject(answer.body)?.['value'];
  if (answer.status === 200 && typeof token === 'string') return token;
  return failed('login', reason, [statusWords(answer, '')]);
}

/** Picks the text in `field`, or says which fields there are. `what` names the secret. */
export function pickField(
  fields: Readonly<Record<string, unknown>>,
  field: string,
  what: string,
): { readonly kind: 'key'; readonly key: string } | Failed {
  const key = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof key === 'string') return { kind: 'key', key };
  const names = Object.keys(fields).map(quote).join(', ');
  return failed('field', `${what} has no text in a field '${quote(field)}'; it has: ${names === '' ? 'none' : names}`);
}

/** A refusal by its status, in the store's own words without `secrets`, which it may have sent back. */
export function refusal(
  reason: string,
  { answer, words, secrets }: { answer: HttpAnswer; words: string; secrets: readonly (string | undefined)[] },
  causes: readonly string[] = [],
): Failed {
  const step = answer.status === 401 || answer.status === 403 ? 'permission' : 'answer';
  return failed(step, reason, [statusWords(answer, quoteWithout(words, secrets)), ...causes]);
}
