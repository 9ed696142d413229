import { below, exchange, parseStoreAddress, statusWords, type HttpAnswer } from '../http';
import { isRecord, parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import { failed, readText, SERVICE_ACCOUNT_TOKEN, setting, type Failed } from './settings';
import type { StoreAnswer, StoreContext, StoreOptions } from '../stores';

/**
 * CyberArk Conjur over its REST API: https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/lp_rest_api.htm
 * The environment variables are those of its own command line and client libraries.
 */

interface Conjur {
  readonly address: URL;
  /** Encoded. */
  readonly account: string;
  readonly ca: string | undefined;
  readonly context: StoreContext;
}

/** What is sent to log in: where, as what, and the secret in it. */
interface Login {
  /** Encoded. */
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
  readonly secret: string;
}

async function certificates(context: StoreContext): Promise<string | undefined | Failed> {
  const text = setting(context, 'CONJUR_SSL_CERTIFICATE');
  if (text !== undefined) return text;
  const file = setting(context, 'CONJUR_CERT_FILE');
  return file === undefined ? undefined : readText(context, file, 'the file that CONJUR_CERT_FILE names');
}

async function openConjur(context: StoreContext): Promise<Conjur | Failed> {
  const text = setting(context, 'CONJUR_APPLIANCE_URL');
  const account = setting(context, 'CONJUR_ACCOUNT');
  if (text === undefined) return failed('CONJUR_APPLIANCE_URL is not set: it says where CyberArk Conjur is');
  if (account === undefined)
    return failed('CONJUR_ACCOUNT is not set: it says which account of CyberArk Conjur to use');
  const address = parseStoreAddress(text, 'CONJUR_APPLIANCE_URL');
  if ('failure' in address) return failed(address.failure);
  const ca = await certificates(context);
  if (typeof ca === 'object') return ca;
  return { address, account: encodeURIComponent(account), ca, context };
}

/** The login of the JWT authenticator, where CONJUR_AUTHN_JWT_SERVICE_ID asks for it. */
async function jwtLogin(service: string, { account, context }: Conjur): Promise<Login | Failed> {
  const host = setting(context, 'CONJUR_AUTHN_JWT_HOST_ID');
  const file = setting(context, 'JWT_TOKEN_PATH') ?? SERVICE_ACCOUNT_TOKEN;
  const text =
    setting(context, 'CONJUR_AUTHN_JWT_TOKEN') ??
    (await readText(context, file, 'the token for the JWT authenticator'));
  if (typeof text === 'object') return text;
  const jwt = text.trim();
  const parts = [account, ...(host === undefined ? [] : [encodeURIComponent(host)]), 'authenticate'];
  return {
    path: `/authn-jwt/${encodeURIComponent(service)}/${parts.join('/')}`,
    body: new URLSearchParams({ jwt }).toString(),
    contentType: 'application/x-www-form-urlencoded',
    secret: jwt,
  };
}

function apiKeyLogin({ account, context }: Conjur): Login | Failed {
  const login = setting(context, 'CONJUR_AUTHN_LOGIN');
  const secret = setting(context, 'CONJUR_AUTHN_API_KEY');
  if (login === undefined || secret === undefined)
    return failed(
      'there is no login for CyberArk Conjur: set CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY, or CONJUR_AUTHN_JWT_SERVICE_ID',
    );
  return {
    path: `/authn/${account}/${encodeURIComponent(login)}/authenticate`,
    body: secret,
    contentType: 'text/plain',
    secret,
  };
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
    ca: conjur.ca,
    signal: conjur.context.signal,
  });
  if (!('failure' in answer)) return answer;
  const hint = 'see CONJUR_APPLIANCE_URL, and CONJUR_CERT_FILE or CONJUR_SSL_CERTIFICATE for a private CA';
  return failed('CyberArk Conjur could not be asked', [answer.failure, hint]);
}

/** The access token in base64, as the header wants it; older servers ignore `Accept-Encoding` and send JSON. */
function accessToken(body: string): string | undefined {
  const text = body.trim();
  const encoded = text.startsWith('{') ? Buffer.from(text).toString('base64') : text.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? encoded : undefined;
}

/** Conjur words its errors as `{ "error": { "message": … } }`, or not at all. */
function wordsOf(body: string, secrets: readonly string[]): string {
  const error = parseObject(body)?.['error'];
  const message = isRecord(error) ? error['message'] : undefined;
  return typeof message === 'string' ? quoteWithout(message, secrets) : '';
}

async function logIn(conjur: Conjur): Promise<string | Failed> {
  const service = setting(conjur.context, 'CONJUR_AUTHN_JWT_SERVICE_ID');
  const login = service === undefined ? apiKeyLogin(conjur) : await jwtLogin(service, conjur);
  if ('kind' in login) return login;
  const answer = await ask(conjur, login.path, { login });
  if ('kind' in answer) return answer;
  const token = answer.status === 200 ? accessToken(answer.body) : undefined;
  if (token !== undefined) return token;
  const causes = [statusWords(answer.status, wordsOf(answer.body, [login.secret]))];
  if (answer.status === 401)
    causes.push(
      service === undefined
        ? 'see CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY'
        : 'see the policy of the JWT authenticator and the claims of the token',
    );
  return failed('CyberArk Conjur did not take the login', causes);
}

/** Reads a variable. One without a value, or that this login may not even see, is not found: Conjur does not tell them apart. */
export async function readConjur(options: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  const { variable = '' } = options;
  const conjur = await openConjur(context);
  if ('kind' in conjur) return conjur;
  const token = await logIn(conjur);
  if (typeof token === 'object') return token;
  const answer = await ask(conjur, `/secrets/${conjur.account}/variable/${encodeURIComponent(variable)}`, { token });
  if ('kind' in answer) return answer;
  if (answer.status === 200) return { kind: 'key', key: answer.body };
  if (answer.status === 404)
    return { kind: 'not-found', reason: `CyberArk Conjur has no variable ${quote(variable)} with a value` };
  const causes = [statusWords(answer.status, wordsOf(answer.body, [token]))];
  return failed(`CyberArk Conjur did not give the variable ${quote(variable)}`, causes);
}
