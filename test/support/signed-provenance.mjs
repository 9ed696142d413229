// Signs a made-up provenance with a Sigstore of its own on the loopback interface. Standard input: JSON with `folder` and
// `releases`, each with `identity`, `issuer` and `statement`. Writes `trusted-root.json` into `folder`, and prints what a
// registry would answer for each, as a JSON array.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fulcioHandler, initializeCA, initializeTLog, rekorHandler } from '@sigstore/mock';

const { folder, releases } = JSON.parse(readFileSync(0, 'utf8'));
const npmFolder = execFileSync('npm', ['root', '--global'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const library = createRequire(join(npmFolder.trim(), 'npm', 'package.json'));
const { bundleToJSON } = library('@sigstore/bundle');
const { X509Certificate } = library('@sigstore/core');
const { DSSEBundleBuilder, FulcioSigner, RekorWitness } = library('@sigstore/sign');

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

function number(value, bytes) {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
}

/** The log of certificates, as RFC 6962, section 3.2 has it; the stand-in's own depends on libraries that have moved on. */
function certificateLog() {
  const { privateKey, publicKey } = keyPair();
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const logID = sha256(spki);
  const log = async (certificate, issuerID) => {
    const body = X509Certificate.parse(Buffer.from(certificate)).tbsCertificate.toDER();
    const time = number(Date.now(), 8);
    const noExtensions = number(0, 2);
    const entry = [number(1, 2), Buffer.from(issuerID), number(body.length, 3), body, noExtensions];
    const signature = sign('sha256', Buffer.concat([number(0, 2), time, ...entry]), privateKey);
    const algorithm = Buffer.from([4, 3]); // SHA-256, ECDSA
    const parts = [number(0, 1), logID, time, noExtensions, algorithm, number(signature.length, 2), signature];
    const timestamp = Buffer.concat(parts);
    return Buffer.concat([number(timestamp.length, 2), timestamp]);
  };
  return { publicKey: spki, logID, log };
}

const ctLog = certificateLog();
const authority = await initializeCA(generateKeyPairSync('ec', { namedCurve: 'P-384' }), ctLog);

const handlers = new Map();
const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const answer = await handlers.get(request.url)(Buffer.concat(parts).toString());
  response.writeHead(answer.statusCode, { 'content-type': answer.contentType ?? 'text/plain' }).end(answer.response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}`;
const transparencyLog = await initializeTLog(address, keyPair());
for (const { path, fn } of [fulcioHandler(authority), rekorHandler(transparencyLog)]) handlers.set(path, fn);

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function answerFor({ identity, issuer, statement }) {
  const token = [part({ alg: 'none' }), part({ sub: identity, iss: issuer }), 'unsigned'].join('.');
  const builder = new DSSEBundleBuilder({
    signer: new FulcioSigner({ fulcioBaseURL: address, identityProvider: { getToken: async () => token } }),
    witnesses: [new RekorWitness({ rekorBaseURL: address, entryType: 'intoto' })],
  });
  const bundle = await builder.create({
    data: Buffer.from(JSON.stringify(statement)),
    type: 'application/vnd.in-toto+json',
  });
  return { attestations: [{ predicateType: statement.predicateType, bundle: bundleToJSON(bundle) }] };
}

const answers = [];
for (const release of releases) answers.push(await answerFor(release));
server.close();

const validFor = { start: new Date(Date.now() - 60_000).toISOString() };
const log = (publicKey, logId) => ({
  baseUrl: address,
  hashAlgorithm: 'SHA2_256',
  publicKey: { rawBytes: publicKey.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
  logId: { keyId: logId.toString('base64') },
});
const trustedRoot = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  certificateAuthorities: [
    {
      subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
      uri: address,
      certChain: { certificates: [{ rawBytes: authority.rootCertificate.toString('base64') }] },
      validFor,
    },
  ],
  ctlogs: [log(ctLog.publicKey, ctLog.logID)],
  tlogs: [log(transparencyLog.publicKey, sha256(transparencyLog.publicKey))],
  timestampAuthorities: [],
};
writeFileSync(join(folder, 'trusted-root.json'), JSON.stringify(trustedRoot));
console.log(JSON.stringify(answers));
