import { errorCode } from '../../base/error';
import { quote } from '../quote';
import type { StoreAnswer, StoreContext } from '../stores';

export type Failed = Extract<StoreAnswer, { kind: 'failed' }>;

/** Neither `reason` nor `causes` may hold a secret. */
export function failed(reason: string, causes: readonly string[] = []): Failed {
  return { kind: 'failed', reason, causes };
}

/** An environment variable; set but empty is not set. */
export function setting(context: StoreContext, name: string): string | undefined {
  const value = context.env[name];
  return value === '' ? undefined : value;
}

/** The text of a file, or a failure that says `what` can't be read. */
export async function readText(context: StoreContext, path: string, what: string): Promise<string | Failed> {
  try {
    return await context.readFile(path);
  } catch (error) {
    return failed(`${what} can't be read: ${quote(path)} (${errorCode(error) ?? 'unknown error'})`);
  }
}

/** Where Kubernetes puts the token of a pod's service account. */
export const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Picks the text in `field`, or says which fields there are. `what` names the secret. */
export function pickField(
  fields: Readonly<Record<string, unknown>>,
  field: string,
  what: string,
): { readonly kind: 'key'; readonly key: string } | Failed {
  const key = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof key === 'string') return { kind: 'key', key };
  const names = Object.keys(fields).map(quote).join(', ');
  return failed(`${what} has no text in a field '${quote(field)}'; it has: ${names === '' ? 'no field' : names}`);
}
