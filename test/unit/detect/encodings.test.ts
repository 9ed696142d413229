import { createDetector, detect } from '../../../src/detect/detector';
import { textFormOf } from '../../../src/detect/text-form';
import * as tokens from '../../support/tokens';

const api = tokens.apiToken('encodings');
const registry = tokens.registryToken('encodings 1');

function places(bytes: Uint8Array, encoding?: string) {
  return detect(bytes, { path: null, ...(encoding === undefined ? {} : { encoding }) }).map((candidate) => [
    candidate.encoding,
    candidate.line,
    candidate.column,
    candidate.endColumn,
  ]);
}

function wide(text: string, order: 'le' | 'be' = 'le'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

describe('places', () => {
  test('a mark has no column, in UTF-8 as in UTF-16', () => {
    expect(places(Buffer.from(`\ufeff${api}`))).toEqual([['plain', 1, 1, 36]]);
    expect(places(wide(`\ufeff${api}`))).toEqual([['utf-16', 1, 1, 36]]);
    expect(places(wide(`\ufeff${api}`, 'be'))).toEqual([['utf-16', 1, 1, 36]]);
    expect(places(Buffer.from(`x \ufeff${api}`))).toEqual([['plain', 1, 4, 39]]);
  });

  test('lines end at line feeds alone', () => {
    expect(places(Buffer.from(`a\r\nb\rc ${api}\u2028\n`))).toEqual([['plain', 2, 5, 40]]);
  });

  test('columns are UTF-16 code units', () => {
    expect(places(Buffer.from(`é😀上 ${api}`))).toEqual([['plain', 1, 6, 41]]);
  });

  test('an invalid byte counts one', () => {
    const invalid = [0xff, 0xe2, 0x82, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0x20];
    expect(places(Buffer.concat([Buffer.from(invalid), Buffer.from(api)]))).toEqual([['plain', 1, 11, 46]]);
  });

  test('a long line is counted across blocks', () => {
    const blocks = { block: 64, margin: 512 };
    for (const unit of ['x ', 'é ', '😀', '上 ', '\xff ']) {
      const before = unit === '\xff ' ? Buffer.from(unit.repeat(1000), 'latin1') : Buffer.from(unit.repeat(1000));
      const [candidate] = detect(Buffer.concat([Buffer.from('\n\n'), before, Buffer.from(api)]), {
        path: null,
        blocks,
      });
      expect([candidate?.line, candidate?.column]).toEqual([3, unit.length * 1000 + 1]);
    }
  });

  test('the span of an encoded secret is what stands for it', () => {
    for (const before of ['', 'a:', 'bc:']) {
      const encoded = Buffer.from(`${before}${api} and more`).toString('base64');
      const [candidate] = detect(Buffer.from(`k: ${encoded}`), { path: null });
      const from = Math.floor((before.length * 8) / 6);
      const to = Math.ceil(((before.length + api.length) * 8) / 6);
      expect([candidate?.column, candidate?.endColumn]).toEqual([4 + from, 4 + to]);
      expect(candidate?.secret.reveal() === api).toBe(true);
    }
  });
});

describe('UTF-16', () => {
  test.each(['le', 'be'] as const)('without a mark, mostly CJK, %s', (order) => {
    const text = `${'上海話。\n'.repeat(40)}上海 ${api} 下\n`;
    expect(places(wide(text, order))).toEqual([['utf-16', 41, 4, 39]]);
  });

  test('holds all that plain text can hold', () => {
    const text = `[registries.acme]\r\ntoken = "${registry}"\r\nx: ${Buffer.from(api).toString('base64')}\r\n`;
    for (const order of ['le', 'be'] as const)
      expect(places(wide(text, order))).toEqual([
        ['utf-16', 2, 10, 42],
        ['base64', 3, 4, 51],
      ]);
  });

  test('inside a binary, at any offset', () => {
    for (const before of [0, 1, 2, 3])
      for (const neighbour of [0x47, 0x00, 0xff]) {
        const bytes = Buffer.concat([
          Buffer.alloc(5000, 0x90),
          Buffer.alloc(before),
          Buffer.from([neighbour]),
          wide(api),
          Buffer.from([0, 0x47, 0, 0]),
        ]);
        expect(detect(bytes, { path: null }).map(({ encoding }) => encoding)).toEqual(['utf-16']);
      }
  });

  test('after UTF-8 in one file, as a shell appends it', () => {
    const bytes = Buffer.concat([Buffer.from('the first\nand the next\n'), wide(`k = ${api}\r\n`)]);
    expect(detect(bytes, { path: null }).map(({ encoding, line }) => [encoding, line])).toEqual([['utf-16', 3]]);
  });

  test('behind a mark that lies', () => {
    expect(places(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(api)])).length).toBe(1);
    expect(places(Buffer.concat([Buffer.from([0xff, 0xfe]), wide(`x ${api} `, 'be')])).length).toBe(1);
  });

  test.each([
    ['utf-8', Buffer.from('plain text\n')],
    ['utf-8', Buffer.from('naïve café\n'.repeat(50))],
    ['utf-8', Buffer.from('ab\0cd '.repeat(9))],
    ['utf-8', Buffer.from('Ελληνικά κείμενα', 'utf8')],
    ['utf-8', Buffer.alloc(4096)],
    ['utf-8', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3e, 0])],
    ['utf-16le', wide('text\r\n')],
    ['utf-16be', wide('text\r\n', 'be')],
    ['utf-16le', wide('\ufeff上')],
  ] as const)('form %s is recognised', (form, bytes) => {
    expect(textFormOf(bytes)).toBe(form);
  });
});

