import { GuardError, outcomeOfError } from '../../src/base/error';
import { exitCodeOf } from '../../src/outcome';

test('each outcome has the exit status that the contract gives it', () => {
  expect((['clean', 'blocked', 'usage', 'incomplete'] as const).map((kind) => exitCodeOf({ kind }))).toEqual([
    0, 1, 2, 3,
  ]);
});

test('what is wrong with the words is 2, everything else that stops a command is 3', () => {
  expect(outcomeOfError(new GuardError('usage', 'x'))).toEqual({ kind: 'usage' });
  expect(outcomeOfError(new GuardError('config', 'x'))).toEqual({ kind: 'usage' });
  expect(outcomeOfError(new GuardError('network', 'x'))).toEqual({ kind: 'incomplete' });
  expect(outcomeOfError(new Error('a bug'))).toEqual({ kind: 'incomplete' });
});
