import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Invocation } from '../../../src/cli/command';
import { confirm, readKey } from '../../../src/cli/leak/key';
import { runLeakRevoke, runLeakVerify } from '../../../src/cli/leak/verify-revoke';
import type { Terminal } from '../../../src/cli/prompt';
import { startCratesIoApi, type ApiState, type RunningApi } from '../../support/crates-io-api';
import { madeIo } from '../../support/made-io';
import { apiToken, trustpubToken } from '../../support/tokens';

let api: RunningApi | undefined;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-leak-'));
});
afterEach(async () => {
  await api?.close();
  api = undefined;
  rmSync(folder, { recursive: true });
});

async function invocation(state: ApiState, options: Invocation['options'] = {}): Promise<Invocation> {
  api = await startCratesIoApi(state);
  return { options: { api: api.url, yes: true, format: 'json', ...options }, args: [] };
}

const live = { tokens: { [apiToken('a')]: { scopes: null } } };

test('verify prints exactly the contract’s object, and no secret', async () => {
  const io = madeIo({ stdin: `${apiToken('a')}\r\n` });
  expect(await runLeakVerify(await invocation(live), io)).toEqual({ kind: 'blocked' });
  const answer = JSON.parse(io.printed.stdout) as Record<string, unknown>;
  expect(Object.keys(answer)).toEqual(['status', 'kind', 'fingerprint', 'detail']);
  expect(answer).toMatchObject({ status: 'alive', kind: 'api-token' });
  expect(answer['fingerprint']).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect((io.printed.stdout + io.printed.stderr).includes(apiToken('a').slice(3))).toBe(false);
  expect(io.printed.stderr).toContain('last used');
});

test('revoke prints exactly the contract’s object', async () => {
  const io = madeIo({ stdin: apiToken('a') });
  expect(await runLeakRevoke(await invocation({ tokens: { [apiToken('a')]: { scopes: ['yank'] } } }), io)).toEqual({
    kind: 'blocked',
  });
  const answer = JSON.parse(io.printed.stdout) as Record<string, unknown>;
  expect(Object.keys(answer)).toEqual(['revoked', 'status', 'detail']);
  expect(answer).toMatchObject({ revoked: false, status: 'alive' });
});

test('the text for a scoped key has the way to the settings page, step by step', async () => {
  const io = madeIo({ stdin: apiToken('a') });
  await runLeakRevoke(
    await invocation({ tokens: { [apiToken('a')]: { scopes: ['yank'] } } }, { format: undefined }),
    io,
  );
  expect(io.printed.stdout).toMatch(/NOT REVOKED[\s\S]*1\. Open https:\/\/crates\.io\/settings\/tokens/);
});

test.each([runLeakVerify, runLeakRevoke])('nothing is sent without consent', async (run) => {
  const io = madeIo({ stdin: apiToken('a') });
  await expect(run(await invocation(live, { yes: undefined }), io)).rejects.toMatchObject({ code: 'usage' });
  expect(api?.requests).toEqual([]);
  expect(io.printed.stderr).toContain('last used');
});

test('a Trusted Publishing key needs no consent to be told that it cannot be checked', async () => {
  const io = madeIo({ stdin: trustpubToken('a') });
  expect(await runLeakVerify(await invocation({}, { yes: undefined }), io)).toEqual({ kind: 'incomplete' });
  expect(JSON.parse(io.printed.stdout)).toMatchObject({ status: 'not-checkable', kind: 'trustpub-token' });
});

test.each([
  ['nothing', ''],
  ['an empty line', '\n'],
  ['another word', 'not-a-token\n'],
  ['two keys', `${apiToken('a')}\n${apiToken('b')}\n`],
  ['quotes', `"${apiToken('a')}"`],
  ['a wrong checksum', trustpubToken('a', 'wrong')],
  ['a file', 'x'.repeat(100_000)],
])('%s on standard input is wrong usage, and is not repeated', async (_name, stdin) => {
  const running = invocation(live).then((command) => runLeakVerify(command, madeIo({ stdin })));
  await expect(running).rejects.toMatchObject({ code: 'usage' });
  await expect(running).rejects.toSatisfyNoSecret();
  expect(api?.requests).toEqual([]);
});

test.each([
  ['blanks around it', `  ${apiToken('a')} \t\r\n`],
  ['a byte order mark', `\uFEFF${apiToken('a')}\r\n`],
])('%s is no part of the key', async (_name, stdin) => {
  const { secret } = await readKey(await invocation(live), madeIo({ stdin }));
  expect(secret.reveal() === apiToken('a')).toBe(true);
});

