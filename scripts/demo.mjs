// The main job, live: makes a repository in the temp folder, installs the hooks, tries to commit a key, takes it out,
// commits; then allows a revoked key that has to stay. The key is made up here and now; none is written down anywhere.
import { spawnSync } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cratesguard.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cratesguard-demo-'));
const repository = join(folder, 'demo');
const environment = {
  ...process.env,
  HOME: folder,
  XDG_CONFIG_HOME: join(folder, '.config'),
  GIT_CONFIG_GLOBAL: join(folder, '.gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
};
for (const name of Object.keys(environment))
  if (/^(GIT_(?!CONFIG_)|CRATESGUARD_SKIP)/.test(name)) delete environment[name];

let failed = false;

/** Runs a command as a user would see it; `expected` is whether it should succeed. */
function show(expected, words, command, args) {
  console.log(`\n$ ${words}`);
  const { status, error } = spawnSync(command, args, { cwd: repository, env: environment, stdio: 'inherit' });
  if (error) throw error;
  if ((status === 0) !== expected) failed = true;
}

const git = (expected, ...args) =>
  show(expected, `git ${args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)).join(' ')}`, 'git', args);
const cratesguard = (...args) =>
  show(true, `cratesguard ${args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)).join(' ')}`, process.execPath, [
    program,
    ...args,
  ]);
const write = (name, text) => writeFileSync(join(repository, name), text);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const key = `cio${Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;

try {
  spawnSync('git', ['init', '-q', '-b', 'main', repository], { env: environment, stdio: 'inherit' });
  for (const [name, value] of [
    ['user.name', 'Demo'],
    ['user.email', 'demo@example.com'],
  ])
    spawnSync('git', ['config', name, value], { cwd: repository, env: environment });

  cratesguard('install');

  console.log('\n# A script with a crates.io key in it (made up just now). The commit is stopped:');
  write('publish.sh', `#!/bin/sh\nexport CARGO_REGISTRY_TOKEN=${key}\ncargo publish\n`);
  git(true, 'add', 'publish.sh');
  git(false, 'commit', '-q', '-m', 'Publish from a script');

  console.log(
    '\n# The key comes from the environment instead. The commit goes through, and Node.js was not even started:',
  );
  write('publish.sh', '#!/bin/sh\n: "${CARGO_REGISTRY_TOKEN:?set it in your CI settings}"\ncargo publish\n');
  git(true, 'add', 'publish.sh');
  git(true, 'commit', '-q', '-m', 'Publish with the key from the environment');

  console.log('\n# A revoked key that has to stay in a document: allow exactly that one, with a reason.');
  write('incident.md', `The key that leaked on Monday and was revoked: ${key}\n`);
  cratesguard(
    'allow',
    `sha256:${createHash('sha256').update(key).digest('hex')}`,
    '--reason',
    'revoked on Monday, kept for the report',
  );
  git(true, 'add', '.');
  git(true, 'commit', '-q', '-m', 'Report of the incident');
  git(true, '--no-pager', 'log', '--oneline');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed) {
  console.error('\nThe demo did not go as it should.');
  process.exitCode = 1;
}
