import fc from 'fast-check';
import { brings, comparable, isAdded, RawReader } from '../../../src/git/changes';
import { gitEnvironment } from '../../../src/git/environment';
import { isTooOld } from '../../../src/git/run';
import { objectText, tagTarget } from '../../../src/git/object-text';
import { pathText } from '../../../src/base/path-text';
import { parseRefUpdates } from '../../../src/git/ref-updates';
import { LF, Splitter } from '../../../src/git/split';
import { forEachEntry } from '../../../src/git/tree';
import { parseDateOption } from '../../../src/base/dates';

const [A, B, C, ZERO] = ['a', 'b', 'c', '0'].map((digit) => digit.repeat(40)) as [string, string, string, string];

test('a list of changes: of a commit, of a merge, of the index', () => {
  const reader = new RawReader();
  const text = `${A}\0:100644 100755 ${A} ${B} M\0x\ny\0::100644 000000 100644 ${A} ${ZERO} ${C} MA\0z\0:000000 120000 ${ZERO} ${B} A\0l\0`;
  const items = [...Buffer.from(text)].flatMap((byte) => reader.push(Buffer.from([byte])));
  reader.end();
  expect(items[0]).toEqual({ commit: A });
  const changes = items.flatMap((item) => ('commit' in item ? [] : item));
  expect(changes.map(({ name, oid, status }) => [name, oid, status])).toEqual([
    ['x\ny', B, 'M'],
    ['z', C, 'MA'],
    ['l', B, 'A'],
  ]);
  expect(changes.map(comparable)).toEqual([[A], [A], []]);
  expect(changes.map(isAdded)).toEqual([false, false, true]);
  expect(changes.every(brings)).toBe(true);
});

test('a mode alone, and a deletion, bring nothing; a link in place of the same bytes does', () => {
  const change = { name: 'x', mode: '100755', oid: A, old: [{ mode: '100644', oid: A }], status: 'M' };
  expect(brings(change)).toBe(false);
  expect(brings({ ...change, mode: '000000', oid: ZERO })).toBe(false);
  expect(brings({ ...change, mode: '120000' })).toBe(true);
});

test('a list that ends early or is none is damaged', () => {
  const reader = new RawReader();
  reader.push(Buffer.from(`:100644 100644 ${A} ${B} M\0`));
  expect(() => {
    reader.end();
  }).toThrow(expect.objectContaining({ code: 'damaged' }) as Error);
  expect(() => new RawReader().push(Buffer.from(':x\0'))).toThrow(
    expect.objectContaining({ code: 'damaged' }) as Error,
  );
});

test('what git writes to pre-push and to pre-receive', () => {
  const push = `refs/heads/x ${A} refs/heads/y ${ZERO}\nHEAD^{/a b} ${B} refs/x ${C}\n(delete) ${ZERO} refs/z ${A}\n`;
  expect(parseRefUpdates(push, 'pre-push')).toEqual([
    { ref: 'refs/heads/y', newOid: A, oldOid: null },
    { ref: 'refs/x', newOid: B, oldOid: C },
    { ref: 'refs/z', newOid: null, oldOid: A },
  ]);
  expect(parseRefUpdates(`${A} ${B} refs/heads/caf\xc3\xa9\n`, 'pre-receive')).toEqual([
    { ref: 'refs/heads/café', newOid: B, oldOid: A },
  ]);
  for (const [line, hook] of [
    [`${A} ${B} refs/heads/x`, 'pre-push'],
    [`x ${A} x ${B}`, 'pre-receive'],
    [`x ${A} x ${B.slice(1)}`, 'pre-push'],
    [`x ${A} x ${B}${B.slice(16)}`, 'pre-push'],
    [' ', 'pre-push'],
    ['', 'pre-receive'],
  ] as const)
    expect(() => parseRefUpdates(`${line}\n\n`, hook)).toThrow(expect.objectContaining({ code: 'damaged' }) as Error);
});

test('commit and tag objects', () => {
  const commit = `tree ${A}\nencoding KOI8-R\nmergetag object ${B}\n type commit\n \n x\n\nsubject\n\nbody\n`;
  const { headers, message, encoding } = objectText(Buffer.from(commit));
  expect([headers.toString().endsWith(' x\n'), message.toString(), encoding]).toEqual([
    true,
    'subject\n\nbody\n',
    'KOI8-R',
  ]);
  expect(objectText(Buffer.from('tree x\n')).message).toHaveLength(0);
  expect(tagTarget(Buffer.from(`object ${A}\ntype blob\ntag x\n`))).toEqual({ oid: A, type: 'blob' });
  expect(tagTarget(Buffer.from('nonsense'))).toBeNull();
});

test('trees', () => {
  const id = Buffer.alloc(20, 0x20);
  const tree = Buffer.concat([Buffer.from('100644 a b\0'), id, Buffer.from('40000 d\0'), id]);
  const entries = (bytes: Buffer) => {
    const seen: [string, string, number][] = [];
    forEachEntry(bytes, 20, (...entry) => seen.push(entry));
    return seen;
  };
  expect(entries(tree)).toEqual([
    ['100644', 'a b', 11],
    ['40000', 'd', 39],
  ]);
  expect(entries(tree.subarray(0, 8))).toEqual([]);
});

test('names as text', () => {
  expect(pathText(Buffer.from('日本/é\\'))).toBe('日本/é\\');
  expect(pathText(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3]))).toBe('a\\xFFé\\xC3');
  expect(pathText(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('\ufeffa');
});

test('pieces, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\r', '\n')), fc.array(fc.nat(20)), (letters, cuts) => {
      const bytes = Buffer.from(letters.join(''));
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const splitter = new Splitter(LF);
      const found = places.slice(1).flatMap((to, index) => splitter.push(bytes.subarray(places[index], to)));
      expect([...found, splitter.end()].map(String)).toEqual(bytes.toString().split('\n'));
    }),
  );
});

test('the environment: what says where stays, what changes an answer goes', () => {
  const given = { GIT_DIR: 'x', GIT_INDEX_FILE: 'y', GIT_QUARANTINE_PATH: 'z', GIT_CONFIG_PARAMETERS: 'c' };
  const hostile = { GIT_EXTERNAL_DIFF: 'x', GIT_TRACE2_EVENT: 'x', GIT_DIFF_OPTS: 'x', GIT_NO_REPLACE_OBJECTS: '0' };
  const environment = gitEnvironment({ ...given, ...hostile });
  expect(environment).toMatchObject({ ...given, GIT_NO_REPLACE_OBJECTS: '1', LC_ALL: 'C' });
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['GIT_EXTERNAL_DIFF']));
  expect(environment['GIT_TRACE2_EVENT']).toBeUndefined();
});

test('which git is too old', () => {
  expect(['git version 2.31.9', 'git version 1.9.1'].every(isTooOld)).toBe(true);
  expect(['git version 2.32.0', 'git version 2.51.0.windows.1', 'git version 3.0', 'unknown'].some(isTooOld)).toBe(
    false,
  );
});

test('since a day or an instant', () => {
  expect(parseDateOption('2026-01-31', '--since').first).toBe(Date.UTC(2026, 0, 31));
  expect(parseDateOption('2026-01-31T10:00:00+02:00', '--since').first).toBe(Date.UTC(2026, 0, 31, 8));
});