test('an argument is wrong usage, and is not repeated', async () => {
  const running = runLeakVerify({ ...(await invocation(live)), args: [apiToken('a')] }, madeIo());
  await expect(running).rejects.toMatchObject({ code: 'usage' });
  await expect(running).rejects.toSatisfyNoSecret();
});

test('plain http to another machine is refused before the key is read', async () => {
  const running = runLeakVerify(
    { options: { api: 'http://crates.io', yes: true }, args: [] },
    madeIo({ stdin: apiToken('a') }),
  );
  await expect(running).rejects.toMatchObject({ code: 'usage' });
});

describe('--at', () => {
  const at = (place: string) => readKey({ options: { at: place }, args: [] }, madeIo({ cwd: folder }));
  beforeEach(() => {
    writeFileSync(
      join(folder, 'a:b.env'),
      `# keys\nKEY='${apiToken('a')}' # cio_tp_config\r\nboth ${apiToken('a')} ${apiToken('b')}\ntwice ${apiToken('c')} ${apiToken('c')}\n`,
    );
  });

  test('takes the key of that line', async () => {
    expect((await at('a:b.env:2')).secret.reveal() === apiToken('a')).toBe(true);
    expect((await at('a:b.env:4')).secret.reveal() === apiToken('c')).toBe(true);
  });

  test.each(['a:b.env:1', 'a:b.env:3', 'a:b.env:99', 'a:b.env:0', 'a:b.env', 'a:b.env:x', ':3'])(
    '%s names no one key',
    async (place) => {
      await expect(at(place)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  test('a column, as a report shows it, names one of several', async () => {
    expect((await at('a:b.env:3:42')).secret.reveal() === apiToken('b')).toBe(true);
  });

  test.each([
    ['base64', Buffer.from(Buffer.from(apiToken('a')).toString('base64'))],
    ['hex', Buffer.from(Buffer.from(apiToken('a')).toString('hex'))],
    ['UTF-16', Buffer.from(`\uFEFF${apiToken('a')}\n`, 'utf16le')],
    ['an escape before it', Buffer.from(`"x\\n${apiToken('a')}"`)],
  ])('takes what a scan finds: %s', async (_name, bytes) => {
    writeFileSync(join(folder, 'encoded'), bytes);
    expect((await at('encoded:1')).secret.reveal() === apiToken('a')).toBe(true);
  });

  test.each(['absent:1', '.:1'])('%s is no file that can be read', async (place) => {
    await expect(at(place)).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('at a terminal', () => {
  const typed = (line: string) => (): Terminal => ({ readLine: () => Promise.resolve(line), close: () => undefined });
  const command: Invocation = { options: {}, args: [] };

  test.each(['y', 'yes', ' Y '])('"%s" agrees', async (line) => {
    const io = madeIo({ stderrIsTerminal: true });
    await confirm(command, io, 'Really?', typed(line));
    expect(io.printed.stderr).toBe('Really? [y/N] ');
  });

  test.each(['', 'n', 'no', 'yess'])('"%s" does not', async (line) => {
    await expect(confirm(command, madeIo({ stderrIsTerminal: true }), 'Really?', typed(line))).rejects.toMatchObject({
      code: 'usage',
    });
  });

  test('without a terminal there is nobody to agree', async () => {
    await expect(confirm(command, madeIo({ stderrIsTerminal: true }), 'Really?', () => null)).rejects.toMatchObject({
      code: 'usage',
    });
  });

  test('a key is typed unseen where standard input is the terminal', async () => {
    const io = madeIo();
    const modes: string[] = [];
    const terminal: Terminal = {
      readLine: (echo) => {
        modes.push(echo);
        return Promise.resolve(apiToken('a'));
      },
      close: () => undefined,
    };
    const read = await readKey(command, { ...io, stdin: Object.assign(io.stdin, { isTTY: true }) }, () => terminal);
    expect(read.kind).toBe('api-token');
    expect(modes).toEqual(['hidden']);
  });
});

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how jest's types are extended
  namespace jest {
    interface Matchers<R> {
      /** Neither the message nor the hint of an error holds a piece of a test's key. */
      toSatisfyNoSecret(): R;
    }
  }
}
expect.extend({
  toSatisfyNoSecret(error: { message: string; hint?: string }) {
    const text = `${error.message} ${error.hint ?? ''}`;
    const keys = [apiToken('a'), apiToken('b'), trustpubToken('a', 'wrong')];
    return { pass: !keys.some((key) => text.includes(key.slice(7, 20))), message: () => 'an error repeats a secret' };
  },
});
