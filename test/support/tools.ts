import { spawnSync } from 'node:child_process';

/** `test` where a program is on this machine, `test.skip` (and so visible in the summary) where it is not. */
export function testWith(program: string): jest.It {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0 ? test : test.skip;
}
