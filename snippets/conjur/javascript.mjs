// Publishes a crate with a key from CyberArk Conjur.
// CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY as for Conjur's own tools.
// Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
import { spawnSync } from 'node:child_process';

const SECRETS = ['CONJUR_AUTHN_API_KEY'];

// Conjur has no official client for Node.js; its REST API is two requests.
async function ask(path, options) {
  const response = await fetch(`${process.env.CONJUR_APPLIANCE_URL}${path}`, {
    redirect: 'error', // no other host gets the login
    signal: AbortSignal.timeout(10_000),
    ...options,
  });
  if (!response.ok) throw new Error(`Conjur answered ${response.status} for ${path}`);
  return response.text();
}

async function readKey() {
  const [account, login, apiKey] = ['CONJUR_ACCOUNT', 'CONJUR_AUTHN_LOGIN', 'CONJUR_AUTHN_API_KEY'].map((name) => {
    if (!process.env[name]) throw new Error(`${name} is not set`);
    return process.env[name];
  });
  const who = `${encodeURIComponent(account)}/${encodeURIComponent(login)}`;
  const token = await ask(`/authn/${who}/authenticate`, { method: 'POST', body: apiKey });
  return ask(`/secrets/${encodeURIComponent(account)}/variable/${encodeURIComponent('ci/cargo')}`, {
    headers: { Authorization: `Token token="${Buffer.from(token).toString('base64')}"` },
  });
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
