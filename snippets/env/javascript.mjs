// Publishes with a key from the environment. The key goes to cargo alone: into no file, argument or log.
import { spawnSync } from 'node:child_process';

function readKey() {
  const key = process.env.CRATES_IO_KEY;
  if (!key) throw new Error('CRATES_IO_KEY is not set');
  return key;
}

const key = readKey();
const { status } = spawnSync('cargo', ['publish'], {
  env: { ...process.env, CARGO_REGISTRY_TOKEN: key },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
