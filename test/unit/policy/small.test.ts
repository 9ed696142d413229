import { createHash } from 'node:crypto';
import { isDay } from '../../../src/base/dates';
import { positionOf } from '../../../src/policy/document';
import { fingerprintOf } from '../../../src/policy/fingerprint';
import { nearest } from '../../../src/policy/nearest';
import { compilePattern } from '../../../src/policy/pattern';
import { holdsSecret, quotable } from '../../../src/policy/secret-check';
import { Secret } from '../../../src/detect/secret';
import { apiToken, registryToken, secretKey, trustpubToken } from '../../support/tokens';

test('a fingerprint is the SHA-256 of the bytes, and a short secret has none', () => {
  const value = apiToken('fingerprint');
  expect(fingerprintOf(new Secret(value, ''))).toBe(
    `sha256:${createHash('sha256').update(Buffer.from(value)).digest('hex')}`,
  );
  expect(fingerprintOf(new Secret('a'.repeat(20), ''))).not.toBeNull();
  expect(fingerprintOf(new Secret('a'.repeat(19), ''))).toBeNull();
});

test.each([
  ['2024-02-29', true],
  ['2023-02-29', false],
  ['2026-12-31', true],
  ['2026-00-10', false],
  ['2026-1-1', false],
  ['2026-01-01T00:00:00Z', false],
  ['20260101', false],
  ['', false],
])('%s is a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});

test('positions are 1-based, and a lone CR ends no line', () => {
  const text = 'a\r\nb\rc\n\nd😀e';
  const places = ['a', 'b', 'c', 'd', 'e'].map((word) => positionOf(text, text.indexOf(word)));
  expect(places.map(({ line, column }) => `${line}:${column}`)).toEqual(['1:1', '2:1', '2:3', '4:1', '4:4']);
});

test('the nearest name takes few edits, or is none', () => {
  const known = ['rules', 'allowlist', 'exclude'];
  expect(
    ['rulse', 'allow-list', 'exlude', 'alowlst', 'x', '', 'a'.repeat(10_000)].map((word) => nearest(word, known)),
  ).toEqual(['rules', 'allowlist', 'exclude', 'allowlist', null, null, null]);
});

test('keys are told from what only starts like one', () => {
  const keys = [apiToken(1), trustpubToken(1), secretKey(1), `precio${apiToken(1)}`, `cargo_session=${'ab'.repeat(8)}`];
  expect(keys.map(holdsSecret)).toEqual(keys.map(() => true));
  expect(
    [
      'cio',
      'cio_tp_config',
      'k3.secret.',
      apiToken(1).slice(0, 20),
      `sha256:${'c10'.repeat(21)}0`,
      'cargo_session=',
    ].map(holdsSecret),
  ).not.toContain(true);
});

test('a message quotes words, and nothing that could be a key', () => {
  expect(quotable('allowlst')).toBe("'allowlst'");
  expect(
    [registryToken(1), apiToken(1), `a${registryToken(2, 24)}`, 'x'.repeat(100), 'a\u001b[31m', ''].map(quotable),
  ).toEqual([null, null, null, null, null, null]);
});

test('patterns are linear', async () => {
  const matches = await compilePattern('^(([a-zA-Z0-9])+)+$x');
  expect(typeof matches === 'function' && matches('a'.repeat(10_000))).toBe(false);
  expect(await compilePattern('(?<=a)b')).toMatchObject({ fault: expect.stringContaining('not a pattern') as string });
});
