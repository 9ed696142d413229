/**
 * The main program of the single executable, which is Node.js with the files of dist/ as assets. They are unpacked into
 * the user's cache and compared with the assets at every start, so nothing else is ever run. Started with the path of an
 * installed hook.cjs, it runs that, as `node` would; started by cargo, it is the credential provider.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { getAsset } from 'node:sea';

/** Made by scripts/executable.mjs. */
interface Contents {
  /** The version, and a digest of all files: two builds never share a folder. */
  readonly id: string;
  readonly files: readonly string[];
}

function cacheFolder({ env, platform }: NodeJS.Process): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  const set = env['XDG_CACHE_HOME'];
  return set !== undefined && isAbsolute(set) ? set : join(homedir(), '.cache');
}

function holds(path: string, bytes: Buffer): boolean {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false; // it is written anew
  }
}

function unpackInto(folder: string, files: readonly string[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of files) {
    const path = join(folder, name);
    const bytes = Buffer.from(getAsset(name));
    if (holds(path, bytes)) continue;
    const temporary = `${path}.${String(process.pid)}.tmp`;
    writeFileSync(temporary, bytes, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
  }
}

/** @returns the folder that stands for dist/ */
function unpack(): string {
  const { id, files } = JSON.parse(getAsset('contents.json', 'utf8')) as Contents;
  try {
    const folder = join(cacheFolder(process), 'cratesguard', id);
    unpackInto(folder, files);
    return folder;
  } catch {
    // No home, or one that can't be written: a folder for this run alone.
    const folder = mkdtempSync(join(tmpdir(), 'cratesguard-'));
    process.on('exit', () => {
      rmSync(folder, { recursive: true, force: true });
    });
    unpackInto(folder, files);
    return folder;
  }
}

function run(file: string, args: readonly string[]): void {
  process.argv = [process.execPath, file, ...args];
  createRequire(file)(file);
}

const [first = '', ...rest] = process.argv.slice(2);
if (basename(first) === 'hook.cjs') run(resolve(first), rest);
else {
  // `node SCRIPT` where the script is this very program.
  const args = first === process.execPath ? rest : process.argv.slice(2);
  const program = args[0] === '--cargo-plugin' ? 'cargo-credential-cratesguard.cjs' : 'cratesguard.cjs';
  run(join(unpack(), program), args);
}
