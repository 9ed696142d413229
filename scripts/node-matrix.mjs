// Runs the tests, and a part of the conformance cases where they are at hand, on every major version of Node.js that the
// package supports. The binaries come from the npm packages `node-<platform>-<arch>`, kept in a folder of the temporary
// directory. `node scripts/node-matrix.mjs 22 24` runs only those.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(tmpdir(), 'cratesguard-node-matrix');
const MAJORS = ['20', '22', '24', '26'];
/** Installs, blocks, lets through and takes itself out again: the cases that meet most of Node.js. */
const SMOKE = '^t_(staged_|install_|uninstall_|token_in_the_commit_message|paths|history_finds|help)';

const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

function npm(...args) {
  return execFileSync('npm', args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @returns {Map<string, string>} the newest version of each major that the registry has */
function newestVersions() {
  const versions = JSON.parse(npm('view', packageName, 'versions', '--json')).filter((version) =>
    /^\d+\.\d+\.\d+$/.test(version),
  );
  const byNumber = (a, b) => a.localeCompare(b, 'en', { numeric: true });
  return new Map(versions.sort(byNumber).map((version) => [version.split('.')[0], version]));
}

/** @returns {string} the path of that version's program */
function install(version) {
  const folder = join(cache, version);
  const program = join(folder, 'node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    npm(
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      `${packageName}@${version}`,
    );
  }
  return program;
}

/** @returns {'passed' | 'FAILED'} */
function attempt(command, args, env) {
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  return status === 0 ? 'passed' : 'FAILED';
}

function tryVersion(version) {
  const program = install(version);
  const env = { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH}` };
  console.log(`\n== Node.js ${execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()}`);
  const tests = attempt(program, ['node_modules/jest/bin/jest.js'], env);
  const conformance = join(root, '..', 'shared', 'conformance', 'run');
  if (!existsSync(conformance)) return { version, tests, conformance: 'not at hand' };
  const guard = `${program} ${join(root, 'dist', 'cratesguard.cjs')}`;
  return { version, tests, conformance: attempt(conformance, ['-k', SMOKE], { ...env, CRATESGUARD: guard }) };
}

const majors = process.argv.length > 2 ? process.argv.slice(2) : MAJORS;
execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
const newest = newestVersions();
const rows = [];
for (const major of majors) {
  const version = newest.get(major);
  rows.push(
    version === undefined ? { version: major, tests: 'no such version', conformance: '' } : tryVersion(version),
  );
}
console.log('\n| Node.js | tests | conformance |\n| --- | --- | --- |');
for (const { version, tests, conformance } of rows) console.log(`| ${version} | ${tests} | ${conformance} |`);
process.exitCode = rows.every(({ tests, conformance }) => tests === 'passed' && conformance !== 'FAILED') ? 0 : 1;
