// Publishes with a key from HashiCorp Vault, over its HTTP API: there is no official client for Node.js.
// VAULT_ADDR and VAULT_TOKEN as for Vault's own command line; for a private CA, NODE_EXTRA_CA_CERTS.
// The key goes to cargo alone: into no file, argument or log.
import { spawnSync } from 'node:child_process';

async function readKey(path, field) {
  const { VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE } = process.env;
  const response = await fetch(new URL(`/v1/${path}`, VAULT_ADDR), {
    headers: {
      'X-Vault-Request': 'true',
      'X-Vault-Token': VAULT_TOKEN,
      ...(VAULT_NAMESPACE && { 'X-Vault-Namespace': VAULT_NAMESPACE }),
    },
    redirect: 'error', // no other host gets the token
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`Vault answered ${response.status} for ${path}`);
  const { data } = await response.json(); // KV version 2 has the fields in data.data
  const key = data.data[field];
  if (!key) throw new Error(`the secret ${path} has no field ${field}`);
  return key;
}

const key = await readKey('secret/data/cargo', 'api_key');
const { status } = spawnSync('cargo', ['publish'], {
  env: { ...process.env, CARGO_REGISTRY_TOKEN: key },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
