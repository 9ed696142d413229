import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardError } from '../../../src/base/error';
import { type FileSystem, diskFiles } from '../../../src/hooks/files';
import { installHooks } from '../../../src/hooks/install';
import { CLIENT_HOOKS } from '../../../src/hooks/names';
import type { RepositoryFacts } from '../../../src/hooks/repository';
import { uninstallHooks } from '../../../src/hooks/uninstall';
import { snapshot, writeScript } from './sandbox';

/** A full disk, a refused write and Ctrl-C at every step: all of it or nothing. No git runs here. */

let folder: string;
let repository: string;
let program: string;
let facts: RepositoryFacts;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cratesguard-atomic-')));
  repository = join(folder, 'repository');
  program = join(folder, 'dist');
  const gitDir = join(repository, '.git');
  writeScript(join(gitDir, 'hooks', 'pre-commit'), '#!/bin/sh\necho mine\n', 0o750);
  writeScript(join(gitDir, 'hooks', 'pre-push'), '#!/usr/bin/env node\n', 0o755);
  mkdirSync(program);
  writeFileSync(join(program, 'hook.cjs'), '// the program\n');
  facts = {
    gitDir,
    commonDir: gitDir,
    topLevel: repository,
    bare: false,
    hooksPath: join(gitDir, 'hooks'),
    hooksPathSetting: null,
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const install = (files: FileSystem, signal?: AbortSignal): Promise<unknown> =>
  installHooks({
    facts,
    hooks: CLIENT_HOOKS,
    globalHooks: join(folder, 'data', 'hooks'),
    programFolder: program,
    node: process.execPath,
    files,
    ...(signal === undefined ? {} : { signal }),
  });
const uninstall = (files: FileSystem): Promise<unknown> =>
  uninstallHooks({ facts, globalHooks: join(folder, 'data', 'hooks'), files });

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

type Operation = 'open' | 'write' | 'mkdir' | 'link' | 'rename' | 'unlink';

/** A disk where `fails` decides, for each change asked of it, whether it is refused; the lock is let be. */
function disk(fails: (operation: Operation) => Error | null): FileSystem {
  const guard = (operation: Operation, path: unknown): void => {
    const error = String(path).endsWith('cratesguard.lock') ? null : fails(operation);
    if (error !== null) throw error;
  };
  return {
    ...diskFiles,
    async open(path, ...rest) {
      guard('open', path);
      const handle = await promises.open(path, ...rest);
      const writeFile = handle.writeFile.bind(handle);
      handle.writeFile = async (...content) => {
        try {
          guard('write', path);
        } catch (error) {
          await writeFile('half');
          throw error;
        }
        await writeFile(...content);
      };
      return handle;
    },
    async mkdir(...args: Parameters<FileSystem['mkdir']>) {
      guard('mkdir', args[0]);
      return promises.mkdir(...args);
    },
    async link(from, to) {
      guard('link', to);
      await promises.link(from, to);
    },
    async rename(from, to) {
      guard('rename', to);
      await promises.rename(from, to);
    },
    async unlink(path) {
      guard('unlink', path);
      await promises.unlink(path);
    },
  } as FileSystem;
}

/** Refuses the change with this number, once. */
function failingOnce(at: number): { readonly files: FileSystem; readonly count: () => number } {
  let count = 0;
  const files = disk(() => {
    count += 1;
    return count === at ? failure('EACCES') : null;
  });
  return { files, count: () => count };
}

/** Takes nothing new from this change on. */
function fullFrom(at: number): FileSystem {
  let count = 0;
  return disk((operation) => {
    if (operation === 'rename' || operation === 'unlink') return null;
    count += 1;
    return count >= at ? failure('ENOSPC') : null;
  });
}

async function steps(work: (files: FileSystem) => Promise<unknown>): Promise<number> {
  const { files, count } = failingOnce(0);
  await work(files);
  return count();
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof GuardError) return error.code;
    throw error;
  }
}

describe.each(['install', 'uninstall'] as const)('%s', (command) => {
  const work = (files: FileSystem): Promise<unknown> => (command === 'install' ? install(files) : uninstall(files));
  const prepare = async (): Promise<void> => {
    if (command === 'uninstall') await install(diskFiles);
  };
  const undo = async (): Promise<void> => {
    if (command === 'install') await uninstall(diskFiles);
    else await install(diskFiles);
  };

  test('a change that is refused leaves everything as it was', async () => {
    await prepare();
    const before = snapshot(folder);
    const total = await steps(work);
    expect(total).toBeGreaterThan(9);
    await undo();
    for (let at = 1; at <= total; at += 1) {
      const code = await codeOf(work(failingOnce(at).files));
      if (code === 'done') await undo();
      else expect([at, code]).toEqual([at, 'unwritable']);
      expect([at, snapshot(folder)]).toEqual([at, before]);
    }
  });

  test('a disk that is full from some step on', async () => {
    await prepare();
    const before = snapshot(folder);
    let at = 1;
    for (; (await codeOf(work(fullFrom(at)))) === 'unwritable'; at += 1)
      expect([at, snapshot(folder)]).toEqual([at, before]);
    expect(at).toBeGreaterThan(command === 'install' ? 10 : 2);
  });
});

test('Ctrl-C before the first change', async () => {
  const before = snapshot(folder);
  const abort = new AbortController();
  abort.abort();
  expect(await codeOf(install(diskFiles, abort.signal))).toBe('interrupted');
  expect(snapshot(folder)).toEqual(before);
});

test('Ctrl-C between two changes', async () => {
  const before = snapshot(folder);
  const abort = new AbortController();
  let renames = 0;
  const files = disk((operation) => {
    if (operation === 'rename' && ++renames === 3) abort.abort();
    return null;
  });
  expect(await codeOf(install(files, abort.signal))).toBe('interrupted');
  expect(snapshot(folder)).toEqual(before);
});

test('a lock that a dead process left behind is taken over', async () => {
  writeFileSync(join(repository, '.git', 'cratesguard.lock'), '999999999');
  expect(await codeOf(install(diskFiles))).toBe('done');
  expect(snapshot(repository)['./.git/cratesguard.lock']).toBeUndefined();
});
