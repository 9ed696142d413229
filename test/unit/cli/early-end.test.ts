import { EventEmitter } from 'node:events';
import { guardAgainstEarlyEnd } from '../../../src/cli/process-end';

function madeProcess() {
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) };
  const target = Object.assign(new EventEmitter(), { exitCode: 0, stderr });
  return { target, said, process: target as unknown as NodeJS.Process };
}

test('a process that runs out of work before it is done ends with status 3 and says so', () => {
  const { target, said, process } = madeProcess();
  guardAgainstEarlyEnd(process);
  target.emit('beforeExit');
  expect(target.exitCode).toBe(3);
  expect(said.join()).toMatch(/ended before it was done/);
});

test('one that is done says nothing', () => {
  const { target, said, process } = madeProcess();
  guardAgainstEarlyEnd(process)();
  target.emit('beforeExit');
  expect(said).toEqual([]);
});
