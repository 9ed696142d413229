// Publishes a crate with a key from the environment.
// CRATES_IO_KEY holds the key.
// Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
import { spawnSync } from 'node:child_process';

const SECRETS = ['CRATES_IO_KEY'];

function readKey() {
  const key = process.env.CRATES_IO_KEY;
  if (!key) throw new Error('CRATES_IO_KEY is not set');
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
