// Publishes with a key from AWS Secrets Manager: npm install @aws-sdk/client-secrets-manager
// The SDK finds its credentials and region by itself: environment, profile, SSO, or the role of the machine.
// The key goes to cargo alone: into no file, argument or log.
import { spawnSync } from 'node:child_process';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

async function readKey(secretId) {
  const client = new SecretsManagerClient();
  const { SecretString: key } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (!key) throw new Error(`the secret ${secretId} has no text`);
  return key;
}

const key = await readKey(process.env.CRATES_IO_SECRET_ID ?? 'cargo/crates-io');
const { status } = spawnSync('cargo', ['publish'], {
  env: { ...process.env, CARGO_REGISTRY_TOKEN: key },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
