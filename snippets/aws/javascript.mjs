// Publishes a crate with a key from AWS Secrets Manager.
// npm install @aws-sdk/client-secrets-manager@3.1164.0
// The SDK finds credentials and region by itself: environment (AWS_REGION), profile, SSO, or the role of the machine.
// Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
import { spawnSync } from 'node:child_process';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // on Node.js 20
const SECRETS = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

async function readKey() {
  const client = new SecretsManagerClient();
  const { SecretString: key } = await client.send(new GetSecretValueCommand({ SecretId: 'cargo/crates-io' }));
  if (!key) throw new Error('the secret has no text');
  return key;
}

function cargo(args, variables) {
  const kept = Object.entries(process.env).filter(([name]) => !SECRETS.includes(name));
  const env = { ...Object.fromEntries(kept), ...variables };
  const { status, error } = spawnSync('cargo', args, { env, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

try {
  cargo(['package']);
  cargo(['publish', '--no-verify'], { CARGO_REGISTRY_TOKEN: await readKey() });
} catch (error) {
  console.error(`no key: ${error.message}`);
  process.exit(1);
}
