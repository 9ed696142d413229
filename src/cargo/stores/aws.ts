import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  type GetSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { errorCode } from '../../base/error';
import { explain, isLoopback } from '../http';
import { parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import type { StoreAnswer, StoreContext, StoreOptions } from '../stores';
import { failed, pickField, setting } from './settings';

/**
 * AWS Secrets Manager through the AWS SDK, with its default credential chain and endpoint settings. The build puts this
 * file into one of its own, which is loaded only where a key is in this store.
 */

/** In milliseconds; two attempts fit into the provider's deadline. */
const CONNECTION_TIMEOUT = 2500;
const REQUEST_TIMEOUT = 3500;

/** Where AWS can't be reached over plain HTTP. */
class InsecureEndpoint extends Error {
  override readonly name = 'InsecureEndpoint';
}

/**
 * An endpoint may come from the environment or a profile, so what is checked is the request that is about to leave.
 * `reach` is told its host, for messages.
 */
function guardEndpoint(client: SecretsManagerClient, reach: (host: string) => void): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol = '', hostname = '' } = args.request as { protocol?: string; hostname?: string };
      reach(hostname);
      if (protocol !== 'https:' && !isLoopback(hostname))
        throw new InsecureEndpoint(
          `the endpoint is plain HTTP, which would show the key to the network: use https://${quote(hostname)}`,
        );
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'guardEndpoint' },
  );
}

/** The region of an ARN: it is the only one that has the secret. */
function regionOf(secretId: string): string | undefined {
  return /^arn:[^:]*:secretsmanager:([^:]+):/.exec(secretId)?.[1];
}

function createClient(options: StoreOptions, secretId: string): SecretsManagerClient {
  const region = options['region'] ?? regionOf(secretId);
  const client = new SecretsManagerClient({
    ...(region !== undefined && { region }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
    },
  });
  return client;
}

/** The fields that a JSON secret has are worth knowing: cargo would send the whole JSON text as the key. */
function keyOf(output: GetSecretValueCommandOutput, field: string | undefined, what: string): StoreAnswer {
  const { SecretString: string, SecretBinary: binary } = output;
  const text = string ?? (binary === undefined ? undefined : Buffer.from(binary).toString('utf8'));
  if (text === undefined) return failed(`${what} has no value`);
  const fields = parseObject(text);
  if (field !== undefined)
    return fields === undefined
      ? failed(`${what} is no JSON object, so it has no field '${quote(field)}': leave --field out`)
      : pickField(fields, field, what);
  if (fields === undefined) return { kind: 'key', key: text };
  const names = Object.keys(fields).map(quote).join(', ');
  return failed(`${what} is a JSON object: say with --field which of its fields holds the key (it has: ${names})`);
}

/** What a person can do about an error, by the name that the SDK or the service gives it. */
function advice(name: string): string | undefined {
  switch (name) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return 'AWS found no credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID, or run `aws sso login`';
    case 'AccessDeniedException':
      return 'this identity needs secretsmanager:GetSecretValue for the secret (and kms:Decrypt for its key)';
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
      return 'the AWS credentials are wrong or have ended: log in again';
    default:
      return undefined;
  }
}

const SYSTEM_ERROR = /^(?:E[A-Z]+|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/** Words for a request that got no answer; undefined where it got one. */
function networkWords(error: Error, host: string): string | undefined {
  if (error.name === 'TimeoutError') return `${host} did not answer in time`;
  return SYSTEM_ERROR.test(errorCode(error) ?? '') ? explain(error, { host, hostname: host }) : undefined;
}

function failureOf(error: unknown, host: string, context: StoreContext): StoreAnswer {
  const message = 'AWS Secrets Manager did not give the secret';
  if (!(error instanceof Error)) return failed(message);
  const network = networkWords(error, host);
  if (network !== undefined)
    return failed(message, [network, 'check the network, the region and any AWS_ENDPOINT_URL…']);
  const secrets = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) => setting(context, name));
  const words = quoteWithout(error.message === '' ? error.name : `${error.name}: ${error.message}`, secrets);
  const isRegion = /region (?:is missing|not accepted)/i.test(error.message);
  const hint = isRegion ? 'give --region or set AWS_REGION' : advice(error.name);
  return failed(message, [words, ...(hint === undefined ? [] : [hint])]);
}

/** Reads the current version of a secret: its string or its bytes, or with `--field` one text of a JSON object. */
export async function readAws(options: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  // Cargo's user should not read a library's plans for versions of Node.js.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { 'secret-id': secretId = '', field } = options;
  const what = `the secret ${quote(secretId)}`;
  const client = createClient(options, secretId);
  let host = 'AWS';
  guardEndpoint(client, (hostname) => (host = hostname));
  try {
    const output = await client.send(new GetSecretValueCommand({ SecretId: secretId }), {
      abortSignal: context.signal,
    });
    return keyOf(output, field, what);
  } catch (error) {
    if (error instanceof ResourceNotFoundException)
      return { kind: 'not-found', reason: `AWS Secrets Manager has no secret ${quote(secretId)} here` };
    return failureOf(error, host, context);
  } finally {
    client.destroy();
  }
}
