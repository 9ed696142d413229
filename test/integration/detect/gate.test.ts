import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { detect } from '../../../src/detect/detector';
import { RULES } from '../../../src/rules/all';
import { gateExpression, gateHint, keywordPatterns } from '../../../src/rules/gate';
import { gateMatches, type Grep } from '../../support/gate';
import { REGISTRY_SAMPLES } from '../../support/leaks';
import * as tokens from '../../support/tokens';
import { variedLeak } from '../../support/variations';

const GREPS: readonly Grep[] = ([['grep'], ['busybox', 'grep']] satisfies Grep[]).filter(
  ([program, ...args]) => spawnSync(program, [...args, '-E', 'a'], { input: 'a' }).status === 0,
);

const examples = RULES.flatMap((rule) =>
  rule.examples.map(({ text, path }) => ({ text: text(tokens), path: path ?? null })),
);
const leaks = [
  ...examples,
  ...REGISTRY_SAMPLES.flatMap(([, { text }]) => [
    { text: text(tokens), path: null },
    { text: text({ ...tokens, registryToken: tokens.apiToken }), path: null },
  ]),
];

/** What git shows of a change that adds only the lines of the findings, with six lines around them. */
function asChange(text: string, path: string | null): string {
  const lines = text.split('\n');
  const added = new Set(detect(Buffer.from(text), { path }).map(({ line }) => line - 1));
  return lines
    .flatMap((line, index) => {
      if (added.has(index)) return [`+${line}`];
      return [...added].some((at) => Math.abs(at - index) <= 6) ? [` ${line}`] : [];
    })
    .join('\n');
}

const DISGUISES: readonly ((secret: string) => string | Buffer)[] = [
  ...['', 'a:', 'bc:', 'a', 'ab'].map((before) => (secret: string) => Buffer.from(before + secret).toString('base64')),
  (secret) => Buffer.from(secret).toString('base64url'),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  (secret) => Buffer.from(secret).toString('hex').replace(/../g, '%$&'),
  (secret) => Buffer.from(secret).toString('hex').toUpperCase().replace(/../g, '%25$&'),
  (secret) => Buffer.from(secret).toString('hex').replace(/../g, '\\x$&'),
  (secret) => Buffer.from(secret).toString('hex').replace(/../g, '\\\\x$&'),
  (secret) => Buffer.from(secret).toString('hex').replace(/../g, '\\u00$&'),
  (secret) => Buffer.from(secret).toString('hex').replace(/../g, '\\u{$&}'),
  (secret) => Buffer.from(secret).toString('hex').replace(/../g, '\\u{00$&}'),
  (secret) => secret.replace(/./g, (character) => `\\${character.charCodeAt(0).toString(8)}`),
  (secret) => secret.replace(/./g, (character) => `\\0${character.charCodeAt(0).toString(8)}`),
  (secret) => Buffer.from(secret, 'utf16le'),
  (secret) => Buffer.from(secret, 'utf16le').swap16(),
  (secret) => Buffer.from(`\ufeff上海 ${secret} 上`, 'utf16le'),
  (secret) => Buffer.concat([Buffer.from([0, 71]), Buffer.from(secret, 'utf16le')]),
  ...Array.from(
    { length: 36 },
    (_, at) => (secret: string) =>
      secret.slice(0, at) + `%${Buffer.from(secret.charAt(at)).toString('hex')}` + secret.slice(at + 1),
  ),
  ...Array.from(
    { length: 36 },
    (_, at) => (secret: string) =>
      secret.slice(0, at) + `\\u00${Buffer.from(secret.charAt(at)).toString('hex')}` + secret.slice(at + 1),
  ),
];

/** One character of the opening escaped, in each way. */
const ONE_ESCAPE: readonly ((secret: string) => string)[] = Array.from({ length: 10 }, (_, at) =>
  [
    (code: number) => `%${code.toString(16)}`,
    (code: number) => `%2525${code.toString(16).toUpperCase()}`,
    (code: number) => `\\x${code.toString(16)}`,
    (code: number) => `\\u00${code.toString(16).toUpperCase()}`,
    (code: number) => `\\U000000${code.toString(16)}`,
    (code: number) => `\\x{${code.toString(16)}}`,
    (code: number) => `\\u{000${code.toString(16)}}`,
    (code: number) => `\\${code.toString(8)}`,
    (code: number) => `\\\\0${code.toString(8)}`,
    (code: number) => `\\00${code.toString(8)}`,
  ].map((escape) => (secret: string) => secret.slice(0, at) + escape(secret.charCodeAt(at)) + secret.slice(at + 1)),
).flat();

const QUIET = [
  `"resolved": "https://${['registry', 'npmjs', 'org'].join('.')}/express/-/express-4.18.2.tgz",`,
  '"integrity": "sha512-5/PsL6iGPdfQ/lKM1UuielYgv3BUoJfz1aUwU9vHZ+J7gyvwdQXFEBIEIaxeGf0GIcreATNyBExtalisDbuMqQ==",',
  'let socio = 1; // precious, conscious, socioeconomic',
  'let token = next();',
  'let token = "abc";',
  'const token = lexer.token("identifier");',
  'let token = env!("CARGO_REGISTRY_TOKEN");',
  'let t = std::env::var("CARGO_REGISTRY_TOKEN")?;',
  '  CARGO_REGISTRY_TOKEN: ${{ secrets.CARGO_REGISTRY_TOKEN }}',
  '          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}',
  'export CARGO_REGISTRY_TOKEN=$(vault read -field=token secret/cargo)',
  'The `CARGO_REGISTRY_TOKEN` environment variable holds the token.',
  'Run `cargo login` and paste the token.',
  'cargo publish --token $CARGO_REGISTRY_TOKEN',
  'cargo publish --token ${{ secrets.CARGO_REGISTRY_TOKEN }}',
  '[registries.acme]',
  '[registry]',
  'pub fn login(user: &str, password: &str) -> Result<Session> {',
  'router.post("/login", async (req, res) => {',
  "import { login } from './session';",
  'k3.public.something',
  "    action: 'login',",
  Buffer.from('These conditions are precious, and a conscious choice.'.repeat(3)).toString('base64'),
  Buffer.from(' precious, and a conscious choice.'.repeat(3)).toString('base64'),
  Buffer.from('a precious, and a conscious choice.'.repeat(3)).toString('base64'),
  'fn tokens(input: &str) -> Vec<Token> {',
  '\\u0063 \\x63 %63 are escapes',
];

