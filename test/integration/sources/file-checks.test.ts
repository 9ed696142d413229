import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayHold } from '../../../src/detect/keyword-filter';
import type { SourceContext, SourceItem } from '../../../src/sources/content';
import { startFileChecks, type FileChecks, type FileToCheck } from '../../../src/sources/file-checks';
import { pathsSource } from '../../../src/sources/paths';
import { checkFiles, serveFileChecks } from '../../../src/scan/serve-file-checks';
import { apiToken } from '../../support/tokens';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-checks-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A thread's program: `answer` is the body of a function of the list of files. */
function program(answer: string): string {
  const file = join(folder, 'thread.cjs');
  writeFileSync(
    file,
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', (files) => parentPort.postMessage(((files) => { ${answer} })(files)));`,
  );
  return file;
}

const files = (...names: readonly string[]): FileToCheck[] => names.map((name) => ({ path: name, name }));

describe('threads', () => {
  let checks: FileChecks;

  /** As on a machine of three cores. */
  function start(file: string): FileChecks {
    const started = startFileChecks({ file, cores: 3, checkHere: checkFiles });
    if (started === null) throw new Error('three cores have threads');
    return (checks = started);
  }

  afterEach(async () => {
    await checks.close();
  });

  test('each list gets its own answers, however many are under way', async () => {
    start(program('return files.map(({ name }) => name.length)'));
    const lists = Array.from({ length: 20 }, (_, index) => files('x'.repeat(index), 'y'));
    const answers = await Promise.all(lists.map((list) => checks.check(list)));
    expect(answers).toEqual(lists.map((list) => list.map(({ name }) => name.length)));
  });

  test.each([
    ['throws', 'throw new Error("broken")'],
    ['ends', 'process.exit(0)'],
    ['ends with a status', 'process.exit(1)'],
    ['answers what cannot be sent', 'return [() => 1]'],
  ])('a thread that %s fails what waits for it, and what it is asked later', async (_, answer) => {
    start(program(answer));
    const first = [checks.check(files('a')), checks.check(files('b')), checks.check(files('c'))];
    for (const each of await Promise.allSettled(first))
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'unreadable' } });
    await expect(checks.check(files('d'))).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('a program that cannot be started fails what is asked', async () => {
    start(join(folder, 'missing.cjs'));
    await expect(checks.check(files('a'))).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('closing fails what is under way', async () => {
    start(program('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'));
    const waiting = Promise.allSettled([checks.check(files('a'))]);
    await checks.close();
    expect(await waiting).toMatchObject([{ status: 'rejected', reason: { code: 'unreadable' } }]);
  });
});

test('one core has no threads', () => {
  expect(startFileChecks({ file: program('return []'), cores: 1, checkHere: checkFiles })).toBeNull();
});

/** The threads' side, in this one. */
function answersTo(list: readonly FileToCheck[]): readonly (number | null)[] {
  let answers: readonly (number | null)[] = [];
  let ask: (message: unknown) => void = () => undefined;
  serveFileChecks({
    on: (_event: string, listener: typeof ask) => (ask = listener),
    postMessage: (message: typeof answers) => (answers = message),
  } as unknown as Parameters<typeof serveFileChecks>[0]);
  ask(list);
  return answers;
}

const inFolder = (...names: readonly string[]): FileToCheck[] =>
  names.map((name) => ({ path: Buffer.from(join(folder, name)).toString('latin1'), name }));

describe('what a thread answers', () => {
  test('the bytes of a file that holds nothing, and null for all that needs a look', () => {
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'clean'), 'precious\n'.repeat(100_000));
    writeFileSync(join(folder, 'late'), `${'precious\n'.repeat(100_000)}${apiToken('late')}`);
    writeFileSync(join(folder, 'wide'), Buffer.from(apiToken('wide'), 'utf16le'));
    writeFileSync(join(folder, 'é'), 'x');
    symlinkSync(join(folder, 'clean'), join(folder, 'link'));
    mkdirSync(join(folder, 'folder'));
    expect(answersTo(inFolder('empty', 'clean', 'é'))).toEqual([0, 900_000, 1]);
    expect(answersTo(inFolder('late', 'wide', 'missing', 'folder'))).toEqual([null, null, null, null]);
    if (process.platform !== 'win32') expect(answersTo(inFolder('link'))).toEqual([null]);
  });

  test("a credentials file of Cargo's is never clean: its rules are others", () => {
    writeFileSync(join(folder, 'credentials'), 'x');
    expect(answersTo(inFolder('credentials'))).toEqual([null]);
  });
});

