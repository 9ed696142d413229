import { parseStoreArguments } from '../../../src/cargo/stores';
import { quote, quoteWithout } from '../../../src/cargo/quote';
import { apiToken, secretKey, trustpubToken } from '../../support/tokens';

test.each([
  [['env'], { kind: 'store', name: 'env', options: {} }],
  [['env', '--var', 'KEY'], { kind: 'store', name: 'env', options: { var: 'KEY' } }],
  [['aws', '--secret-id=a=b'], { kind: 'store', name: 'aws', options: { 'secret-id': 'a=b' } }],
  [
    ['vault', '--field', 'key', '--path', 'kv/a b', '--auth', 'approle'],
    { kind: 'store', name: 'vault', options: { field: 'key', path: 'kv/a b', auth: 'approle' } },
  ],
])('%j', (args, parsed) => {
  expect(parseStoreArguments(args)).toEqual(parsed);
});

test.each([
  [[], /no store is named.*env, aws, vault, conjur/],
  [['nonesuch'], /no store 'nonesuch'/],
  [['toString'], /no store 'toString'/],
  [['env', 'KEY'], /'KEY' is no option/],
  [['env', '--vra', 'KEY'], /'--vra' is no option of the store env: it takes --var/],
  [['env', '--path', 'x'], /'--path' is no option/],
  [['env', '--var'], /--var needs a value/],
  [['env', '--var='], /--var needs a value/],
  [['env', '--var', 'A', '--var', 'B'], /--var is given twice/],
  [['aws'], /needs --secret-id ID/],
  [['vault', '--field', 'x'], /needs --path PATH/],
  [['conjur'], /needs --variable ID/],
  [['vault', '--path', 'x', '--auth', 'ldap'], /--auth is one of token, approle, jwt, kubernetes, cert/],
])('%j is wrong', (args, reason) => {
  expect(parseStoreArguments(args)).toEqual({ kind: 'wrong', reason: expect.stringMatching(reason) as string });
});

test.each([apiToken('a'), trustpubToken('a'), secretKey('a')])(
  'a key in the place of a word is not quoted (%#)',
  (key) => {
    for (const args of [[key], ['env', key], ['env', `--${key}`]])
      expect(JSON.stringify(parseStoreArguments(args)).includes(key.slice(8))).toBe(false);
  },
);

test('foreign text loses its control characters and its length', () => {
  expect(quote('a\u001b[31mb\r\nc\u2028d')).toBe('a [31mb c d');
  expect(quote('x'.repeat(1000))).toHaveLength(201);
});

test('a secret that a server sends back is taken out', () => {
  expect(quoteWithout('denied for s.abcd and s.abcd', ['s.abcd', 'd', '', undefined])).toBe(
    'denied for ******** and ********',
  );
});
