import { isFailure, parseStoreAddress, statusWords, type HttpAnswer, type TlsSettings } from '../http';
import { isRecord, parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import type { StoreAnswer, StoreContext, StoreOptions } from '../stores';
import { failed, pickField, readText, refusal, type Failed } from './settings';
import { askVault, logIn, revoke, textsIn, vaultSetting, type Vault } from './vault-login';

/**
 * HashiCorp Vault over its HTTP API: https://developer.hashicorp.com/vault/api-docs/secret/kv
 * OpenBao speaks the same.
 */

/** The certificates to trust, in the order in which Vault's own command line looks for them. */
async function certificates(context: StoreContext): Promise<string | undefined | Failed> {
  const text = vaultSetting(context, 'CACERT_BYTES');
  if (text !== undefined) return text;
  const file = vaultSetting(context, 'CACERT');
  if (file !== undefined) return readText(context, file, 'the file that VAULT_CACERT names');
  const folder = vaultSetting(context, 'CAPATH');
  if (folder === undefined) return undefined;
  const names = await context.readFolder(folder).catch(() => []);
  const texts = await Promise.all(
    names.map((name) => readText(context, `${folder}/${name}`, 'a file of VAULT_CAPATH')),
  );
  const found = texts.flatMap((item) => (typeof item === 'string' && item.includes('BEGIN CERTIFICATE') ? [item] : []));
  return found.length > 0 ? found.join('\n') : failed('settings', 'the folder that VAULT_CAPATH names has no PEM file');
}

async function clientFile(
  context: StoreContext,
  name: 'CLIENT_CERT' | 'CLIENT_KEY',
): Promise<string | undefined | Failed> {
  const file = vaultSetting(context, name);
  return file === undefined ? undefined : readText(context, file, `the file that VAULT_${name} names`);
}

async function tlsSettings(context: StoreContext): Promise<TlsSettings | Failed> {
  const ca = await certificates(context);
  if (typeof ca === 'object') return ca;
  const cert = await clientFile(context, 'CLIENT_CERT');
  if (typeof cert === 'object') return cert;
  const key = await clientFile(context, 'CLIENT_KEY');
  if (typeof key === 'object') return key;
  return { ca, cert, key };
}

async function openVault(context: StoreContext): Promise<Vault | Failed> {
  const agent = vaultSetting(context, 'AGENT_ADDR');
  const text = agent ?? vaultSetting(context, 'ADDR');
  if (text === undefined) return failed('settings', 'VAULT_ADDR is not set: it says where HashiCorp Vault is');
  const address = parseStoreAddress(text, agent === undefined ? 'VAULT_ADDR' : 'VAULT_AGENT_ADDR');
  if (isFailure(address)) return failed(address.step, address.failure);
  const tls = await tlsSettings(context);
  if ('kind' in tls) return tls;
  return { address, tls, namespace: vaultSetting(context, 'NAMESPACE'), context };
}

interface Secret {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Unix seconds. */
  readonly expiration: number | undefined;
  /** Of KV version 2. */
  readonly version: number | undefined;
}

/** KV version 2 wraps the fields once more than version 1, whose own fields may be called `data` and `metadata`. */
function secretIn({
  data,
  lease_id: lease,
  lease_duration: seconds,
}: Readonly<Record<string, unknown>>): Secret | undefined {
  if (!isRecord(data)) return undefined;
  const { data: fields, metadata } = data;
  if (isRecord(fields) && isRecord(metadata)) {
    const { version, created_time: created, deletion_time: deletion } = metadata;
    if (typeof version === 'number' && typeof created === 'string') {
      const end = typeof deletion === 'string' ? Date.parse(deletion) : NaN;
      return { fields, version, expiration: Number.isNaN(end) ? undefined : Math.floor(end / 1000) };
    }
  }
  // KV version 1 has a lease_duration too, but as a mere hint; only a leased secret ends.
  const isLeased = typeof lease === 'string' && lease !== '' && typeof seconds === 'number' && seconds > 0;
  const expiration = isLeased ? Math.floor(Date.now() / 1000) + seconds : undefined;
  return { fields: data, version: undefined, expiration };
}

function keyIn(answer: HttpAnswer, { path = '', field = 'api_key', version }: StoreOptions): StoreAnswer {
  const where = quote(path);
  const body = parseObject(answer.body);
  if (body === undefined) return failed('answer', 'the answer is not from HashiCorp Vault', [statusWords(answer, '')]);
  const secret = secretIn(body);
  if (secret === undefined) return failed('path', `HashiCorp Vault has something other than a secret at ${where}`);
  if (version !== undefined && secret.version !== Number(version))
    return failed('path', `HashiCorp Vault keeps no versions of the secret at ${where}: leave --version out`);
  const picked = pickField(secret.fields, field, `the secret at ${where}`);
  return picked.kind === 'failed' || secret.expiration === undefined
    ? picked
    : { ...picked, expiration: secret.expiration };
}

/**
 * 404 has three meanings: no such secret (no error, or the metadata of a deleted version), no such mount or namespace
 * (an error), and a path of KV version 2 without its `data/` (a warning).
 */
function missing(answer: HttpAnswer, path: string, token: string | undefined): StoreAnswer {
  const where = quote(path);
  const { errors, data } = parseObject(answer.body) ?? {};
  const said = [...textsIn(answer, 'errors'), ...textsIn(answer, 'warnings')];
  const isDeleted = isRecord(data) && isRecord(data['metadata']);
  if (said.length === 0 && (Array.isArray(errors) || isDeleted))
    return { kind: 'not-found', reason: `HashiCorp Vault has no secret at ${where}` };
  const words = quoteWithout(said.join('; '), [token]);
  return failed(
    'path',
    `HashiCorp Vault finds nothing at ${where}: ${words === '' ? statusWords(answer, '') : words}`,
    ['see --path (KV version 2 wants data/ behind the mount) and VAULT_NAMESPACE'],
  );
}

async function readSecret(options: StoreOptions, token: string | undefined, vault: Vault): Promise<StoreAnswer> {
  const { path = '', version } = options;
  const answer = await askVault(vault, { path, token, query: version === undefined ? '' : `?version=${version}` });
  if ('kind' in answer) return answer;
  if (answer.status === 200) return keyIn(answer, options);
  if (answer.status === 404) return missing(answer, path, token);
  const causes = answer.status === 403 ? ['the token may have ended, or its policy does not allow this path'] : [];
  const words = textsIn(answer, 'errors').join('; ');
  return refusal(
    `HashiCorp Vault did not give the secret at ${quote(path)}`,
    { answer, words, secrets: [token] },
    causes,
  );
}

/** Reads one field of a secret. A path without a secret, or with a deleted one, is not found. */
export async function readVault(options: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  const { version } = options;
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) return failed('settings', '--version is not a number');
  const vault = await openVault(context);
  if ('kind' in vault) return vault;
  const token = await logIn(options, vault);
  if (token.kind === 'failed') return token;
  try {
    return await readSecret(options, token.token, vault);
  } finally {
    await revoke(token, vault);
  }
}
