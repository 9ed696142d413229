// `npm test`: builds, then runs every check and says what each came to. The quick ones run side by side, then the tests
// with all cores. Each is a script of package.json; `npm test -- NAME…` runs only those.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const first = ['build'];
const sideBySide = ['lint', 'types', 'format:check', 'unused', 'imports', 'package', 'shell'];
const last = ['tests'];

/** Real counterparts that some tests need; .ci/run installs them. */
const judges = ['act', 'actionlint', 'check-jsonschema', 'gitlab-ci-local', 'zizmor'];

const all = [...first, ...sideBySide, ...last];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all;
const results = [];

/** Runs one check; its output shows as it comes (`inherit`), or only if it fails (`pipe`). */
async function run(name, output) {
  if (!chosen.includes(name)) return true;
  const started = process.hrtime.bigint();
  const child = spawn(`npm run --silent ${name}`, { cwd: root, shell: true, stdio: ['ignore', output, output] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const passed = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  results.push({ name, passed });
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed && text !== '') console.log(text.trimEnd());
  return passed;
}

async function runSideBySide(names) {
  const queue = [...names];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await run(name, 'pipe');
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no check named ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  process.exit(2);
}
// On a build that failed nothing else makes sense: the other checks read what it generates.
let built = true;
for (const name of first) built &&= await run(name, 'pipe');
if (built) {
  await runSideBySide(sideBySide);
  for (const name of last) await run(name, 'inherit');
}
const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
const folders = (process.env.PATH ?? '').split(delimiter);
const absent = judges.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
const without = absent.length === 0 ? '' : ` Skipped for want of a program: what needs ${absent.join(', ')}.`;
console.log((failed.length === 0 ? `All ${results.length} checks passed.` : `Failed: ${failed.join(', ')}.`) + without);
process.exitCode = failed.length === 0 ? 0 : 1;
