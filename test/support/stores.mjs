// Stand-ins for the three secret stores, each answering as its documented HTTP API does.
//   node stores.mjs SECRET   -> prints the port; runs until killed
// HashiCorp Vault    GET  /v1/secret/data/cargo (KV version 2), /v1/kv1/cargo (version 1) and some odd ones; POST
//                    /v1/auth/{approle,kubernetes}/login; X-Vault-Token: test-token
// AWS Secrets Mgr    POST /  X-Amz-Target: secretsmanager.GetSecretValue; ids: plain, json (field api_key), binary;
//                    any well-formed SigV4 header
// CyberArk Conjur    POST /authn/acme/host%2Fci/authenticate with body "conjur-key", /authn-jwt/ci/acme/authenticate
//                    with the JWT "test-jwt"; GET /secrets/acme/variable/ci%2Fcargo
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const secret = process.argv[2];

function send(response, status, body, type = 'application/json') {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function answerAws(request, response, body) {
  const type = 'application/x-amz-json-1.1';
  const header = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/(?<region>[^/]+)\/secretsmanager\/aws4_request,/.exec(
    request.headers.authorization ?? '',
  );
  if (header === null)
    return send(response, 400, { __type: 'MissingAuthenticationTokenException', message: 'Missing token' }, type);
  const { SecretId } = JSON.parse(body);
  const values = {
    plain: { SecretString: secret },
    'cargo/crates-io': { SecretString: secret },
    json: { SecretString: JSON.stringify({ api_key: secret, other: 'x' }) },
    binary: { SecretBinary: Buffer.from(secret).toString('base64') },
    [`arn:aws:secretsmanager:eu-west-3:123456789012:secret:${header.groups.region}`]: { SecretString: secret },
  };
  if (SecretId === 'forbidden')
    return send(response, 400, { __type: 'AccessDeniedException', Message: 'not authorized to GetSecretValue' }, type);
  if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue' || values[SecretId] === undefined)
    return send(response, 400, { __type: 'ResourceNotFoundException', Message: "can't find the secret" }, type);
  return send(response, 200, { ARN: SecretId, Name: SecretId, ...values[SecretId] }, type);
}

function answerVaultLogin(path, response, body) {
  const given = JSON.parse(body);
  const isRight =
    path === '/v1/auth/approle/login'
      ? given.role_id === 'role' && given.secret_id === 'secret-id'
      : given.role === 'ci' && given.jwt === 'test-jwt';
  if (!isRight) return send(response, 400, { errors: [`invalid login ${Object.values(given).join(' ')}`] });
  return send(response, 200, { auth: { client_token: 'test-token', lease_duration: 60 } });
}

const METADATA = { version: 3, created_time: '2026-01-05T00:00:00.5Z', deletion_time: '', destroyed: false };
const VAULT = {
  '/v1/secret/data/cargo': [200, { data: { data: { api_key: secret }, metadata: METADATA } }],
  '/v1/secret/data/ending': [
    200,
    { data: { data: { api_key: secret }, metadata: { ...METADATA, deletion_time: '2100-01-01T00:00:00.5Z' } } },
  ],
  '/v1/secret/data/deleted': [
    404,
    { data: { data: null, metadata: { ...METADATA, deletion_time: '2020-01-01T00:00:00Z' } } },
  ],
  '/v1/secret/cargo': [404, { errors: [], warnings: ['Invalid path for a versioned K/V secrets engine'] }],
  '/v1/kv1/cargo': [200, { lease_id: '', lease_duration: 2764800, data: { api_key: secret } }],
  // Version 1 with fields that are called as version 2 calls its parts.
  '/v1/kv1/odd': [200, { data: { api_key: secret, data: { api_key: 'another' }, metadata: { version: 'x' } } }],
  '/v1/kv1/with%20space': [200, { data: { api_key: secret } }],
  '/v1/leased/cargo': [200, { lease_id: 'leased/cargo/1', lease_duration: 600, data: { api_key: secret } }],
  '/v1/sealed/cargo': [503, { errors: ['Vault is sealed'] }],
};

function answerVault(path, request, response, body) {
  if (request.headers['x-vault-request'] !== 'true') return send(response, 412, { errors: ['missing header'] });
  if (request.method === 'POST') return answerVaultLogin(path, response, body);
  if (path === '/v1/elsewhere/cargo') {
    response.writeHead(307, { location: '/v1/secret/data/cargo' });
    return response.end();
  }
  const token = request.headers['x-vault-token'];
  if (token !== 'test-token') return send(response, 403, { errors: [`permission denied for ${token}`] });
  if (path === '/v1/team/cargo' && request.headers['x-vault-namespace'] === 'team')
    return send(response, 200, { data: { api_key: secret } });
  const [status, answer] = VAULT[path] ?? [404, { errors: [] }];
  return send(response, status, answer);
}

/** Shaped as the official clients check it. */
const ACCESS_TOKEN = JSON.stringify({
  protected: Buffer.from('{"alg":"conjur.org/slosilo/v2","kid":"1"}').toString('base64'),
  payload: Buffer.from(JSON.stringify({ sub: 'host/ci', iat: Math.floor(Date.now() / 1000) })).toString('base64'),
  signature: randomBytes(192).toString('base64url'),
});

function answerConjur(path, request, response, body) {
  // What the Java client asks first.
  if (path === '/authn/acme/login') {
    const isRight = request.headers.authorization === `Basic ${Buffer.from('host/ci:conjur-key').toString('base64')}`;
    return send(response, isRight ? 200 : 401, isRight ? 'conjur-key' : '', 'text/plain');
  }
  if (request.method === 'POST') {
    const isRight =
      (path === '/authn/acme/host%2Fci/authenticate' && body === 'conjur-key') ||
      (path === '/authn-jwt/ci/acme/authenticate' && body === 'jwt=test-jwt');
    if (!isRight) return send(response, 401, '', 'text/plain');
    if (!/\bbase64\b/.test(request.headers['accept-encoding'] ?? '')) return send(response, 200, ACCESS_TOKEN);
    response.setHeader('content-encoding', 'base64');
    return send(response, 200, Buffer.from(ACCESS_TOKEN).toString('base64'), 'text/plain; charset=utf-8');
  }
  const given = /^Token token="?([A-Za-z0-9+/=]+)"?$/.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || Buffer.from(given, 'base64').toString() !== ACCESS_TOKEN)
    return send(response, 401, '', 'text/plain');
  if (path === '/secrets/acme/variable/ci%2Fcargo') return send(response, 200, secret, 'text/plain');
  if (path === '/secrets/acme/variable/ci%2Fforbidden')
    return send(response, 403, { error: { code: 'forbidden', message: 'Forbidden' } });
  return send(response, 404, { error: { code: 'not_found', message: 'Variable not found' } });
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.headers['x-amz-target'] !== undefined) return answerAws(request, response, body);
  if (pathname.startsWith('/v1/')) return answerVault(pathname, request, response, body);
  return answerConjur(pathname, request, response, body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
