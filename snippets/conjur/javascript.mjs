// Publishes with a key from CyberArk Conjur, over its REST API: there is no official client for Node.js.
// CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY as for Conjur's own command line;
// for a private CA, NODE_EXTRA_CA_CERTS. The key goes to cargo alone: into no file, argument or log.
import { spawnSync } from 'node:child_process';

const { CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN, CONJUR_AUTHN_API_KEY } = process.env;

async function ask(path, options) {
  const response = await fetch(`${CONJUR_APPLIANCE_URL}${path}`, {
    redirect: 'error', // no other host gets the login
    signal: AbortSignal.timeout(10_000),
    ...options,
  });
  if (!response.ok) throw new Error(`Conjur answered ${response.status} for ${path}`);
  return response.text();
}

async function readKey(variable) {
  const account = encodeURIComponent(CONJUR_ACCOUNT);
  const login = encodeURIComponent(CONJUR_AUTHN_LOGIN);
  const token = await ask(`/authn/${account}/${login}/authenticate`, { method: 'POST', body: CONJUR_AUTHN_API_KEY });
  const encoded = Buffer.from(token).toString('base64');
  return ask(`/secrets/${account}/variable/${encodeURIComponent(variable)}`, {
    headers: { Authorization: `Token token="${encoded}"` },
  });
}

const key = await readKey('ci/cargo');
const { status } = spawnSync('cargo', ['publish'], {
  env: { ...process.env, CARGO_REGISTRY_TOKEN: key },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
