// `npm test`: builds, then runs every check and says what each came to. The quick ones run side by side, the tests of
// jest after them with all cores. `node scripts/check.mjs NAME…` runs only those.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const node = (...args) => [process.execPath, ...args];
const bin = (path, ...args) => node(`node_modules/${path}`, ...args);

const first = { build: node('scripts/build.mjs') };
const sideBySide = {
  lint: bin('eslint/bin/eslint.js', '.', '--max-warnings=0'),
  types: bin('typescript/bin/tsc', '--noEmit'),
  format: bin('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  'dead code': bin('knip/bin/knip.js'),
  imports: bin('dependency-cruiser/bin/dependency-cruise.mjs', 'src'),
  package: bin('publint/src/cli.js', 'run', '--strict', '--pack=npm'),
  shell: node('scripts/shellcheck.mjs'),
};
const last = { tests: bin('jest/bin/jest.js') };

const chosen = process.argv.slice(2);
const results = [];

/** Runs one check; its output is shown at once (`inherit`) or only when it failed. */
async function run([name, [command, ...args]], output) {
  if (chosen.length > 0 && !chosen.includes(name)) return true;
  const started = process.hrtime.bigint();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', output, output] });
  let text = '';
  child.stdout?.on('data', (chunk) => (text += chunk));
  child.stderr?.on('data', (chunk) => (text += chunk));
  const passed = await new Promise((resolve) => {
    child.on('error', (error) => {
      text += String(error);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  results.push({ name, passed, seconds });
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed && text !== '') console.log(text.trimEnd());
  return passed;
}

async function runSideBySide(checks) {
  const queue = Object.entries(checks);
  const worker = async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) await run(check, 'pipe');
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

// Nothing else makes sense on a build that failed: everything reads what it generates.
if (await run(Object.entries(first)[0], 'pipe')) {
  await runSideBySide(sideBySide);
  await run(Object.entries(last)[0], 'inherit');
}

const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
console.log(
  failed.length === 0
    ? `All ${results.length} checks passed: ${results.map(({ name }) => name).join(', ')}.`
    : `Failed: ${failed.join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
