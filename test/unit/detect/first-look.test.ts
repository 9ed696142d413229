import fc from 'fast-check';
import { findInBase64, findInHex } from '../../../src/detect/encoded-bytes';
import { mayHold } from '../../../src/detect/keyword-filter';
import { findTableTokens } from '../../../src/detect/registry/tables';
import * as tokens from '../../support/tokens';

/**
 * The first look at a keyword's bytes decides whether a block is decoded at all. It may take what is nothing for
 * something, and never the other way round: held against the matchers themselves, on text put together from pieces.
 */

const pieces = (...texts: readonly string[]) => fc.constantFrom(...texts);
const key = fc.nat(1e6).map((seed) => tokens.registryToken(`first look ${seed}`));

const lineStart = pieces(
  '',
  '\n',
  '  ',
  '\t',
  '# ',
  '//',
  '> ',
  '+',
  ';',
  '\\n',
  'echo ',
  'printf "',
  "'",
  '"',
  '`',
  'x',
);
const quote = pieces('', '"', "'", '\\"');
const space = pieces('', ' ', '\t', '    ');
const name = pieces('acme', '"acme"', '"é{="', "'a.b'", 'x'.repeat(128), `"${'日'.repeat(128)}"`, '\\"acme');
const secretKey = pieces('token', 'secret-key', 'private-key', '"token"', 'tokens');
const end = pieces('', '\n', '\r\n', '#', '\\n', '"');

/** `[registries.acme]` and a token below it. */
const table = fc
  .tuple(lineStart, quote, pieces('registry', 'registries'), quote, space, fc.option(name), end, lineStart, secretKey)
  .chain(([before, open, word, close, gap, named, after, start, assigned]) =>
    key.map(
      (value) =>
        `${before}[${gap}${open}${word}${close}${gap}${named === null ? '' : `.${gap}${named}${gap}`}]${after}\n${start}${assigned}${gap}=${gap}"${value}"`,
    ),
  );

/** `registries.acme.token = …` and `registries.acme = { token = … }`. */
const inOneLine = fc
  .tuple(lineStart, quote, pieces('registry', 'registries'), quote, space, fc.option(name), secretKey, fc.boolean())
  .chain(([before, open, word, close, gap, named, assigned, isInline]) => {
    const way = `${before}${open}${word}${close}${gap}${named === null ? '' : `.${gap}${named}${close}${gap}`}`;
    return key.map((value) =>
      isInline ? `${way}=${gap}{${gap}${assigned} = "${value}" }` : `${way}.${gap}${assigned}${gap}=${gap}"${value}"`,
    );
  });

test('a block with a table of Cargo’s is never passed over', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.oneof(table, inOneLine), pieces('', '\ufeff', 'text before\n'), (text, before) => {
      if (findTableTokens(text).length === 0) return;
      found += 1;
      for (const bytes of [Buffer.from(before + text), Buffer.from(before + text, 'utf16le')])
        expect(mayHold(bytes, null)).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(found).toBeGreaterThan(100);
});

test('nor one with a token in base64 or hex', () => {
  const secret = fc
    .tuple(pieces('apiToken', 'trustpubToken', 'secretKey'), fc.nat(1e6))
    .map(([kind, seed]) => tokens[kind as 'apiToken'](`first look ${seed}`));
  const around = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(secret, around, around, pieces('base64', 'base64url', 'hex'), (value, before, after, encoding) => {
      const text = Buffer.concat([before, Buffer.from(value), after]).toString(encoding as BufferEncoding);
      const found = [...findInBase64(text), ...findInHex(text)].filter(({ counts }) => counts);
      if (found.length > 0) expect(mayHold(Buffer.from(text), null)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('what only resembles them is passed over', () => {
  const clean = [
    'this.registries = options.registries;',
    'this._registries = {}',
    'const registry = this.registries.get(name);',
    'registries = options\nregistries.acme.index = "sparse+https://acme.example/"',
    // The digits that `cio` begins with, and another character after them.
    Buffer.from(`xxcif${'a1'.repeat(30)}`).toString('base64'),
  ];
  expect(clean.filter((text) => mayHold(Buffer.from(text), null))).toEqual([]);
});
