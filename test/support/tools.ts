import { findProgram } from './credential';

export function hasPrograms(...names: readonly string[]): boolean {
  return names.every((name) => findProgram(name) !== undefined);
}

/** `test` where the machine can show the case, `test.skip` (and so visible in the summary) where it cannot. */
export function testWhere(isPossible: boolean): jest.It {
  return isPossible ? test : test.skip;
}
