import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  type GetSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { errorCode } from '../error-code';
import { isLoopback } from '../http';
import { parseObject } from '../json';
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

/** An endpoint may come from the environment or a profile, so what is checked is the request that is about to leave. */
function guardEndpoint(client: SecretsManagerClient): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol = '', hostname = '' } = args.request as { protocol?: string; hostname?: string };
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
  guardEndpoint(client);
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
    case 'TimeoutError':
      return 'check the network, AWS_REGION and any AWS_ENDPOINT_URL';
    default:
      return undefined;
  }
}

function failureOf(error: unknown, context: StoreContext): StoreAnswer {
  if (!(error instanceof Error)) return failed('AWS Secrets Manager could not be asked');
  const secrets = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) => setting(context, name));
  const code = errorCode(error) ?? error.name;
  const words = error.message === '' ? code : `${code}: ${error.message}`;
  const hint =
    advice(error.name) ?? (/region is missing/i.test(error.message) ? 'give --region or set AWS_REGION' : undefined);
  return failed('AWS Secrets Manager did not give the secret', [
    quoteWithout(words, secrets),
    ...(hint === undefined ? [] : [hint]),
  ]);
}

/** Reads the current version of a secret: its string or its bytes, or with `--field` one text of a JSON object. */
export async function readAws(options: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  // Cargo's user should not read a library's plans for versions of Node.js.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { 'secret-id': secretId = '', field } = options;
  const what = `the secret ${quote(secretId)}`;
  const client = createClient(options, secretId);
  try {
    const output = await client.send(new GetSecretValueCommand({ SecretId: secretId }), {
      abortSignal: context.signal,
    });
    return keyOf(output, field, what);
  } catch (error) {
    if (error instanceof ResourceNotFoundException)
      return { kind: 'not-found', reason: `AWS Secrets Manager has no secret ${quote(secretId)} here` };
    return failureOf(error, context);
  } finally {
    client.destroy();
  }
}
