import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { readCargoConfig } from './cargo-files';
import type { Inventory, UnreadPlace } from './files';
import { isKeyVariable, type Use } from './use';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where this machine keeps a key in the clear, or asks for one: Cargo's credentials and configuration, every
 * `.cargo/config.toml` above `root`, the environment. What is in `root` itself is the repository's, not the machine's.
 * Values are never part of the answer.
 */
export async function inventoryOfMachine(root: string, env: Environment): Promise<Inventory> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const cargoHome = env['CARGO_HOME'] ?? join(home, '.cargo');
  const uses: Use[] = [];
  const unread: UnreadPlace[] = [];
  const own = ['credentials.toml', 'credentials', 'config.toml', 'config'].map((name) => join(cargoHome, name));
  const above = foldersAbove(root).flatMap((folder) =>
    ['config.toml', 'config'].map((name) => join(folder, '.cargo', name)),
  );
  for (const file of new Set([...own, ...above])) {
    const path = shown(file, home);
    try {
      const text = await readIfThere(file);
      if (text !== null) uses.push(...readCargoConfig(text).map((use) => ({ ...use, service: 'machine', path })));
    } catch {
      // What a parser or the system says may quote the file, and this file is where keys are.
      unread.push({ path, reason: 'it is there, and could not be read as a Cargo file' });
    }
  }
  for (const [name, value] of Object.entries(env))
    if (isKeyVariable(name) && value !== undefined && value !== '')
      uses.push({
        service: 'machine',
        path: 'environment',
        line: 1,
        secretName: name,
        command: null,
        context: 'set in the environment of this very command',
      });
  return { uses, unread };
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

function foldersAbove(root: string): readonly string[] {
  const found: string[] = [];
  for (let folder = dirname(resolve(root)); ; folder = dirname(folder)) {
    found.push(folder);
    if (folder === dirname(folder)) return found;
  }
}

function shown(file: string, home: string): string {
  const path = file.startsWith(home + sep) ? `~${file.slice(home.length)}` : file;
  return path.split(sep).join('/');
}
