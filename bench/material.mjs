// What the benchmark works on, made once and kept in a folder of the temporary directory.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const MEGABYTE = 1_000_000;

const root = fileURLToPath(new URL('..', import.meta.url));
export const folder = join(tmpdir(), 'cratesguard-bench');

/** No setting of this machine or user, and no prompt. */
export const environment = {
  PATH: process.env.PATH,
  HOME: folder,
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.com',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.com',
  NO_COLOR: '1',
  ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot, TEMP: tmpdir(), TMP: tmpdir() } : {}),
};

export function git(cwd, ...args) {
  return execFileSync('git', args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Makes `name` in the folder unless it is there whole: what was broken off is made again. @returns {string} its path */
export function kept(name, make) {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.error(`making ${name} …`);
  make(unfinished);
  renameSync(unfinished, path);
  return path;
}

let source;

/** Source code as people write it: what the development dependencies consist of, about 64 MB in one piece. */
function sourceCode() {
  if (source !== undefined) return source;
  const pieces = [];
  let size = 0;
  for (const entry of readdirSync(join(root, 'node_modules'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/(?<!\.min)\.(?:[cm]?[jt]s|md|json)$/.test(entry.name)) continue;
    const bytes = readFileSync(join(entry.parentPath ?? entry.path, entry.name));
    pieces.push(bytes);
    size += bytes.length;
    if (size > 64 * MEGABYTE) break;
  }
  return (source = Buffer.concat(pieces));
}

/** `size` bytes of source code; another `start`, other bytes. */
function* slices(size, start = 0) {
  const bytes = sourceCode();
  for (let left = size, from = start % bytes.length; left > 0; from = 0) {
    const slice = bytes.subarray(from, Math.min(bytes.length, from + left));
    yield slice;
    left -= slice.length;
  }
}

/** One file of source code. @returns {string} */
export function sourceFile(megabytes) {
  return kept(`source-${megabytes}-mb.txt`, (path) => {
    const file = openSync(path, 'w');
    for (const slice of slices(megabytes * MEGABYTE)) writeSync(file, slice);
    closeSync(file);
  });
}

/** So much source code in files of `size` bytes, in a hundred folders; another `first`, other files. */
function writeTree(path, megabytes, size = MEGABYTE / 4, first = 0) {
  const count = (megabytes * MEGABYTE) / size;
  for (let index = first; index < first + count; index += 1) {
    const directory = join(path, String(index % 100));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${index}.ts`), Buffer.concat([...slices(size, index * 7_777_777)]));
  }
}

/** A folder with so much source code in files of 250 kB. @returns {string} */
export function sourceTree(megabytes) {
  return kept(`tree-${megabytes}-mb`, (path) => writeTree(path, megabytes));
}

const LAYERS = 8;

/**
 * An image as `docker save` writes it: eight layers, each a gzip of a tar of source code in files of 50 kB, that unpack
 * to so many megabytes.
 * @returns {{ file: string, layers: readonly string[] }} `layers`: their names in the tar
 */
export function imageFile(megabytes) {
  const file = kept(`image-${megabytes}-mb.tar`, (path) => {
    const work = `${path}.work`;
    const blobs = join(work, 'layout', 'blobs', 'sha256');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(blobs, { recursive: true });
    const blob = (bytes) => {
      const hex = createHash('sha256').update(bytes).digest('hex');
      writeFileSync(join(blobs, hex), bytes);
      return { digest: `sha256:${hex}`, size: bytes.length };
    };
    const layers = Array.from({ length: LAYERS }, (_, layer) => {
      const tree = join(work, 'tree');
      writeTree(join(tree, 'usr', 'src', String(layer)), megabytes / LAYERS, 50_000, layer * 1_000_000);
      execFileSync('sh', ['-c', `tar -C '${tree}' -cf - usr | gzip -c >'${join(work, 'layer')}'`]);
      rmSync(tree, { recursive: true });
      return { ...blob(readFileSync(join(work, 'layer'))), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
    });
    const config = {
      ...blob(JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Env: ['PATH=/bin'] }, rootfs: {} })),
      mediaType: 'application/vnd.oci.image.config.v1+json',
    };
    const manifest = {
      ...blob(JSON.stringify({ schemaVersion: 2, config, layers })),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
    };
    const named = ({ digest }) => `blobs/sha256/${digest.slice('sha256:'.length)}`;
    const documents = {
      'oci-layout': { imageLayoutVersion: '1.0.0' },
      'index.json': { schemaVersion: 2, manifests: [manifest] },
      'manifest.json': [{ Config: named(config), RepoTags: ['bench:latest'], Layers: layers.map(named) }],
    };
    for (const [name, document] of Object.entries(documents))
      writeFileSync(join(work, 'layout', name), JSON.stringify(document));
    execFileSync('tar', ['-C', join(work, 'layout'), '-cf', path, 'blobs', ...Object.keys(documents)]);
    rmSync(work, { recursive: true });
  });
  const [{ Layers: layers }] = JSON.parse(
    execFileSync('tar', ['-xOf', file, 'manifest.json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  return { file, layers };
}

/** A repository with one commit and so much source code staged, in files of 250 kB. @returns {string} */
export function stagedRepository(megabytes) {
  return kept(`staged-${megabytes}-mb`, (path) => {
    emptyRepository(path);
    writeTree(join(path, 'src'), megabytes);
    git(path, 'add', '--all');
  });
}

/**
 * A clone whose remote lacks the last commits of a history, with the hooks in it. Never kept.
 * @returns {{ cwd: string, address: string, remote: string, local: string, input: string }} `input`: the file that
 *   pre-push gets from git
 */
export function pushRepository(history, commits, install) {
  const cwd = join(folder, 'push');
  rmSync(cwd, { recursive: true, force: true });
  git(folder, 'clone', '--quiet', '--no-checkout', '--single-branch', '--branch=main', history, cwd);
  const [local, remote] = ['main', `main~${commits}`].map((revision) => git(cwd, 'rev-parse', revision).trim());
  git(cwd, 'update-ref', 'refs/remotes/origin/main', remote);
  install(cwd);
  const input = join(cwd, '.git', 'push-input');
  writeFileSync(input, `refs/heads/main ${local} refs/heads/main ${remote}\n`);
  return { cwd, address: git(cwd, 'remote', 'get-url', 'origin').trim(), remote, local, input };
}

function emptyRepository(path) {
  mkdirSync(path, { recursive: true });
  git(path, 'init', '--quiet', '--initial-branch=main');
  git(path, 'config', 'gc.auto', '0');
  git(path, 'commit', '--quiet', '--allow-empty', '--no-verify', '--message=first');
}

/**
 * A repository with ten source files staged, and one of them as `extra` says. Never kept: hooks go into it.
 * @returns {string}
 */
export function smallRepository(name, extra = '') {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  emptyRepository(path);
  for (let index = 0; index < 10; index += 1)
    writeFileSync(join(path, `${index}.ts`), Buffer.concat([...slices(4_000, index * 1_234_567)]));
  writeFileSync(join(path, '0.ts'), extra, { flag: 'a' });
  git(path, 'add', '--all');
  return path;
}

/** @returns {string} where those packages, `NAME@VERSION`, are installed */
export function packagesInstalled(name, packages) {
  return kept(name, (path) => {
    mkdirSync(path, { recursive: true });
    execFileSync(
      'npm',
      ['install', '--prefix', path, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...packages],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      },
    );
  });
}
