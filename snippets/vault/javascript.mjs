// Publishes a crate with a key from HashiCorp Vault or OpenBao.
// VAULT_ADDR and VAULT_TOKEN as for Vault's own command line; the secret is in KV version 2 at secret/cargo.
// Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
import { spawnSync } from 'node:child_process';

const SECRETS = ['VAULT_TOKEN'];

// Vault has no official client for Node.js; its HTTP API is one request.
async function readKey() {
  const { VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE } = process.env;
  if (!VAULT_ADDR || !VAULT_TOKEN) throw new Error('VAULT_ADDR and VAULT_TOKEN are not both set');
  const response = await fetch(`${VAULT_ADDR}/v1/secret/data/cargo`, {
    headers: {
      'X-Vault-Request': 'true',
      'X-Vault-Token': VAULT_TOKEN,
      ...(VAULT_NAMESPACE && { 'X-Vault-Namespace': VAULT_NAMESPACE }),
    },
    redirect: 'error', // no other host gets the token
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`Vault answered ${response.status}`);
  const { data } = await response.json();
  const key = data.data.api_key;
  if (!key) throw new Error('the secret has no field api_key');
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
