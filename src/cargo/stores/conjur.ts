import { below, exchange, isFailure, parseStoreAddress, statusWords, type HttpAnswer } from '../http';
import { isRecord, parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import type { StoreAnswer, StoreContext, StoreOptions } from '../stores';
import { conjurSettings, netrcLogin, type ReadSetting } from './conjur-settings';
import {
  failed,
  githubToken,
  readOptional,
  readText,
  refusal,
  SERVICE_ACCOUNT_TOKEN,
  setting,
  type Failed,
} from './settings';

/**
 * CyberArk Conjur over its REST API: https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/lp_rest_api.htm
 * The environment variables are those of its own command line and client libraries.
 */

interface Conjur {
  readonly address: URL;
  /** Encoded. */
  readonly account: string;
  readonly ca: string | undefined;
  readonly setting: ReadSetting;
  readonly context: StoreContext;
}

/** What is sent to log in: where, as what, and the secret in it. */
interface Login {
  /** Encoded. */
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
  readonly secret: string;
  /** What to look at if it is refused. */
  readonly hint: string;
}

async function certificates(context: StoreContext, read: ReadSetting): Promise<string | undefined | Failed> {
  const text = setting(context, 'CONJUR_SSL_CERTIFICATE');
  if (text !== undefined) return text;
  const file = read('CONJUR_CERT_FILE', 'cert_file');
  return file === undefined ? undefined : readText(context, file, 'the file that CONJUR_CERT_FILE names');
}

async function openConjur(context: StoreContext): Promise<Conjur | Failed> {
  const read = await conjurSettings(context);
  const text = read('CONJUR_APPLIANCE_URL', 'appliance_url', 'conjur_url');
  const account = read('CONJUR_ACCOUNT', 'account', 'conjur_account');
  if (text === undefined)
    return failed('settings', 'CONJUR_APPLIANCE_URL is not set: it says where CyberArk Conjur is');
  if (account === undefined)
    return failed('settings', 'CONJUR_ACCOUNT is not set: it names the account in CyberArk Conjur');
  const address = parseStoreAddress(text, 'CONJUR_APPLIANCE_URL');
  if (isFailure(address)) return failed(address.step, address.failure);
  const ca = await certificates(context, read);
  if (typeof ca === 'object') return ca;
  return { address, account: encodeURIComponent(account), ca, setting: read, context };
}

/** The token for the JWT authenticator: from the variable, a file, GitHub Actions, or the pod's service account. */
async function jwtOf(context: StoreContext): Promise<string | Failed> {
  const token = setting(context, 'CONJUR_AUTHN_JWT_TOKEN');
  if (token !== undefined) return token;
  const file = setting(context, 'JWT_TOKEN_PATH');
  const given = file === undefined ? await githubToken(context) : undefined;
  return given ?? readText(context, file ?? SERVICE_ACCOUNT_TOKEN, 'the token for the JWT authenticator');
}

async function jwtLogin(service: string, { account, context }: Conjur): Promise<Login | Failed> {
  const host = setting(context, 'CONJUR_AUTHN_JWT_HOST_ID');
  const text = await jwtOf(context);
  if (typeof text === 'object') return text;
  const jwt = text.trim();
  const parts = [account, ...(host === undefined ? [] : [encodeURIComponent(host)]), 'authenticate'];
  return {
    path: `/authn-jwt/${encodeURIComponent(service)}/${parts.join('/')}`,
    body: new URLSearchParams({ jwt }).toString(),
    contentType: 'application/x-www-form-urlencoded',
    secret: jwt,
    hint: 'see the policy of the JWT authenticator and the claims of the token',
  };
}

async function apiKeyLogin({ account, address, setting: read, context }: Conjur): Promise<Login | Failed> {
  const named = {
    login: setting(context, 'CONJUR_AUTHN_LOGIN'),
    password: setting(context, 'CONJUR_AUTHN_API_KEY'),
  };
  const file = read('NETRC', 'netrc_path') ?? `${context.homeFolder}/.netrc`;
  const base = address.href.replace(/\/+$/, '');
  const kept =
    named.login === undefined || named.password === undefined
      ? netrcLogin((await readOptional(context, file)) ?? '', [`${base}/authn`, base])
      : undefined;
  const { login, password } = kept ?? named;
  if (login === undefined || password === undefined)
    return failed(
      'settings',
      'there is no login for CyberArk Conjur: set CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY, run `conjur login`, or set CONJUR_AUTHN_TYPE=jwt and CONJUR_SERVICE_ID',
    );
  return {
    path: `/authn/${account}/${encodeURIComponent(login)}/authenticate`,
    body: password,
    contentType: 'text/plain',
    secret: password,
    hint: `see CONJUR_ACCOUNT and ${kept === undefined ? 'CONJUR_AUTHN_LOGIN, CONJUR_AUTHN_API_KEY' : 'the login in .netrc'}`,
  };
}

/** The login that CONJUR_AUTHN_TYPE asks for. */
function loginOf(conjur: Conjur): Promise<Login | Failed> {
  const { setting: read } = conjur;
  const service = read('CONJUR_SERVICE_ID', 'service_id') ?? setting(conjur.context, 'CONJUR_AUTHN_JWT_SERVICE_ID');
  const implied = setting(conjur.context, 'CONJUR_AUTHN_JWT_SERVICE_ID') === undefined ? 'authn' : 'jwt';
  const type = read('CONJUR_AUTHN_TYPE', 'authn_type') ?? implied;
  switch (type) {
    case 'authn':
      return apiKeyLogin(conjur);
    case 'jwt':
      return service === undefined
        ? Promise.resolve(failed('settings', 'CONJUR_SERVICE_ID is not set: it names the JWT authenticator'))
        : jwtLogin(service, conjur);
    default:
      return Promise.resolve(failed('settings', `CONJUR_AUTHN_TYPE is authn or jwt, and not '${quote(type)}'`));
  }
}

async function ask(
  conjur: Conjur,
  path: string,
  what: { readonly login: Login } | { readonly token: string },
): Promise<HttpAnswer | Failed> {
  const answer = await exchange({
    method: 'login' in what ? 'POST' : 'GET',
    url: below(conjur.address, path),
    headers:
      'login' in what
        ? { 'content-type': what.login.contentType, 'accept-encoding': 'base64' }
        : { authorization: `Token token="${what.token}"` },
    ...('login' in what && { body: what.login.body }),
    tls: { ca: conjur.ca },
    env: conjur.context.env,
    signal: conjur.context.signal,
  });
  if (!isFailure(answer)) return answer;
  const hint = 'see CONJUR_APPLIANCE_URL, and CONJUR_CERT_FILE or CONJUR_SSL_CERTIFICATE for a private CA';
  return failed(answer.step, 'CyberArk Conjur could not be asked', [answer.failure, hint]);
}

/** An access token in base64, as the header wants it; given as that or as JSON. */
function accessToken(text: string): string | undefined {
  const trimmed = text.trim();
  const encoded = trimmed.startsWith('{') ? Buffer.from(trimmed).toString('base64') : trimmed.replace(/\s+/g, '');
  const isToken = parseObject(Buffer.from(encoded, 'base64').toString('utf8')) !== undefined;
  return isToken && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? encoded : undefined;
}

/** A token that somebody else fetched, such as Conjur's authenticator beside a pod; undefined if none is named. */
async function givenToken(context: StoreContext): Promise<string | undefined | Failed> {
  const file = setting(context, 'CONJUR_AUTHN_TOKEN_FILE');
  const what = 'the file that CONJUR_AUTHN_TOKEN_FILE names';
  const text = file === undefined ? setting(context, 'CONJUR_AUTHN_TOKEN') : await readText(context, file, what);
  if (typeof text !== 'string') return text;
  const name = file === undefined ? 'CONJUR_AUTHN_TOKEN' : what;
  return accessToken(text) ?? failed('settings', `${name} holds no access token, neither JSON nor its base64`);
}

/** Conjur words its errors as `{ "error": { "code": …, "message": … } }`, or not at all. */
function errorIn({ body }: HttpAnswer): { readonly code: unknown; readonly words: string } {
  const error = parseObject(body)?.['error'];
  if (!isRecord(error)) return { code: undefined, words: '' };
  const { code, message } = error;
  return { code, words: typeof message === 'string' ? message : '' };
}

async function logIn(conjur: Conjur): Promise<string | Failed> {
  const given = await givenToken(conjur.context);
  if (given !== undefined) return given;
  const login = await loginOf(conjur);
  if ('kind' in login) return login;
  const answer = await ask(conjur, login.path, { login });
  if ('kind' in answer) return answer;
  const token = answer.status === 200 ? accessToken(answer.body) : undefined;
  if (token !== undefined) return token;
  const causes = [statusWords(answer, quoteWithout(errorIn(answer).words, [login.secret]))];
  const isRefused = answer.status === 401 || answer.status === 403 || answer.status === 404;
  return isRefused
    ? failed('login', 'CyberArk Conjur did not take the login', [...causes, login.hint])
    : failed('answer', 'CyberArk Conjur gave no access token', causes);
}

/** Reads a variable. One without a value, or that this login may not even see, is not found: Conjur does not tell them apart. */
export async function readConjur({ variable = '' }: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  const conjur = await openConjur(context);
  if ('kind' in conjur) return conjur;
  const token = await logIn(conjur);
  if (typeof token === 'object') return token;
  const answer = await ask(conjur, `/secrets/${conjur.account}/variable/${encodeURIComponent(variable)}`, { token });
  if ('kind' in answer) return answer;
  const isPage = (answer.headers['content-type'] ?? '').includes('html');
  if (answer.status === 200 && !isPage) return { kind: 'key', key: answer.body };
  const { code, words } = errorIn(answer);
  if (answer.status === 404 && code === 'not_found')
    return { kind: 'not-found', reason: `CyberArk Conjur has no variable ${quote(variable)} with a value` };
  return refusal(`CyberArk Conjur did not give the variable ${quote(variable)}`, { answer, words, secrets: [token] });
}