describe('NULs', () => {
  test('around a token hide nothing', () => {
    expect(places(Buffer.concat([Buffer.alloc(4096), Buffer.from(api), Buffer.alloc(4096)]))).toEqual([
      ['plain', 1, 4097, 4132],
    ]);
  });

  test('in one place of a token, or three after each of its bytes, hide nothing', () => {
    expect(places(Buffer.from(`${api.slice(0, 20)}\0${api.slice(20)}`)).length).toBe(1);
    expect(places(Buffer.from(Array.from(Buffer.from(`k ${api}\n`), (byte) => [byte, 0, 0, 0]).flat())).length).toBe(1);
  });

  test('between the strings of a table make no token of them', () => {
    expect(places(Buffer.from(`\0cio\0${api.slice(3)}\0`)).length).toBe(0);
    expect(places(Buffer.from(`CARGO_REGISTRY_TOKEN=\0${registry}\0`)).length).toBe(0);
  });
});

describe('an encoding that a header names', () => {
  test('is read', () => {
    expect(places(Buffer.from(`é ${api}`, 'latin1'), 'ISO-8859-1')).toEqual([['plain', 1, 3, 38]]);
    expect(places(Buffer.from(`é${api}`, 'latin1'), 'ISO-8859-1')).toEqual([]);
    const shiftJis = Buffer.concat([Buffer.from([0x8a, 0x43, 0x0a, 0x83, 0x5c]), Buffer.from(api)]);
    expect(places(shiftJis, 'Shift_JIS')).toEqual([['plain', 2, 2, 37]]);
  });

  test('hides nothing where it is wrong or unknown', () => {
    expect(places(Buffer.from(api), 'utf-16').length).toBe(1);
    expect(places(Buffer.from(`x ${api}`), 'no-such-encoding')).toEqual([['plain', 1, 3, 38]]);
    expect(places(Buffer.concat([Buffer.from([0x81]), Buffer.from(api)]), 'Shift_JIS').length).toBe(1);
  });
});

test('published examples are known', () => {
  const bodies = [
    ['gGK6jurSwKyl9V3A', 'z19z7YEFQI9aoOOd'],
    ['0'.repeat(31), 'w'],
  ];
  for (const body of bodies) {
    const [candidate] = detect(Buffer.from(`CARGO_REGISTRY_TOKEN=cio_tp_${body.join('')}`), { path: null });
    expect(candidate?.rule).toBe('crates-io-trustpub-token');
    expect(candidate?.knownExample).toContain("crates.io's own tests");
  }
  expect(detect(Buffer.from(api), { path: null })[0]?.knownExample).toBeNull();
});

test('detectors work side by side, and again after others', () => {
  const detectors = Array.from({ length: 12 }, () => createDetector({ path: null }));
  for (const detector of detectors) expect(detector.push(Buffer.from(`a\n${api.slice(0, 10)}`))).toEqual([]);
  for (const detector of detectors) detector.push(Buffer.from(api.slice(10)));
  for (const detector of detectors) expect(detector.end().map(({ line }) => line)).toEqual([2]);
});
