import { below, exchange, parseStoreAddress, statusWords, type HttpAnswer } from '../http';
import { isRecord, parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import { failed, pickField, readText, SERVICE_ACCOUNT_TOKEN, setting, type Failed } from './settings';
import type { StoreAnswer, StoreContext, StoreOptions } from '../stores';

/**
 * HashiCorp Vault over its HTTP API: https://developer.hashicorp.com/vault/api-docs/secret/kv
 * OpenBao speaks the same.
 */

/** Texts under `errors` or `warnings` of an answer. */
function texts(answer: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const list = answer[key];
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

interface Vault {
  readonly address: URL;
  readonly namespace: string | undefined;
  readonly ca: string | undefined;
  readonly context: StoreContext;
}

async function openVault(context: StoreContext): Promise<Vault | Failed> {
  const text = setting(context, 'VAULT_ADDR');
  if (text === undefined) return failed('VAULT_ADDR is not set: it says where HashiCorp Vault is');
  const address = parseStoreAddress(text, 'VAULT_ADDR');
  if ('failure' in address) return failed(address.failure);
  const caFile = setting(context, 'VAULT_CACERT');
  const ca = caFile === undefined ? undefined : await readText(context, caFile, 'the file that VAULT_CACERT names');
  if (typeof ca === 'object') return ca;
  return { address, ca, namespace: setting(context, 'VAULT_NAMESPACE'), context };
}

/** Encodes each part of an API path; undefined where a part would lead elsewhere. */
function encodePath(path: string): string | undefined {
  const parts = path.replace(/^\/+|\/+$/g, '').split('/');
  return parts.some((part) => part === '' || part === '.' || part === '..')
    ? undefined
    : parts.map(encodeURIComponent).join('/');
}

async function ask(
  vault: Vault,
  path: string,
  what: { readonly token: string } | { readonly body: Readonly<Record<string, string>> },
): Promise<HttpAnswer | Failed> {
  const encoded = encodePath(path);
  if (encoded === undefined)
    return failed(`'${quote(path)}' is no path of Vault's API: it looks like secret/data/cargo`);
  const answer = await exchange({
    method: 'token' in what ? 'GET' : 'POST',
    url: below(vault.address, `/v1/${encoded}`),
    headers: {
      accept: 'application/json',
      // Vault's agent and proxy may insist on it, as a guard against forged requests.
      'x-vault-request': 'true',
      ...(vault.namespace !== undefined && { 'x-vault-namespace': vault.namespace }),
      ...('token' in what ? { 'x-vault-token': what.token } : { 'content-type': 'application/json' }),
    },
    ...('body' in what && { body: JSON.stringify(what.body) }),
    ca: vault.ca,
    signal: vault.context.signal,
  });
  return 'failure' in answer
    ? failed('HashiCorp Vault could not be asked', [
        answer.failure,
        'see VAULT_ADDR, and VAULT_CACERT for a private CA',
      ])
    : answer;
}

function refused(action: string, answer: HttpAnswer, secrets: readonly (string | undefined)[]): Failed {
  const words = quoteWithout(texts(parseObject(answer.body) ?? {}, 'errors').join('; '), secrets);
  const causes = [statusWords(answer.status, words)];
  if (answer.status === 403) causes.push('the token may have ended, or its policy does not allow this path');
  return failed(`HashiCorp Vault did not ${action}`, causes);
}

async function storedToken(context: StoreContext): Promise<string | Failed> {
  const token = setting(context, 'VAULT_TOKEN');
  if (token !== undefined) return token.trim();
  const file = `${context.homeFolder}/.vault-token`;
  const text = await readText(context, file, "Vault's token file");
  if (typeof text === 'string' && text.trim() !== '') return text.trim();
  return failed('there is no Vault token: set VAULT_TOKEN, run `vault login`, or use --auth approle or kubernetes');
}

/** What an auth method's login endpoint wants to be told. */
interface Credentials {
  readonly kind: 'credentials';
  readonly body: Readonly<Record<string, string>>;
}

function appRole(context: StoreContext): Credentials | Failed {
  const roleId = setting(context, 'VAULT_ROLE_ID');
  const secretId = setting(context, 'VAULT_SECRET_ID');
  if (roleId === undefined)
    return failed('--auth approle needs VAULT_ROLE_ID (and VAULT_SECRET_ID, where the role has one)');
  return { kind: 'credentials', body: { role_id: roleId, ...(secretId !== undefined && { secret_id: secretId }) } };
}

async function serviceAccount(options: StoreOptions, context: StoreContext): Promise<Credentials | Failed> {
  const { role, 'jwt-file': file = SERVICE_ACCOUNT_TOKEN } = options;
  if (role === undefined) return failed('--auth kubernetes needs --role NAME');
  const jwt = await readText(context, file, "the service account's token");
  return typeof jwt === 'string' ? { kind: 'credentials', body: { role, jwt: jwt.trim() } } : jwt;
}

async function logIn(method: 'approle' | 'kubernetes', options: StoreOptions, vault: Vault): Promise<string | Failed> {
  const credentials = method === 'approle' ? appRole(vault.context) : await serviceAccount(options, vault.context);
  if (credentials.kind === 'failed') return credentials;
  const { body } = credentials;
  const answer = await ask(vault, `auth/${options['mount'] ?? method}/login`, { body });
  if ('kind' in answer) return answer;
  const auth = parseObject(answer.body)?.['auth'];
  const token = isRecord(auth) ? auth['client_token'] : undefined;
  if (answer.status === 200 && typeof token === 'string') return token;
  return refused(`take the login by ${method}`, answer, Object.values(body));
}

/** The fields of a secret and, where Vault says so, when it ends: KV version 2 wraps them once more than version 1. */
function secretIn(answer: Readonly<Record<string, unknown>>, now: number) {
  const { data, lease_id: lease, lease_duration: seconds } = answer;
  if (!isRecord(data)) return undefined;
  if (isRecord(data['data']) && isRecord(data['metadata'])) {
    const deletion = data['metadata']['deletion_time'];
    const end = typeof deletion === 'string' ? Date.parse(deletion) : NaN;
    return { fields: data['data'], expiration: Number.isNaN(end) ? undefined : Math.floor(end / 1000) };
  }
  // KV version 1 has a lease_duration too, but as a mere hint; only a leased secret ends.
  const leased = typeof lease === 'string' && lease !== '' && typeof seconds === 'number' && seconds > 0;
  return { fields: data, expiration: leased ? Math.floor(now / 1000) + seconds : undefined };
}

function keyIn(answer: HttpAnswer, path: string, field: string): StoreAnswer {
  const secret = secretIn(parseObject(answer.body) ?? {}, Date.now());
  if (secret === undefined) return failed(`what HashiCorp Vault has at ${quote(path)} is no secret`);
  const { fields, expiration } = secret;
  const picked = pickField(fields, field, `the secret at ${quote(path)}`);
  return picked.kind === 'failed' || expiration === undefined ? picked : { ...picked, expiration };
}

/** Reads one field of a secret. A path without a secret, or with a deleted one, is not found. */
export async function readVault(options: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  const { path = '', field = 'api_key', auth = 'token' } = options;
  const vault = await openVault(context);
  if ('kind' in vault) return vault;
  const token =
    auth === 'approle' || auth === 'kubernetes' ? await logIn(auth, options, vault) : await storedToken(context);
  if (typeof token === 'object') return token;
  const answer = await ask(vault, path, { token });
  if ('kind' in answer) return answer;
  if (answer.status === 200) return keyIn(answer, path, field);
  if (answer.status !== 404) return refused(`give the secret at ${quote(path)}`, answer, [token]);
  const said = parseObject(answer.body) ?? {};
  const words = quoteWithout([...texts(said, 'warnings'), ...texts(said, 'errors')].join('; '), [token]);
  return {
    kind: 'not-found',
    reason: `HashiCorp Vault has no secret at ${quote(path)}${words === '' ? '' : `: ${words}`}`,
  };
}
