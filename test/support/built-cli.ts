import { mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

export interface BuiltCli {
  readonly folder: string;
  readonly file: string;
  run(args: readonly string[], env?: NodeJS.ProcessEnv): { status: number | null; stdout: string; stderr: string };
  remove(): void;
}

/** The command line as one file, called `cratesguard`, in a temporary folder. */
export function buildCli(): BuiltCli {
  const folder = mkdtempSync(join(tmpdir(), 'cratesguard-cli-'));
  const file = join(folder, 'cratesguard');
  buildSync({
    entryPoints: [join(__dirname, '../../src/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file,
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'error',
  });
  return {
    folder,
    file,
    run: (args, env = {}) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
          ...env,
        },
      });
      return { status, stdout, stderr };
    },
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
