import { detect } from '../../../src/detect/detector';
import * as tokens from '../../support/tokens';

const SECRETS = {
  'an API token': tokens.apiToken('neighbours'),
  'a Trusted Publishing token': tokens.trustpubToken('neighbours'),
  'a secret key': tokens.secretKey('neighbours'),
};

function count(text: string): number {
  return detect(Buffer.from(text), { path: null }).length;
}

describe.each(Object.entries(SECRETS))('%s', (_, secret) => {
  test.each([
    ...['x', 'Z', '0', 'é', 'e\u0301', 'я', 'λ', 'ß', 'ı', 'א', 'ไ', '\u0967', '𝐀', 'ａ', '1\u0301', 'x\u0301\u0302'],
  ])('is no token after %j', (before) => {
    expect(count(before + secret)).toBe(0);
    expect(count(`${before}${secret} `)).toBe(0);
  });

  test.each(['y', 'A', '9', 'é', '\u0301', 'я', 'λ', '\u0967', 'ａ', '𝐀'])('is no token before %j', (after) => {
    expect(count(secret + after)).toBe(0);
  });

  test.each([
    ...[
      ' ',
      '"',
      "'",
      '`',
      '=',
      ':',
      '/',
      '(',
      '[',
      '{',
      '<',
      '>',
      ',',
      ';',
      '.',
      '@',
      '#',
      '|',
      '~',
      '+',
      '-',
      '_',
      '\n',
      '\r',
      '\t',
      '\0',
    ],
    ...[
      '鍵',
      'か',
      'カ',
      '키',
      'ㄅ',
      '々',
      'ー',
      'か\u3099',
      '❤\ufe0f',
      '1\ufe0f\u20e3',
      '😀',
      '\u200d',
      '\u00a0',
      '\ufffd',
      '①',
    ],
    ...[
      '\\n',
      '\\t',
      '\\r',
      '\\\\n',
      '%3D',
      '%3d',
      '%20',
      '%253D',
      '\\u0022',
      '\\u003d',
      '\\x20',
      '\\x3D',
      '\\40',
      '\\075',
      '\\0',
      '\\U0001F600',
      '\\u{20}',
    ],
    ...[
      '\x1b[1m',
      '\x1b[0;31m',
      '\\x1b[1m',
      '\\033[0;32m',
      '\\e[1m',
      '\\u001b[31m',
      '\\x1B[0K',
      '%1B[0m',
      '\x1b[38;5;12m',
      '\\u{1b}[1m',
      '^[[1m',
    ],
  ])('is found after %j', (before) => {
    expect(count(before + secret)).toBe(1);
  });

  test.each([
    ...[
      ' ',
      '"',
      "'",
      '`',
      '=',
      ':',
      '/',
      ')',
      ']',
      '}',
      '<',
      '>',
      ',',
      ';',
      '.',
      '@',
      '#',
      '|',
      '~',
      '+',
      '\n',
      '\r\n',
      '\0',
    ],
    ...['鍵', 'か', 'カ', '키', '、', '\ufe0f', '😀', '\u200d', '\\n', '\\', '%20', '\x1b[0m'],
  ])('is found before %j', (after) => {
    expect(count(secret + after)).toBe(1);
  });
});

test.each(['_', '-'])('%j belongs to a longer secret key, and to no crates.io token', (after) => {
  expect(count(SECRETS['a secret key'] + after)).toBe(0);
  expect(count(SECRETS['an API token'] + after)).toBe(1);
  expect(count(SECRETS['a Trusted Publishing token'] + after)).toBe(1);
});

describe('encoded, the decoded neighbours decide', () => {
  const encodings: readonly (readonly [string, (text: string) => string])[] = [
    ['base64', (text) => Buffer.from(text).toString('base64')],
    ['base64url', (text) => Buffer.from(text).toString('base64url')],
    ['hex', (text) => Buffer.from(text).toString('hex')],
    ['percent', (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&')],
    ['\\x', (text) => Buffer.from(text).toString('hex').replace(/../g, '\\x$&')],
    ['\\u', (text) => text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)],
  ];
  describe.each(encodings)('%s', (_, encode) => {
    describe.each(Object.entries(SECRETS))('%s', (_name, secret) => {
      test('is no token in a word', () => {
        for (const before of ['x', 'xy', 'xyz', '0', 'é', 'я']) expect(count(encode(before + secret))).toBe(0);
        for (const after of ['y', 'yz', '0', 'é']) expect(count(encode(secret + after))).toBe(0);
      });

      test('is found between other characters', () => {
        for (const before of ['', ':', 'a:', 'ab:', '鍵', '"', 'é ']) expect(count(encode(before + secret))).toBe(1);
        for (const after of ['', ':', ':a', '鍵', '"']) expect(count(encode(secret + after))).toBe(1);
      });
    });
  });

  test('base64 after a separator begins anew', () => {
    const encoded = Buffer.from(SECRETS['an API token']).toString('base64');
    for (const before of ['https://example.com/', 'data_', 'key-', 'a+', 'token=', 'Basic '])
      expect(count(before + encoded)).toBe(1);
  });
});

describe('inside a longer base64 text', () => {
  const token = SECRETS['an API token'];
  const filler = 'AbCdEfGhIjKlMnOpQrStUvWxYz012345';
  test.each([
    ['a hash', `sha512-${filler}/${token}/${filler.slice(0, 18)}==`],
    ['a hash without padding', `sha256-${filler}/${token}/`],
    ['a data URL', `data:image/png;base64,${filler}/${token}/${filler}`],
    ['text with a plus', `${filler}+${token}/${filler}`],
    ['padded text', `${filler}/${token}/${filler}=`],
    ['text of the URL alphabet', `${filler}-${token}_${filler}==`],
  ])('the shape alone is none in %s', (_, text) => {
    expect(count(text)).toBe(0);
  });

  test.each([
    ['a URL', `https://example.com/${filler}/${token}/${filler}`],
    ['a URL with a plus', `https://example.com/${filler}+/${token}/${filler}`],
    ['a URL that ends in an equals sign', `https://example.com/${filler}/${token}/x=`],
    ['a short run', `${token}/abc+`],
    ['an assignment', `${filler}/${token}/key=value`],
    ['a run without a sign of base64', `${filler}/${token}/${filler}`],
  ])('it is one in %s', (_, text) => {
    expect(count(text)).toBe(1);
  });
});
