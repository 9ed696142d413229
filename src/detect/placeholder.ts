/**
 * What stands where a token would, and is none. The conditions on a token's body have numbers, so that a test can
 * compute how likely they drop a genuine one: at most once in 10⁹.
 */

/** What makes the body of a token made up. A body is 31 or more characters, uniform over 62 letters and digits. */
export const MADE_UP = {
  /** At most this many different characters. */
  distinct: 11,
  /** One character this many times in a row. */
  repeated: 8,
  /** This many characters in a row, each the next of the alphabet or the digits, or each the one before. */
  ascending: 8,
  /** The whole body repeats itself after at most this many characters. */
  period: 15,
  /** Words of seven letters, in small letters, capitals or with one capital in front. */
  words: ['example', 'mytoken'],
  /** Words of at least eight letters, in any case. */
  longWords: [
    'redacted',
    'changeme',
    'deadbeef',
    'apitoken',
    'replaceme',
    'yourtoken',
    'tokenhere',
    'testtoken',
    'faketoken',
    'asdfghjkl',
    'qwertyuiop',
    'dummytoken',
    'placeholder',
    'notarealtoken',
  ],
} as const;

const DIGIT_AFTER_NINE = 0x30;

function follows(before: number, after: number): boolean {
  return after === before + 1 || (before === 0x39 && after === DIGIT_AFTER_NINE);
}

/** The longest run of characters in which `next` holds between each and the one after it. */
function longestRun(text: string, next: (before: number, after: number) => boolean): number {
  let longest = 0;
  let run = 1;
  for (let at = 1; at < text.length; at += 1) {
    run = next(text.charCodeAt(at - 1), text.charCodeAt(at)) ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

function repeatsAfter(body: string, period: number): boolean {
  for (let at = period; at < body.length; at += 1)
    if (body.charCodeAt(at) !== body.charCodeAt(at - period)) return false;
  return true;
}

function repeatsItself(body: string): boolean {
  for (let period = 1; period <= MADE_UP.period; period += 1) if (repeatsAfter(body, period)) return true;
  return false;
}

function countDistinct(body: string): number {
  const seen = [0, 0, 0, 0];
  let distinct = 0;
  for (let at = 0; at < body.length; at += 1) {
    const code = body.charCodeAt(at) & 127;
    const bit = 1 << (code & 31);
    const word = seen[code >> 5] ?? 0;
    if ((word & bit) === 0) distinct += 1;
    seen[code >> 5] = word | bit;
  }
  return distinct;
}

const SHORT_WORDS = new RegExp(
  MADE_UP.words.flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]).join('|'),
);
const LONG_WORDS = new RegExp(MADE_UP.longWords.join('|'), 'i');

function holdsSequence(body: string): boolean {
  return (
    longestRun(body, (before, after) => before === after) >= MADE_UP.repeated ||
    longestRun(body, follows) >= MADE_UP.ascending ||
    longestRun(body, (before, after) => follows(after, before)) >= MADE_UP.ascending
  );
}

/** True for a token's body that nobody drew at random. */
export function isMadeUp(body: string): boolean {
  if (countDistinct(body) <= MADE_UP.distinct) return true;
  return holdsSequence(body) || repeatsItself(body) || SHORT_WORDS.test(body) || LONG_WORDS.test(body);
}

const SHORTEST_VALUE = 6;

const FILLER_WORDS = [
  ...[
    'your',
    'my',
    'the',
    'an?',
    'some',
    'this',
    'that',
    'our',
    'own',
    'here',
    'goes',
    'with',
    'from',
    'for',
    'of',
    'to',
    'in',
    'is',
  ],
  ...[
    'example',
    'sample',
    'test(?:ing)?',
    'dummy',
    'fake',
    'mock',
    'stub',
    'placeholder',
    'redacted',
    'masked',
    'hidden',
    'removed',
  ],
  ...[
    'change',
    'change-?me',
    'change-?it',
    'me',
    'insert',
    'replace',
    'add',
    'put',
    'enter',
    'paste',
    'set',
    'fill',
    'copied',
    'todo',
    'fixme',
    'tbd',
  ],
  ...[
    'secrets?',
    'tokens?',
    'keys?',
    'api',
    'auth',
    'access',
    'password',
    'pass',
    'credentials?',
    'value',
    'string',
    'literal',
    'cookie',
    'session',
    'id',
  ],
  ...[
    'cargo',
    'cio',
    'crates?',
    'io',
    'registry',
    'registries',
    'publish(?:ing)?',
    'private',
    'personal',
    'new',
    'old',
    'real',
    'actual',
    'valid',
    'invalid',
    'rust',
  ],
  ...[
    'none',
    'null',
    'nil',
    'undefined',
    'true',
    'false',
    'yes',
    'no',
    'off',
    'on',
    'empty',
    'unset',
    'default',
    'not',
    'foo',
    'bar',
    'baz',
    'qux',
    'hello',
    'world',
  ],
  ...['x', 'y', '[*]', '\\.', '0', 'abc(?:def)?', '123(?:4(?:5(?:6(?:7(?:89?)?)?)?)?)?'],
];

/** A value that is nothing but such words: `your-token`, `REPLACE_ME`, `cio_token_here`. */
const FILLED_IN = new RegExp(`^(?:(?:${FILLER_WORDS.join('|')})(?:[-_. :/]+|(?=[A-Za-z0-9*.]|$)))+(?:\\d{1,3})?$`, 'i');
const LONGEST_FILLED_IN = 80;

function isFilledIn(value: string): boolean {
  // Camel case and digits at the end are taken apart, and runs made one, so that there is one way to read the words.
  const words = value
    .replace(/([xy0.*])\1+/gi, '$1')
    .replace(/([a-z])(?=[A-Z])/g, '$1-')
    .replace(/([A-Za-z])(?=\d)/g, '$1-');
  return words.length <= LONGEST_FILLED_IN && FILLED_IN.test(words);
}

const SCHEME = /^(?:bearer|basic|token)\s+/i;

/**
 * True for the value of a registry's token, or of a cookie, that is a placeholder: there is no format to hold it
 * against, so that words count as well.
 */
export function isPlaceholderValue(value: string): boolean {
  const bare = value.replace(SCHEME, '').trim();
  if (bare.length < SHORTEST_VALUE) return true;
  if (/\.\.\.|…|\*\*\*|x{8}/i.test(bare)) return true;
  const body = bare.replace(/^(?:cio(?:_tp_)?|k3\.secret\.)/, '');
  const distinct = new Set(body).size;
  if (distinct <= 3 || (body.length >= 24 && distinct <= MADE_UP.distinct)) return true;
  if (longestRun(body, follows) >= SHORTEST_VALUE && longestRun(body, follows) >= body.length - 3) return true;
  if (body.length >= 16 && isMadeUpValue(body)) return true;
  return isFilledIn(bare) || isFilledIn(body);
}

/** As isMadeUp, for bodies of any length: few different characters mean nothing in a short one. */
function isMadeUpValue(body: string): boolean {
  if (body.length >= 31) return isMadeUp(body);
  return holdsSequence(body) || LONG_WORDS.test(body);
}
