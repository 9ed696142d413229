import { runHookNamed } from '../../../src/cli/hooks/hook';
import { GuardError } from '../../../src/base/error';
import { exitCodeOf } from '../../../src/outcome';
import { madeIo } from '../../support/made-io';
import { temporaryRepository, type Repository } from '../../support/repository';

/** `git config cratesguard.timeLimit` of a server. */

let repository: Repository;
let input: string;
beforeEach(() => {
  repository = temporaryRepository();
  repository.stage('a.txt', 'fine\n');
  const commit = repository.commit('one');
  repository.git('update-ref', '-d', 'refs/heads/main');
  input = `${'0'.repeat(40)} ${commit} refs/heads/main\n`;
});
afterEach(() => {
  repository.remove();
});

async function receive(): Promise<{ status: number; stdout: string }> {
  const env = Object.fromEntries(
    Object.entries(repository.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const io = madeIo({ cwd: repository.path, env, stdin: input });
  const outcome = await runHookNamed('pre-receive', [], io);
  return { status: exitCodeOf(outcome), stdout: io.printed.stdout };
}

test('within it, and without one, a push is judged as ever', async () => {
  expect((await receive()).status).toBe(0);
  repository.git('config', 'cratesguard.timeLimit', '600');
  expect((await receive()).status).toBe(0);
});

test('beyond it the push is refused, and says what the administrator can do', async () => {
  repository.git('config', 'cratesguard.timeLimit', '0.001');
  const { status, stdout } = await receive();
  expect(status).toBe(3);
  expect(stdout.replace(/\s+/g, ' ')).toMatch(/push rejected/i);
  expect(stdout.replace(/\s+/g, ' ')).toContain('time limit of this server (0.001 seconds) ran out');
  expect(stdout).toContain('git config cratesguard.timeLimit');
});

test.each(['0', '-1', '1m', '', 'soon', '1e3', 'Infinity'])(
  'what is no positive number is status 2: %j',
  async (value) => {
    repository.git('config', 'cratesguard.timeLimit', value);
    const thrown: unknown = await receive().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(GuardError);
    expect(thrown).toMatchObject({ code: 'config' });
    expect(String(thrown)).toContain('no positive number');
  },
);
