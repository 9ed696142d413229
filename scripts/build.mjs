// Builds dist/, which is the package: each program in one CommonJS file with its libraries in it, the JSON schemas and
// the licences of what was bundled.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import './generate.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const bundles = [
  { entry: 'src/main.ts', file: 'cratesguard.cjs', kind: 'program' },
  { entry: 'src/cargo/main.ts', file: 'cargo-credential-cratesguard.cjs', kind: 'program' },
  { entry: 'src/hook-program.ts', file: 'hook-program.cjs', kind: 'module' },
  { entry: 'src/action.ts', file: 'action.cjs', kind: 'module' },
  // The AWS SDK outweighs all the rest: a process that asks no AWS store never reads it.
  { entry: 'src/cargo/stores/aws.ts', file: 'aws.cjs', kind: 'module' },
].filter(({ entry }) => existsSync(join(root, entry)));

/** The hooks say `node hook.cjs`. It is built last: it holds the digest of the program that it starts. */
const starter = { entry: 'src/hook-main.ts', file: 'hook.cjs' };

/** Libraries that a hook needs only where there is a configuration file: a commit must not pay for reading them. */
const libraries = new Map([
  ['@humanwhocodes/momoa', 'json.cjs'],
  ['re2js', 're2.cjs'],
  ['toml-eslint-parser', 'toml.cjs'],
  ['yaml', 'yaml.cjs'],
]);

/** Makes `import('…/stores/aws')`, and that of a library above, load the file beside the program. */
const filesOfTheirOwn = {
  name: 'files-of-their-own',
  setup(builder) {
    const modules = new Map(
      bundles.filter(({ kind }) => kind === 'module').map(({ entry, file }) => [join(root, entry), file]),
    );
    builder.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) => {
      const file = libraries.get(path);
      return file !== undefined && kind === 'dynamic-import' ? { path: `./${file}`, external: true } : undefined;
    });
    builder.onResolve({ filter: /^\.{1,2}\// }, async ({ path, pluginData, ...how }) => {
      if (how.kind === 'entry-point' || pluginData === filesOfTheirOwn) return undefined;
      const found = await builder.resolve(path, { ...how, pluginData: filesOfTheirOwn });
      const file = modules.get(found.path);
      if (file === undefined) return found;
      if (how.kind === 'dynamic-import') return { path: `./${file}`, external: true };
      return { errors: [{ text: `${path} is a file of its own: load it with import()` }] };
    });
  },
};

/**
 * Leaves out cosmiconfig's own loaders: they bring TypeScript and run what they load, and policy gives it a loader that
 * takes every file for data.
 */
const noForeignLoaders = {
  name: 'no-foreign-loaders',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]cosmiconfig[\\/]dist[\\/]loaders\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** @param {readonly { entry: string, file: string }[]} files @param {Record<string, string>} [define] */
async function bundle(files, define) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files.map(({ entry, file }) => ({ in: entry, out: basename(file, '.cjs') })),
    define,
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // A bundled module behind `import()` is still evaluated only then; a file beside it becomes a plain require.
    supported: { 'dynamic-import': false },
    // Names stay, so that a stack trace in a bug report says something.
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'utf8',
    legalComments: 'none', // THIRD-PARTY-LICENSES has the whole texts
    metafile: true,
    logLevel: 'warning',
    plugins: [filesOfTheirOwn, noForeignLoaders],
  });
  return metafile;
}

async function makeExecutable(file) {
  const path = join(dist, file);
  const code = await readFile(path, 'utf8');
  if (!code.startsWith('#!')) await writeFile(path, `#!/usr/bin/env node\n${code}`);
  await chmod(path, 0o755);
}

async function copySchemas() {
  const from = join(root, 'schema');
  if (!existsSync(from)) return;
  await mkdir(join(dist, 'schema'));
  for (const name of await readdir(from)) await copyFile(join(from, name), join(dist, 'schema', name));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const metafile = await bundle([...bundles, ...[...libraries].map(([entry, file]) => ({ entry, file }))]);
const digest = createHash('sha256')
  .update(await readFile(join(dist, 'hook-program.cjs')))
  .digest('hex')
  .slice(0, 32);
const started = await bundle([starter], { HOOK_PROGRAM_DIGEST: JSON.stringify(digest) });
for (const part of ['inputs', 'outputs']) metafile[part] = { ...started[part], ...metafile[part] };
await writeFile(join(dist, 'THIRD-PARTY-LICENSES'), await thirdPartyLicenses(root, metafile));
for (const { file, kind } of bundles) if (kind === 'program') await makeExecutable(file);
await copySchemas();
// What the house tests read: which module is in which file.
await writeFile(join(root, 'src', 'generated', 'bundles.json'), JSON.stringify(metafile));
