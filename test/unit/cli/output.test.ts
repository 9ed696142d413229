import { PassThrough, Writable } from 'node:stream';
import { usesColor, type Io } from '../../../src/cli/io';
import { createOutput, printError, writeFormatted } from '../../../src/cli/output';
import { progressLine, startProgress } from '../../../src/cli/progress';
import { GuardError } from '../../../src/base/error';
import { apiToken } from '../../support/tokens';

interface Captured {
  readonly stream: PassThrough & { isTTY?: boolean; columns?: number };
  text(): string;
}

function capture(terminal?: { columns: number }): Captured {
  const stream: Captured['stream'] = new PassThrough();
  if (terminal !== undefined) Object.assign(stream, { isTTY: true, columns: terminal.columns });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

function outputOn(stdout: Writable, stderr: Writable, env: Io['env'] = {}) {
  return createOutput({
    stdout,
    stderr,
    stdin: new PassThrough(),
    env,
    cwd: () => '/somewhere',
    signal: new AbortController().signal,
  });
}

test('what is written is masked and has no control characters', async () => {
  const out = capture();
  const { io, flush } = outputOn(out.stream, capture().stream);
  const token = apiToken(1);
  io.stdout.write(`a\tb\n${token}\u001b[31m\u0007\r\u009b\u202e\u2066\u007f\n`);
  await flush();
  expect(out.text().includes(token)).toBe(false);
  expect(out.text()).toBe(`a\tb\ncio${'*'.repeat(32)}\\x1b[31m\\x07\\r\\x9b\\u202e\\u2066\\x7f\n`);
});

test('what its producer formatted keeps its colours', async () => {
  const out = capture();
  const { io, flush } = outputOn(out.stream, capture().stream);
  writeFormatted(io.stdout, '\u001b[31mred\u001b[39m\n');
  await flush();
  expect(out.text()).toBe('\u001b[31mred\u001b[39m\n');
});

test('a channel without writeFormatted gets plain text', () => {
  const written: string[] = [];
  writeFormatted({ write: (text) => written.push(text), isTerminal: false, width: undefined }, 'x');
  expect(written).toEqual(['x']);
});

test('a reader that went away is no error, a full disk is', async () => {
  const failing = (code: string): Writable =>
    new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error(`write ${code}`), { code }));
      },
    });
  const closed = outputOn(failing('EPIPE'), capture().stream);
  closed.io.stdout.write('x');
  closed.io.stdout.write('y');
  await expect(closed.flush()).resolves.toBeUndefined();
  const full = outputOn(failing('ENOSPC'), capture().stream);
  full.io.stdout.write('x');
  await expect(full.flush()).rejects.toMatchObject({ code: 'unwritable' });
});

test('a current folder that is gone is an error of ours', () => {
  const { io } = createOutput({
    stdout: capture().stream,
    stderr: capture().stream,
    stdin: new PassThrough(),
    env: {},
    cwd: () => {
      throw new Error('ENOENT');
    },
    signal: new AbortController().signal,
  });
  expect(() => io.cwd).toThrow(GuardError);
});

describe('errors', () => {
  async function printed(error: unknown, env: Io['env'] = {}): Promise<string> {
    const err = capture();
    const { io, flush } = outputOn(capture().stream, err.stream, env);
    printError(error, io);
    await flush();
    return err.text();
  }

  test('an expected one is its message and its hint', async () => {
    expect(await printed(new GuardError('usage', 'no such thing', { hint: 'Try another.' }))).toBe(
      'cratesguard: no such thing\nTry another.\n',
    );
  });

  test('an unexpected one shows its stack only when asked, and no secret either way', async () => {
    const token = apiToken(2);
    const error = new Error(`broke at ${token}`);
    const short = await printed(error);
    const long = await printed(error, { CRATESGUARD_DEBUG: '1' });
    expect(short.split('\n')).toHaveLength(3);
    expect(long).toContain('output.test');
    expect(short.includes(token) || long.includes(token)).toBe(false);
  });

  test('a cause is shown with the stack', async () => {
    const error = new GuardError('network', 'outer', { cause: new Error('inner') });
    expect(await printed(error, { CRATESGUARD_DEBUG: '1' })).toContain('caused by: Error: inner');
  });
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('colours with %j on a terminal (%s): %s', (env, isTerminal, expected) => {
  expect(usesColor({ env }, { isTerminal })).toBe(expected);
});

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const state = { done: 1200, total: 4800, unit: 'files', bytes: 310_000_000 };

  test('a line has a bar, the counts, the speed and what is left, and fits', () => {
    expect(progressLine(state, 2, 200)).toBe('[#####...............] 1,200/4,800 files, 310 MB, 155 MB/s, 0:06 left');
    expect(progressLine(state, 2, 40)).toHaveLength(39);
    expect(progressLine({ done: 5, unit: 'commits', bytes: 10 }, 0, 80)).toBe('5 commits, 10 bytes');
  });

  test('it shows on a terminal after a second and goes away', () => {
    const err = capture({ columns: 80 });
    const { io } = outputOn(capture().stream, err.stream);
    const progress = startProgress(io, () => state);
    jest.advanceTimersByTime(900);
    expect(err.text()).toBe('');
    jest.advanceTimersByTime(400);
    expect(err.text()).toContain('1,200/4,800 files');
    progress.end();
    expect(err.text().endsWith('\r\u001b[K')).toBe(true);
  });

  test('it is silent anywhere else', () => {
    for (const [stream, env] of [
      [capture(), {}],
      [capture({ columns: 80 }), { TERM: 'dumb' }],
    ] as const) {
      const { io } = outputOn(capture().stream, stream.stream, env);
      const progress = startProgress(io, () => state);
      jest.advanceTimersByTime(5000);
      progress.end();
      expect(stream.text()).toBe('');
    }
  });
});

test('a hint on a line of its own starts as a sentence, but for the name of a program', () => {
  const hintOf = (hint: string): string => {
    const err = capture();
    const { io } = outputOn(capture().stream, err.stream);
    printError(new GuardError('usage', 'no', { hint }), io);
    return err.text().split('\n')[1] ?? '';
  };
  expect(hintOf('fetch it first')).toBe('Fetch it first');
  expect(hintOf('cratesguard needs git 2.32 or later')).toBe('cratesguard needs git 2.32 or later');
  expect(hintOf('registries.x.index is missing')).toBe('registries.x.index is missing');
});
