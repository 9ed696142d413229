import fc from 'fast-check';
import type { Candidate } from '../../../src/detect/candidate';
import { createDetector, detect, type DetectOptions } from '../../../src/detect/detector';
import { mayHold } from '../../../src/detect/keyword-filter';
import { maskText } from '../../../src/detect/mask';
import { REGISTRY_SAMPLES } from '../../support/leaks';
import * as tokens from '../../support/tokens';
import { variedLeak } from '../../support/variations';

const SECRETS = [tokens.apiToken, tokens.trustpubToken, tokens.secretKey] as const;

const secret = fc.tuple(fc.constantFrom(...SECRETS), fc.nat(1e6)).map(([make, seed]) => make(seed));

/** Text that is no word next to a token, and holds nothing that a rule could read. */
const noise = fc.stringMatching(/^[ =:;,"'(){}<>|\n\r\t日本語한국ー😀\u00a0\ufffd]{0,40}$/u);
const words = fc
  .array(
    fc.constantFrom(
      'precious',
      'ciao',
      'cio',
      'registry.example',
      'логин',
      'é',
      'login',
      '--token',
      'cargo',
      '[registry]',
      'Y2lv',
      '63696f',
      '\\x63',
      '%63',
      'k3.',
      '\u0301',
    ),
    { maxLength: 8 },
  )
  .map((list) => list.join(' '));

function summary(candidates: readonly Candidate[]): unknown {
  return candidates.map((candidate) => ({ ...candidate, value: candidate.secret.reveal() }));
}

function lineOf(text: string, line: number): string {
  return text.replace(/^\ufeff/, '').split('\n')[line - 1] ?? '';
}

interface Disguise {
  readonly encoding: Candidate['encoding'];
  readonly wrap: (secret: string) => string;
}

function escapedAt(escape: (hex: string) => string): (secret: string) => string {
  return (text) =>
    text.replace(/[\s\S]/g, (character, at: number) =>
      at % 3 === 1 ? escape(character.charCodeAt(0).toString(16).padStart(2, '0')) : character,
    );
}

const DISGUISES: readonly Disguise[] = [
  { encoding: 'plain', wrap: (text) => text },
  { encoding: 'base64', wrap: (text) => Buffer.from(text).toString('base64').replace(/=+$/, '') },
  { encoding: 'hex', wrap: (text) => Buffer.from(text).toString('hex') },
  { encoding: 'percent', wrap: escapedAt((hex) => `%${hex.toUpperCase()}`) },
  { encoding: 'escape', wrap: escapedAt((hex) => `\\x${hex}`) },
  { encoding: 'escape', wrap: escapedAt((hex) => `\\u00${hex}`) },
  { encoding: 'escape', wrap: escapedAt((hex) => `\\${parseInt(hex, 16).toString(8).padStart(3, '0')}`) },
];

test('one built token in any surroundings is one finding, and its place is the token', () => {
  fc.assert(
    fc.property(
      secret,
      fc.constantFrom(...DISGUISES),
      words,
      noise,
      noise,
      words,
      (value, { encoding, wrap }, before, left, right, after) => {
        const shown = wrap(value);
        const text = `${before} ${left}${shown}${right} ${after}`;
        const found = detect(Buffer.from(text), { path: null });
        expect(found.map((candidate) => candidate.encoding)).toEqual([encoding]);
        const [candidate] = found;
        if (candidate === undefined) return;
        expect(lineOf(text, candidate.line).slice(candidate.column - 1, candidate.endColumn - 1) === shown).toBe(true);
        expect(candidate.secret.reveal() === value).toBe(true);
        expect(mayHold(Buffer.from(text), null)).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});

test('UTF-16, with and without a mark, is read in its own lines and columns', () => {
  const cjk = fc.stringMatching(/^[\u4e00-\u9fff\n “”]{0,60}$/);
  fc.assert(
    fc.property(secret, cjk, cjk, fc.boolean(), fc.boolean(), (value, before, after, isBig, hasMark) => {
      const text = `${before}${value}${after}`;
      const bytes = Buffer.from((hasMark ? '\ufeff' : '') + text, 'utf16le');
      const found = detect(isBig ? bytes.swap16() : bytes, { path: null });
      expect(found.map(({ encoding }) => encoding)).toEqual(['utf-16']);
      const [candidate] = found;
      if (candidate === undefined) return;
      expect(lineOf(text, candidate.line).slice(candidate.column - 1, candidate.endColumn - 1) === value).toBe(true);
    }),
    { numRuns: 200 },
  );
});

const piece = fc.oneof(
  secret.map((value) => Buffer.from(value)),
  secret.map((value) => Buffer.from(Buffer.from(`é:${value}`).toString('base64'))),
  secret.map((value) => Buffer.from(value, 'utf16le')),
  fc
    .tuple(fc.constantFrom(...REGISTRY_SAMPLES), fc.nat(1000))
    .map(([[, { text }], seed]) =>
      Buffer.from(text({ ...tokens, registryToken: (label) => tokens.registryToken(`${label}${seed}1`) })),
    ),
  fc.stringMatching(/^[a-z \n]{0,200}$/).map((text) => Buffer.from(text)),
  fc
    .constantFrom('\n', 'é', '😀', '上', '\r\n', ' # cratesguard:allow because', '\u0301', '\0')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
);
const content = fc
  .tuple(
    fc.constantFrom('', '\ufeff'),
    fc.array(fc.tuple(piece, fc.constantFrom('\n', '\n', ' ', '上 ')), { maxLength: 12 }),
  )
  .map(([mark, pieces]) =>
    Buffer.concat([Buffer.from(mark), ...pieces.flatMap(([bytes, join]) => [bytes, Buffer.from(join)])]),
  );
const path = fc.constantFrom(null, 'a.rs', 'credentials');

function inPieces(bytes: Uint8Array, cuts: readonly number[], options: DetectOptions): unknown {
  const detector = createDetector(options);
  const found: Candidate[] = [];
  let from = 0;
  for (const cut of [...cuts].map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b)) {
    found.push(...detector.push(bytes.subarray(from, cut)));
    from = cut;
  }
  found.push(...detector.push(bytes.subarray(from)), ...detector.end());
  return summary(found.sort((a, b) => a.line - b.line || a.column - b.column));
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

test('it makes no difference how the stream is cut', () => {
  fc.assert(
    fc.property(content, path, fc.array(share, { maxLength: 8 }), (bytes, where, cuts) => {
      expect(inPieces(bytes, cuts, { path: where })).toEqual(summary(detect(bytes, { path: where })));
      const blocks = { block: 64, margin: 8192 };
      expect(inPieces(bytes, cuts, { path: where, blocks })).toEqual(summary(detect(bytes, { path: where, blocks })));
    }),
    { numRuns: 100 },
  );
});

test('small blocks find what one block finds', () => {
  fc.assert(
    fc.property(content, path, fc.constantFrom(2, 16, 64, 254), (bytes, where, block) => {
      expect(summary(detect(bytes, { path: where, blocks: { block, margin: 16384 } }))).toEqual(
        summary(detect(bytes, { path: where })),
      );
    }),
    { numRuns: 100 },
  );
});

test('what may hold nothing holds nothing', () => {
  fc.assert(
    fc.property(content, path, (bytes, where) => {
      if (detect(bytes, { path: where }).length > 0) expect(mayHold(bytes, where)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('what may hold nothing holds nothing, however a leak is written', () => {
  fc.assert(
    fc.property(variedLeak, (text) => {
      for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')])
        if (detect(bytes, { path: null }).length > 0) expect(mayHold(bytes, null)).toBe(true);
    }),
    { numRuns: 1500 },
  );
});

test('no excerpt, mask, reason or masked text shows six characters of a secret', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(secret, fc.constantFrom(...DISGUISES), noise), { minLength: 1, maxLength: 8 }),
      (parts) => {
        const text = parts.map(([value, { wrap }, space]) => `${wrap(value)} ${space.replace(/\n/g, ' ')}`).join(' ');
        const pieces = parts.flatMap(([value, { wrap }]) => {
          const body = value.replace(/^cio(?:_tp_)?|^k3\.secret\./, '');
          return [body, wrap(value).slice(8)].flatMap((whole) =>
            Array.from({ length: whole.length - 5 }, (_, at) => whole.slice(at, at + 6)),
          );
        });
        const shown = [
          maskText(text),
          ...detect(Buffer.from(text), { path: null }).flatMap((candidate) => [
            candidate.excerpt,
            String(candidate.secret),
          ]),
        ];
        for (const output of shown) expect(pieces.some((six) => output.includes(six))).toBe(false);
        for (const { excerpt } of detect(Buffer.from(text), { path: null }))
          expect(excerpt.length).toBeLessThanOrEqual(200);
      },
    ),
    { numRuns: 150 },
  );
});
