import { exchange, isFailure, below, statusWords, type HttpAnswer, type HttpFailure, type TlsSettings } from '../http';
import { isRecord, parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import type { StoreContext, StoreOptions } from '../stores';
import { failed, githubToken, readOptional, readText, SERVICE_ACCOUNT_TOKEN, setting, type Failed } from './settings';

/** How HashiCorp Vault is asked, and the ways to a token. */

export interface Vault {
  readonly address: URL;
  readonly namespace: string | undefined;
  readonly tls: TlsSettings;
  readonly context: StoreContext;
}

/** A token, and whether a login gave it: such a token is revoked after use. */
export interface Token {
  readonly kind: 'token';
  /** Undefined for an agent that adds a token by itself. */
  readonly token: string | undefined;
  readonly isOurs: boolean;
}

/** A setting by Vault's name for it, or else by OpenBao's. */
export function vaultSetting(context: StoreContext, name: string): string | undefined {
  return setting(context, `VAULT_${name}`, `BAO_${name}`);
}

/** Encodes each part of an API path; undefined if a part would lead elsewhere. */
function encodePath(path: string): string | undefined {
  const parts = path.replace(/^\/+|\/+$/g, '').split('/');
  return parts.some((part) => part === '' || part === '.' || part === '..')
    ? undefined
    : parts.map(encodeURIComponent).join('/');
}

export interface VaultRequest {
  readonly path: string;
  readonly query?: string;
  readonly token?: string | undefined;
  /** Makes it a POST. */
  readonly body?: Readonly<Record<string, string>>;
}

export async function askVault(vault: Vault, { path, query = '', token, body }: VaultRequest) {
  const encoded = encodePath(path);
  if (encoded === undefined)
    return failed('path', `'${quote(path)}' is not a path of Vault's API such as secret/data/cargo`);
  const { context, tls, namespace } = vault;
  const answer: HttpAnswer | HttpFailure = await exchange({
    method: body === undefined ? 'GET' : 'POST',
    url: below(vault.address, `/v1/${encoded}${query}`),
    headers: {
      accept: 'application/json',
      // Vault's agent and proxy may insist on it, as a guard against forged requests.
      'x-vault-request': 'true',
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
      ...(token !== undefined && { 'x-vault-token': token }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    tls,
    env: context.env,
    signal: context.signal,
  });
  if (!isFailure(answer)) return answer;
  const hint = 'see VAULT_ADDR, and VAULT_CACERT for a private CA';
  return failed(answer.step, 'HashiCorp Vault could not be asked', [answer.failure, hint]);
}

/** Texts under `errors` or `warnings` of an answer. */
export function textsIn(answer: HttpAnswer, key: 'errors' | 'warnings'): readonly string[] {
  const list = parseObject(answer.body)?.[key];
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/**
 * The program that `vault login` hands tokens to and takes them from, where the user's configuration names one.
 * https://developer.hashicorp.com/vault/docs/commands/token-helper
 */
async function tokenHelper(context: StoreContext): Promise<string | undefined> {
  const file = setting(context, 'VAULT_CONFIG_PATH', 'BAO_CONFIG_PATH') ?? `${context.homeFolder}/.vault`;
  const text = (await readOptional(context, file)) ?? '';
  return /^\s*"?token_helper"?\s*[=:]\s*"((?:[^"\\\n]|\\.)+)"/m.exec(text)?.[1]?.replace(/\\(.)/g, '$1');
}

/** What `vault login` left behind, with the token helper or in `~/.vault-token`; empty if nothing. */
async function keptToken(context: StoreContext): Promise<string | Failed> {
  const helper = await tokenHelper(context);
  if (helper === undefined) return ((await readOptional(context, `${context.homeFolder}/.vault-token`)) ?? '').trim();
  try {
    return (await context.runCommand(`${helper} get`)).trim();
  } catch {
    // Its words may hold the token.
    return failed('login', `the token helper ${quote(helper)} failed`);
  }
}

async function storedToken(context: StoreContext): Promise<Token | Failed> {
  const found = (token: string | undefined): Token => ({ kind: 'token', token, isOurs: false });
  const token = vaultSetting(context, 'TOKEN');
  if (token !== undefined) return found(token.trim());
  const kept = await keptToken(context);
  if (typeof kept === 'object') return kept;
  if (kept !== '') return found(kept);
  if (vaultSetting(context, 'AGENT_ADDR') !== undefined) return found(undefined);
  return failed('login', 'there is no Vault token: set VAULT_TOKEN, run `vault login`, or use another --auth');
}

/** What an auth method's login endpoint wants to be told. */
type Credentials = { readonly kind: 'credentials'; readonly body: Readonly<Record<string, string>> } | Failed;

function credentials(body: Readonly<Record<string, string>>): Credentials {
  return { kind: 'credentials', body };
}

function appRole(_: StoreOptions, context: StoreContext): Credentials {
  const roleId = vaultSetting(context, 'ROLE_ID');
  const secretId = vaultSetting(context, 'SECRET_ID');
  return roleId === undefined
    ? failed('settings', '--auth approle needs VAULT_ROLE_ID (and VAULT_SECRET_ID, if the role has one)')
    : credentials({ role_id: roleId, ...(secretId !== undefined && { secret_id: secretId }) });
}

/** GitLab's documentation calls the variable VAULT_ID_TOKEN. https://docs.gitlab.com/ci/secrets/hashicorp_vault/ */
async function idToken(file: string | undefined, context: StoreContext): Promise<string | Failed> {
  if (file !== undefined) return readText(context, file, 'the token that --jwt-file names');
  const token = setting(context, 'VAULT_ID_TOKEN') ?? (await githubToken(context));
  return (
    token ?? failed('settings', '--auth jwt needs --jwt-file FILE, VAULT_ID_TOKEN, or `id-token: write` on GitHub')
  );
}

async function jwt(options: StoreOptions, context: StoreContext): Promise<Credentials> {
  const { role, 'jwt-file': file } = options;
  const token = await idToken(file, context);
  if (typeof token === 'object') return token;
  return credentials({ ...(role !== undefined && { role }), jwt: token.trim() });
}

async function serviceAccount(options: StoreOptions, context: StoreContext): Promise<Credentials> {
  const { role, 'jwt-file': file = SERVICE_ACCOUNT_TOKEN } = options;
  if (role === undefined) return failed('settings', '--auth kubernetes needs --role NAME');
  const token = await readText(context, file, "the service account's token");
  return typeof token === 'string' ? credentials({ role, jwt: token.trim() }) : token;
}

function certificate({ role }: StoreOptions, context: StoreContext): Credentials {
  if (vaultSetting(context, 'CLIENT_CERT') === undefined || vaultSetting(context, 'CLIENT_KEY') === undefined)
    return failed('settings', '--auth cert needs VAULT_CLIENT_CERT and VAULT_CLIENT_KEY');
  return credentials(role === undefined ? {} : { name: role });
}

const METHODS = { approle: appRole, jwt, kubernetes: serviceAccount, cert: certificate };

function isMethod(name: string): name is keyof typeof METHODS {
  return Object.hasOwn(METHODS, name);
}

/** Logs in as `--auth` says. */
export async function logIn(options: StoreOptions, vault: Vault): Promise<Token | Failed> {
  const { auth = 'token', mount = auth } = options;
  if (!isMethod(auth)) return storedToken(vault.context);
  const given = await METHODS[auth](options, vault.context);
  if (given.kind === 'failed') return given;
  const answer = await askVault(vault, { path: `auth/${mount}/login`, body: given.body });
  if ('kind' in answer) return answer;
  const login = parseObject(answer.body)?.['auth'];
  const token = isRecord(login) ? login['client_token'] : undefined;
  if (answer.status === 200 && typeof token === 'string') return { kind: 'token', token, isOurs: true };
  const words = quoteWithout(textsIn(answer, 'errors').join('; '), Object.values(given.body));
  const step = answer.status < 500 ? 'login' : 'answer';
  return failed(step, `HashiCorp Vault did not take the login by ${auth}`, [statusWords(answer, words)]);
}

/** In milliseconds. The key is there by then: cargo should not wait long for this. */
const REVOKE_TIMEOUT = 2000;

/** Ends a token that a login gave. One that can't be ended (a batch token) runs out by itself. */
export async function revoke({ token, isOurs }: Token, vault: Vault): Promise<void> {
  if (!isOurs) return;
  const context = { ...vault.context, signal: AbortSignal.timeout(REVOKE_TIMEOUT) };
  await askVault({ ...vault, context }, { path: 'auth/token/revoke-self', token, body: {} });
}