describe('a tree whose files are read elsewhere', () => {
  const context = (overrides: Partial<SourceContext> = {}): SourceContext => ({
    mayHold,
    excluded: (path) => path.startsWith('vendor'),
    counts: { files: 0, bytes: 0, commits: 0 },
    ...overrides,
  });

  async function itemsOf(told: SourceContext, openChecks?: () => FileChecks | null): Promise<SourceItem[]> {
    const items: SourceItem[] = [];
    const source = pathsSource({
      cwd: folder,
      topLevel: null,
      paths: ['.', 'missing'],
      ...(openChecks && { openChecks }),
    });
    for await (const item of source.items(told)) items.push(item);
    return items;
  }

  /** More entries than a scan goes through before it starts threads. */
  function largeTree(): void {
    for (let index = 0; index < 4500; index += 1) {
      const part = join(folder, String(index % 9));
      if (index < 9) mkdirSync(part);
      writeFileSync(join(part, `${index}.txt`), index % 500 === 499 ? `key = ${apiToken(String(index))}` : 'clean\n');
    }
    mkdirSync(join(folder, 'vendor'));
    mkdirSync(join(folder, 'z'));
    symlinkSync(`/nowhere/${apiToken('link')}`, join(folder, 'z', 'link'));
    writeFileSync(join(folder, 'z', apiToken('name')), 'x');
  }

  test('gives the same items in the same order, and counts alike', async () => {
    largeTree();
    const [alone, together] = [context(), context()];
    let lists = 0;
    let here = 0;
    let closed = 0;
    const checks: FileChecks = {
      width: 3,
      check(list) {
        lists += 1;
        // The later the list, the sooner the answer.
        return new Promise((resolve) => setTimeout(resolve, 3 - (lists % 3), answersTo(list)));
      },
      checkHere(list) {
        here += 1;
        return checkFiles(list);
      },
      close: () => Promise.resolve(void (closed += 1)),
    };
    const expected = await itemsOf(alone);
    expect(expected.length).toBeGreaterThan(10);
    expect(await itemsOf(together, () => checks)).toEqual(expected);
    expect(together.counts).toEqual(alone.counts);
    expect([lists > 3, here > 0, closed]).toEqual([true, true, 1]);
    // One core.
    expect(await itemsOf(context(), () => null)).toEqual(expected);
  });

  test('a small tree starts nothing', async () => {
    writeFileSync(join(folder, 'a'), 'x');
    const openChecks = jest.fn(() => null);
    await itemsOf(context(), openChecks);
    expect(openChecks).not.toHaveBeenCalled();
  });

  test('where a thread breaks, the scan does not go on as if nothing had been', async () => {
    largeTree();
    const checks = startFileChecks({ file: program('process.exit(0)'), cores: 2, checkHere: checkFiles });
    await expect(itemsOf(context(), () => checks)).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('an abort ends threads that are stuck', async () => {
    largeTree();
    const checks = startFileChecks({
      file: program('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'),
      cores: 2,
      checkHere: checkFiles,
    });
    const controller = new AbortController();
    const scanned = itemsOf(context({ signal: controller.signal }), () => {
      setTimeout(() => {
        controller.abort();
      }, 50);
      return checks;
    });
    await expect(scanned).rejects.toThrow();
  });
});
