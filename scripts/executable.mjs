// Builds the single executable for the machine that this runs on, with a Node.js that has --build-sea and that the
// executable then holds: `node scripts/executable.mjs FROM TO`. FROM is what `release.mjs pack` made: the programs are
// the tarball's, so that the executable runs what npm serves.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { platform, arch, execPath } = process;

/** Node.js' own licence, which its distributions have beside the program or a folder above. */
function nodeLicense() {
  const folders = [dirname(execPath), join(dirname(execPath), '..')];
  return folders.map((folder) => join(folder, 'LICENSE')).find((path) => existsSync(path));
}

/** The files of the package's dist/ and the licences, by their names in the executable; `contents.json` lists them. */
function assets(tarball, work) {
  execFileSync('tar', ['-xzf', tarball, '-C', work]);
  const dist = join(work, 'package', 'dist');
  const files = readdirSync(dist, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  const paths = new Map(files.sort().map((file) => [file, join(dist, file)]));
  for (const license of ['LICENSE-MIT', 'LICENSE-APACHE']) paths.set(license, join(work, 'package', license));
  const ofNode = nodeLicense();
  if (ofNode !== undefined) paths.set('LICENSE-NODE', ofNode);
  const digest = createHash('sha256');
  for (const [file, path] of paths) digest.update(`${file}\0`).update(readFileSync(path)).update('\0');
  const contents = join(work, 'contents.json');
  const id = `${version}-${digest.digest('hex').slice(0, 16)}`;
  writeFileSync(contents, JSON.stringify({ id, files: [...paths.keys()] }));
  return Object.fromEntries([...paths, ['contents.json', contents]]);
}

const [from, to] = process.argv.slice(2);
if (to === undefined) {
  console.error('usage: node scripts/executable.mjs FROM TO');
  process.exit(2);
}
const output = join(resolve(to), `${name}-${platform}-${arch}${platform === 'win32' ? '.exe' : ''}`);
mkdirSync(resolve(to), { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'cratesguard-executable-'));
try {
  const main = join(resolve(from), 'executable-main.cjs');
  const configuration = join(work, 'sea.json');
  const options = {
    main,
    output,
    assets: assets(join(resolve(from), `${name}-${version}.tgz`), work),
    disableExperimentalSEAWarning: true,
    execArgvExtension: 'none',
  };
  writeFileSync(configuration, JSON.stringify(options));
  execFileSync(execPath, ['--build-sea', configuration], { stdio: ['ignore', 'ignore', 'inherit'] });
  // Changed since Node.js' own signature was made; macOS starts nothing unsigned.
  if (platform === 'darwin') execFileSync('codesign', ['--sign', '-', '--force', output]);
  console.log(output);
} finally {
  rmSync(work, { recursive: true, force: true });
}
