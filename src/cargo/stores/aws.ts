import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  type GetSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { pipeline, Readable, Transform } from 'node:stream';
import { errorCode } from '../../base/error';
import { explain, isLoopback, LONGEST_ANSWER, statusWords, type HttpFailure } from '../http';
import { parseObject } from '../../base/json';
import { quote, quoteWithout } from '../quote';
import type { Step, StoreAnswer, StoreContext, StoreOptions } from '../stores';
import { failed, pickField, setting, type Failed } from './settings';

/**
 * AWS Secrets Manager through the AWS SDK, with its default credential chain and endpoint settings. The build puts this
 * file into one of its own, which is loaded only where a key is in this store.
 */

/** In milliseconds; two attempts fit into the provider's deadline. */
const CONNECTION_TIMEOUT = 2500;
const REQUEST_TIMEOUT = 3500;

class EndlessAnswer extends Error {}

/** AWS can't be asked over plain HTTP. */
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

/** An answer that is longer than any secret breaks off. */
function limitAnswers(client: SecretsManagerClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { body } = result.response as { body?: unknown };
      if (!(body instanceof Readable)) return result;
      let size = 0;
      const limit = new Transform({
        transform: (chunk: Buffer, _, done) => {
          size += chunk.length;
          if (size <= LONGEST_ANSWER) done(null, chunk);
          else done(new EndlessAnswer());
        },
      });
      pipeline(body, limit, () => undefined);
      (result.response as { body?: unknown }).body = limit;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'limitAnswers' },
  );
}

const ARN = /^arn:[^:]*:secretsmanager:(?<region>[^:]+):(?<account>\d+):/;

/** The parts of an ARN: only that region and account have the secret. */
function partsOf(secretId: string): { readonly region?: string; readonly account?: string } {
  return ARN.exec(secretId)?.groups ?? {};
}

function createClient(region: string | undefined): SecretsManagerClient {
  return new SecretsManagerClient({
    ...(region !== undefined && { region }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
    },
  });
}

/** The fields that a JSON secret has are worth knowing: cargo would send the whole JSON text as the key. */
function keyOf(output: GetSecretValueCommandOutput, field: string | undefined, what: string): StoreAnswer {
  const { SecretString: string, SecretBinary: binary } = output;
  const text = string ?? (binary === undefined ? undefined : Buffer.from(binary).toString('utf8'));
  if (text === undefined) return failed('field', `${what} has no value`);
  const fields = parseObject(text);
  if (field !== undefined)
    return fields === undefined
      ? failed('field', `${what} is not a JSON object, so it has no field '${quote(field)}': leave --field out`)
      : pickField(fields, field, what);
  if (fields === undefined) return { kind: 'key', key: text };
  const names = Object.keys(fields).map(quote).join(', ');
  return failed('field', `${what} is a JSON object: name the field that holds the key with --field (it has: ${names})`);
}

/** The step that failed and what a person can do about it, by the name that the SDK or the service gives the error. */
function advice(name: string): { readonly step: Step; readonly hint?: string } {
  switch (name) {
    case 'InsecureEndpoint':
      return { step: 'settings' };
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return {
        step: 'login',
        hint: 'AWS found no credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID, or run `aws sso login`',
      };
    case 'AccessDeniedException':
      return {
        step: 'permission',
        hint: 'this identity needs secretsmanager:GetSecretValue for the secret (and kms:Decrypt for its key)',
      };
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
    case 'InvalidSignatureException':
      return { step: 'login', hint: 'the AWS credentials are wrong or have ended: log in again' };
    default:
      return { step: 'answer' };
  }
}

const SYSTEM_ERROR = /^(?:E[A-Z_]+|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/** A request that got no answer, or none of a secret's size; undefined otherwise. */
function networkFailure(error: Error, host: string): HttpFailure | undefined {
  if (error instanceof EndlessAnswer)
    return { step: 'answer', failure: `the answer of ${host} is too long to be a secret's` };
  if (error.name === 'TimeoutError') return { step: 'connection', failure: `${host} did not answer in time` };
  return SYSTEM_ERROR.test(errorCode(error) ?? '') ? explain(error, { host, hostname: host }) : undefined;
}

/** Words for an answer that is not AWS's, which the SDK hides in its own error; undefined if it is one, or none. */
function foreignAnswer(error: Error): string | undefined {
  const { $response, $metadata } = error as {
    $response?: { statusCode?: number };
    $metadata?: { httpStatusCode?: number };
  };
  const status = $response?.statusCode ?? $metadata?.httpStatusCode ?? 0;
  const isForeign = error instanceof SyntaxError || (status >= 300 && status < 400);
  return isForeign ? statusWords({ status, headers: {}, body: '' }, 'this is not an answer of AWS') : undefined;
}

const REFUSED = 'AWS Secrets Manager did not give the secret';

function failureOf(error: unknown, host: string, context: StoreContext): Failed {
  if (!(error instanceof Error)) return failed('answer', REFUSED);
  const network = networkFailure(error, host);
  if (network !== undefined)
    return failed(network.step, REFUSED, [network.failure, 'check the network, the region and any AWS_ENDPOINT_URL…']);
  const foreign = foreignAnswer(error);
  if (foreign !== undefined) return failed('answer', REFUSED, [foreign, 'a proxy or a sign-in page may be in between']);
  const secrets = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) => setting(context, name));
  const words = quoteWithout(error.message === '' ? error.name : `${error.name}: ${error.message}`, secrets);
  if (/region (?:is missing|not accepted)/i.test(error.message))
    return failed('settings', REFUSED, [words, 'give --region or set AWS_REGION']);
  const { step, hint } = advice(error.name);
  return failed(step, REFUSED, [words, ...(hint === undefined ? [] : [hint])]);
}

/** AWS says "not found" of a secret, of a version of it, and of any ARN of another account: only the first is. */
async function missing(
  { message }: ResourceNotFoundException,
  secretId: string,
  client: SecretsManagerClient,
): Promise<StoreAnswer> {
  const what = quote(secretId);
  const isVersion = /secret value|staging label|VersionId/i.test(message);
  if (isVersion) return failed('field', `the secret ${what} has no such version`, [quote(message)]);
  const { account } = partsOf(secretId);
  const { accountId } = account === undefined ? {} : await client.config.credentials();
  if (accountId !== undefined && accountId !== account)
    return failed('path', `the secret ${what} is in another account than these credentials (${quote(accountId)})`);
  return { kind: 'not-found', reason: `AWS Secrets Manager has no secret ${what} here` };
}

/** Reads a secret: its string or its bytes, or with `--field` one text of a JSON object. */
export async function readAws(options: StoreOptions, context: StoreContext): Promise<StoreAnswer> {
  // Cargo's user should not read a library's plans for versions of Node.js.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { 'secret-id': secretId = '', field, 'version-stage': stage, 'version-id': version } = options;
  const { region: home } = partsOf(secretId);
  const region = options['region'] ?? home ?? setting(context, 'AWS_REGION', 'AWS_DEFAULT_REGION');
  if (home !== undefined && region !== home)
    return failed('settings', `the ARN names the region ${quote(home)}, and --region another one`);
  const client = createClient(region);
  let host = 'AWS';
  guardEndpoint(client, (hostname) => (host = hostname));
  limitAnswers(client);
  try {
    const output = await client.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage, VersionId: version }),
      { abortSignal: context.signal },
    );
    return keyOf(output, field, `the secret ${quote(secretId)}`);
  } catch (error) {
    return error instanceof ResourceNotFoundException
      ? await missing(error, secretId, client)
      : failureOf(error, host, context);
  } finally {
    client.destroy();
  }
}
