// Builds a released version from its tag and compares it with what the registry serves. It needs git, Node.js and npm,
// and nothing of this checkout but package.json.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { checkProvenance, Mismatch } from './provenance.mjs';

const USAGE = `usage: scripts/verify-release VERSION [--repository URL] [--registry URL]

Clones the tag VERSION, builds the package with the locked dependencies, and compares it byte by byte with the tarball
that the registry serves. Then checks the provenance that the registry has: signed by the release workflow of this
project, for this tag, this commit and this tarball. A registry on a loopback address may have none.

  --repository URL    clone this instead of the project's own repository
  --registry URL      ask this registry instead of the one that npm is configured for
  --trusted-root FILE trust these keys of Sigstore's instead of fetching them: its trusted root, in JSON

Exit status: 0 the same, and its provenance holds; 1 it does not; 2 wrong usage; 3 it could not be found out`;

const project = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const home = project.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

class WrongUsage extends Error {}

/** @returns {string} standard output, without white space around it */
function run(program, args, options = {}) {
  return execFileSync(program, args, {
    encoding: 'utf8',
    shell: process.platform === 'win32' && program === 'npm',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
    ...options,
  }).trim();
}

function only(folder) {
  const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  if (name === undefined || others.length > 0) throw new Error('npm pack made no tarball, or several');
  return join(folder, name);
}

/** @returns {{ commit: string, tarball: string }} what the tag's source gives */
function build(version, repository, work) {
  const source = join(work, 'source');
  const packed = join(work, 'built');
  mkdirSync(packed);
  // A branch may have the tag's name: fetch the tag and nothing else.
  run('git', ['init', '--quiet', source]);
  const git = (...args) => run('git', args, { cwd: source });
  git('fetch', '--quiet', '--depth=1', '--end-of-options', repository, `refs/tags/${version}:refs/tags/${version}`);
  git('checkout', '--quiet', '--detach', `refs/tags/${version}`);
  // No package's own scripts run: what is built is the bundler's work alone.
  const npm = (...args) => run('npm', args, { cwd: source, env: { ...process.env, CI: 'true' } });
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
  npm('pack', '--silent', '--pack-destination', packed);
  return { commit: git('rev-parse', 'HEAD'), tarball: only(packed) };
}

/** @returns {{ tarball: string, attestations: string | undefined }} what the registry serves */
function download(version, registry, work) {
  const served = join(work, 'served');
  mkdirSync(served);
  // An empty cache: what is compared is what the registry serves now.
  const where = [`--registry=${registry}`, `--cache=${join(work, 'cache')}`];
  const spec = `${project.name}@${version}`;
  const url = run('npm', ['view', spec, 'dist.attestations.url', ...where]);
  run('npm', ['pack', spec, '--silent', '--pack-destination', served, ...where]);
  return { tarball: only(served), attestations: url === '' ? undefined : url };
}

/** @returns {string} what the built and the served tarball do not have in common, a line a file */
function differences(built, served, work) {
  for (const [name, tarball] of Object.entries({ source: built, registry: served })) {
    mkdirSync(join(work, 'files', name), { recursive: true });
    run('tar', ['-xzf', tarball, '-C', join(work, 'files', name)]);
  }
  try {
    run(
      'git',
      [
        '-c',
        'core.safecrlf=false',
        'diff',
        '--no-index',
        '--no-ext-diff',
        '--no-renames',
        '--name-status',
        'source',
        'registry',
      ],
      {
        cwd: join(work, 'files'),
      },
    );
  } catch (error) {
    if (error.status === 1) return error.stdout.trim().replace(/\t(?:source|registry)\/package\//g, '\t');
    throw error;
  }
  return 'the files are the same, the archives are not';
}

/** @throws Mismatch */
function compare(built, served, work) {
  const [ours, theirs] = [built, served].map((path) => readFileSync(path));
  if (ours.equals(theirs)) {
    console.log(`same      ${ours.length} bytes, sha256 ${createHash('sha256').update(ours).digest('hex')}`);
  } else if (gunzipSync(ours).equals(gunzipSync(theirs))) {
    console.log('same      as a tar archive, byte for byte; it was compressed by another version of zlib');
  } else {
    throw new Mismatch(`the registry serves another package than the tag gives:\n${differences(built, served, work)}`);
  }
}

/** @returns {Promise<unknown>} what the registry says at `url`, which is the metadata's; the host is the registry's own */
async function attestations(url, registry) {
  const { pathname } = new URL(url);
  const response = await fetch(new URL(pathname, registry), { redirect: 'error', signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`the registry answered ${response.status} when asked for the provenance`);
  return response.json();
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      registry: { type: 'string' },
      repository: { type: 'string', default: `${home}.git` },
      'trusted-root': { type: 'string' },
    },
  });
  const [version, ...others] = positionals;
  if (values.help) return console.log(USAGE);
  if (others.length > 0 || !/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version ?? ''))
    throw new WrongUsage('name one version, as 1.2.3');
  const registry = values.registry ?? run('npm', ['config', 'get', 'registry']);
  const work = mkdtempSync(join(tmpdir(), 'cratesguard-verify-'));
  try {
    const { commit, tarball } = build(version, values.repository, work);
    console.log(`built     ${version} from ${commit}`);
    const served = download(version, registry, work);
    compare(tarball, served.tarball, work);
    if (served.attestations !== undefined) {
      const sha512 = createHash('sha512').update(readFileSync(served.tarball)).digest('hex');
      const release = { repository: home, version, commit, name: project.name, sha512 };
      const keys = { trustedRoot: values['trusted-root'], cache: join(work, 'sigstore') };
      const answer = await attestations(served.attestations, registry);
      console.log(`signed    by ${await checkProvenance(answer, release, keys)}`);
    } else if (/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(registry).hostname)) {
      console.log('unsigned  a registry on this machine has no provenance');
    } else {
      throw new Mismatch('the registry has no provenance of this version');
    }
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

main().catch((error) => {
  const wrongUsage = error instanceof WrongUsage || error.code?.startsWith('ERR_PARSE_ARGS');
  process.exitCode = error instanceof Mismatch ? 1 : wrongUsage ? 2 : 3;
  console.error(`verify-release: ${error.stderr?.trim() || error.message}`);
  if (process.exitCode === 2) console.error(USAGE);
});
