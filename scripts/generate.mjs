// Writes src/generated/: what the sources need as code but is kept in a form of its own.
//   keyword-search.ts   the WebAssembly of src/detect/keyword-search.wat, assembled; the keywords' buckets and fingerprints
//   hook-scripts.ts     hooks/*, with what the gate looks for (made from the rules) put in
//   snippets.ts         snippets/*, as they are
//   report-page.ts      style and script of the HTML report, minified, with the hashes that its policy names
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import loadWabt from 'wabt';
import { embedSnippets } from './snippets.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const generated = join(root, 'src', 'generated');
const HEADER = '// Made by scripts/generate.mjs; not kept in git.\n';

async function assembleKeywordSearch() {
  const wabt = await loadWabt();
  const file = join(root, 'src', 'detect', 'keyword-search.wat');
  const module = wabt.parseWat(file, await readFile(file, 'utf8'), { simd: true, bulk_memory: true });
  module.validate();
  const { buffer } = module.toBinary({});
  const text = Buffer.from(buffer).toString('base64');
  const { keywordPlan } = await evaluate('src/detect/keyword-buckets.ts');
  const plan = keywordPlan(await ownSources());
  await writeFile(
    join(generated, 'keyword-search.ts'),
    `${HEADER}export const KEYWORD_SEARCH_WASM = '${text}';\nexport const KEYWORD_PLAN = ${JSON.stringify(plan)};\n`,
  );
}

/** A sample of code: this program's own, which is always at hand. */
async function ownSources() {
  const source = join(root, 'src');
  const files = (await readdir(source, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('generated'),
  );
  return Buffer.concat(await Promise.all(files.sort().map((file) => readFile(join(source, file)))));
}

/** Runs a module of src/ here, bundled; for the few that are data the build needs. */
async function evaluate(file) {
  const result = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'error',
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', result.outputFiles[0].text)(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  return module.exports;
}

async function embedHookScripts() {
  const { gateExpression, gateHint, keywordPatterns } = await evaluate('src/rules/gate.ts');
  const { WRITING_TOOLS } = await evaluate('src/agents/writing-tools.ts');
  const folder = join(root, 'hooks');
  const scripts = {};
  for (const name of (await readdir(folder)).sort())
    scripts[name] = (await readFile(join(folder, name), 'utf8'))
      .replaceAll('@GATE_EXPRESSION@', () => gateExpression())
      .replaceAll('@GATE_HINT@', () => gateHint())
      .replaceAll('@KEYWORD_PATTERNS@', () => keywordPatterns())
      .replaceAll('@WRITING_TOOLS@', () => WRITING_TOOLS.join(' | '));
  await writeFile(
    join(generated, 'hook-scripts.ts'),
    `${HEADER}export const HOOK_SCRIPTS: Readonly<Record<string, string>> = ${JSON.stringify(scripts, null, 2)};\n`,
  );
}

/** In the order of the page; what a narrow window and paper change comes after what it changes. */
const STYLE = ['page', 'summary', 'filter', 'secrets', 'narrow-and-print'];

async function embedReportPage() {
  const lines = [];
  const folder = join(root, 'src', 'report', 'html');
  for (const [name, files, loader] of [
    ['REPORT_STYLE', STYLE.map((part) => `style/${part}.css`), 'css'],
    ['REPORT_SCRIPT', ['page.js'], 'js'],
  ]) {
    const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const source = sources.join('\n');
    const { code } = await transform(source, {
      loader,
      minify: true,
      target: ['es2022', 'chrome108', 'firefox115', 'safari16'],
    });
    const text = code.trim();
    if (text.includes('</')) throw new Error(`${files.join(', ')} could end its element`);
    const hash = createHash('sha256').update(text).digest('base64');
    lines.push(`export const ${name} = ${JSON.stringify(text)};`, `export const ${name}_HASH = 'sha256-${hash}';`);
  }
  await writeFile(join(generated, 'report-page.ts'), `${HEADER}${lines.join('\n')}\n`);
}

await mkdir(generated, { recursive: true });
await embedReportPage();
await assembleKeywordSearch();
await embedHookScripts();
await embedSnippets();
