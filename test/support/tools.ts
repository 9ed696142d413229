import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './credential';

export function hasPrograms(...names: readonly string[]): boolean {
  return names.every((name) => findProgram(name) !== undefined);
}

/** `test` where the machine can show the case, `test.skip` (and so visible in the summary) where it cannot. */
export function testWhere(isPossible: boolean): jest.It {
  return isPossible ? test : test.skip;
}

/** Whether a file's mode keeps this process out: for root it does only without its capabilities, as `.ci/run` starts the tests. */
export const permissionsHold: boolean = (() => {
  if (process.platform === 'win32') return false;
  const folder = mkdtempSync(join(tmpdir(), 'cratesguard-mode-'));
  const file = join(folder, 'unreadable');
  try {
    writeFileSync(file, '', { mode: 0o000 });
    accessSync(file, constants.R_OK);
    return false;
  } catch {
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();