test('the expressions can stand between single quotes in a shell', () => {
  for (const expression of [gateExpression(), gateHint(), keywordPatterns()]) {
    expect(expression).not.toContain("'");
    expect(expression).toMatch(/^[\x20-\x7e]+$/);
  }
  expect(GREPS.length).toBeGreaterThan(0);
});

/** A POSIX extended expression, of those that the gate is made of, as one of JavaScript. */
function inJavaScript(expression: string): RegExp {
  const source = expression.replace(/\[(\^?)(\]?(?:\[:space:\]|[^\]])*)\]/g, (_, not: string, set: string) => {
    const escaped = set.replace(/\[:space:\]/g, '\t ').replace(/[\\\][]/g, '\\$&');
    return `[${not}${not === '' ? '' : '\n\0'}${escaped}]`;
  });
  return new RegExp(source);
}

/** Lines that the gate's expressions match, made from each of them. */
function madeLines(): readonly string[] {
  return RULES.flatMap(({ gate }) => gate.flatMap(({ lines }) => lines)).flatMap((expression, index) =>
    fc
      .sample(fc.stringMatching(inJavaScript(expression), { size: 'small' }), { numRuns: 300, seed: 20260101 + index })
      .filter((line) => !/[\n\0]/.test(line)),
  );
}

describe.each(GREPS.map((grep) => [grep.join(' '), grep] as const))('%s', (_, grep) => {
  test('matches every leak as it stands and as a change', () => {
    const texts = leaks.flatMap(({ text, path }) => [text, asChange(text, path)]);
    const missed = gateMatches(
      grep,
      gateExpression(),
      texts.map((text) => Buffer.from(text)),
    ).flatMap((matches, index) => (matches ? [] : [texts[index]]));
    expect(missed.map((text) => text?.replace(/[A-Za-z0-9]{20,}/g, 'V'))).toEqual([]);
  });

  test('matches every disguise of a token', () => {
    const secrets = [1, 2, 3].flatMap((seed) => [
      tokens.apiToken(seed),
      tokens.trustpubToken(seed),
      tokens.secretKey(seed),
    ]);
    const contents = secrets.flatMap((secret) =>
      DISGUISES.map((disguise, number) => ({ number, bytes: Buffer.from(disguise(secret)) })),
    );
    const found = contents.filter(({ bytes }) => detect(bytes, { path: null }).length > 0);
    // Bases that glue a letter to the token make a word of it; everything else is found.
    expect(contents.length - found.length).toBe(secrets.length * 2);
    const matches = gateMatches(
      grep,
      gateExpression(),
      found.map(({ bytes }) => bytes),
    );
    expect(found.flatMap(({ number }, index) => (matches[index] === true ? [] : [number]))).toEqual([]);
  });

  test('matches whatever is found in leaks written otherwise', () => {
    const contents = fc.sample(variedLeak, { numRuns: 3000, seed: 20260101 });
    const found = contents.filter((text) => detect(Buffer.from(text), { path: null }).length > 0);
    // Most of them are leaks still: the variations must not make a test of nothing.
    expect(found.length).toBeGreaterThan(1500);
    const texts = found.flatMap((text) => [text, asChange(text, null)]);
    const matches = gateMatches(
      grep,
      gateExpression(),
      texts.map((text) => Buffer.from(text)),
    );
    expect(texts.filter((_text, index) => matches[index] !== true)).toEqual([]);
  });

  test('the hint matches each line that the expression matches', () => {
    const texts = leaks.flatMap(({ text, path }) => [text, asChange(text, path)]);
    const varied = fc.sample(variedLeak, { numRuns: 1000, seed: 20260102 });
    const lines = [...texts, ...varied].flatMap((text) => text.split('\n')).concat(madeLines());
    const disguises = [tokens.apiToken(1), tokens.trustpubToken(2), tokens.secretKey(3)].flatMap((secret) =>
      [...DISGUISES, ...ONE_ESCAPE].map((disguise) => Buffer.from(disguise(secret))),
    );
    const bytes = [...lines.map((line) => Buffer.from(line)), ...disguises];
    const expected = gateMatches(grep, gateExpression(), bytes);
    const hinted = gateMatches(grep, gateHint(), bytes);
    expect(expected.filter((matches) => matches).length).toBeGreaterThan(5000);
    const missed = expected.flatMap((matches, index) => (matches && hinted[index] !== true ? [index] : []));
    expect(missed.map((index) => lines[index] ?? `disguise ${index - lines.length}`)).toEqual([]);
  });

  test('is quiet on ordinary lines', () => {
    const matches = gateMatches(
      grep,
      gateExpression(),
      QUIET.map((line) => Buffer.from(`+${line}`)),
    );
    expect(QUIET.filter((_line, index) => matches[index])).toEqual([]);
  });
});
