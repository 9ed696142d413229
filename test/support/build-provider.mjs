// Bundles the credential provider as scripts/build.mjs does, for tests that start it.
//   node build-provider.mjs FOLDER
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outdir = process.argv[2];
const program = join(outdir, 'cargo-credential-cratesguard.cjs');

await build({
  absWorkingDir: root,
  entryPoints: [
    { in: 'src/cargo/main.ts', out: 'cargo-credential-cratesguard' },
    { in: 'src/cargo/stores/aws.ts', out: 'aws' },
  ],
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  supported: { 'dynamic-import': false },
  logLevel: 'error',
  plugins: [
    {
      name: 'aws-in-a-file-of-its-own',
      setup: (builder) => {
        builder.onResolve({ filter: /stores\/aws$/ }, ({ kind }) =>
          kind === 'dynamic-import' ? { path: './aws.cjs', external: true } : undefined,
        );
      },
    },
  ],
});
await writeFile(program, `#!/usr/bin/env node\n${await readFile(program, 'utf8')}`);
await chmod(program, 0o755);
