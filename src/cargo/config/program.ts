import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { singleExecutable } from '../../base/executable';
import type { Environment } from './environment';

const NAME = 'cargo-credential-cratesguard';

/** The provider: the single executable is its own; else the build puts it beside the file that this code ends up in. */
export function ownScript(): string {
  return singleExecutable() ?? posix.join(__dirname.replaceAll('\\', '/'), `${NAME}.cjs`);
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  readonly exists: (path: string) => boolean;
}

export function thisMachine(env: Environment): Machine {
  return { platform: process.platform, env, exists: existsSync };
}

/** A program in the folders of PATH; undefined where it is in none. */
export function findOnPath(name: string, { platform, env, exists }: Machine): string | undefined {
  const paths = platform === 'win32' ? win32 : posix;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(paths.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => paths.join(folder, name)).find((file) => exists(file));
}

/**
 * What cargo can start as the provider whose script is given; undefined where there is nothing. Elsewhere than on
 * Windows that is the script itself. Windows runs no script, and finds a bare name as `.exe` only, so it is the `.cmd`
 * that npm made, with its extension. (`node` as the program would not do: cargo passes the arguments of its
 * configuration inside the request and not on the command line.)
 */
export function startableProgram(script: string, { platform, env, exists }: Machine): string | undefined {
  if (platform !== 'win32' || script.endsWith('.exe')) return exists(script) ? script : undefined;
  const shim = `${NAME}.cmd`;
  const folder = win32.dirname(script);
  const nearby = [
    win32.join(folder, '..', '..', '.bin', shim), // node_modules/.bin of a project
    win32.join(folder, '..', '..', '..', shim), // npm's prefix, for a global installation
  ];
  return nearby.find((path) => exists(path)) ?? findOnPath(shim, { platform, env, exists });
}

/** Whether a package runner keeps this program in a cache that may go at any time. */
export function isTemporary(program: string): boolean {
  return /[\\/](?:_npx|dlx-[^\\/]*|dlx|bunx-[^\\/]*)[\\/]/.test(program);
}
