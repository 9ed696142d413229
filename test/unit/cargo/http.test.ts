import { below, isLoopback, parseStoreAddress } from '../../../src/cargo/http';

test.each([
  'https://vault.example:8200',
  'https://vault.example/base/',
  'http://127.0.0.1:1',
  'http://[::1]:1',
  'http://localhost:1',
  'http://127.9.9.9',
])('%s can be asked', (text) => {
  expect(parseStoreAddress(text, 'VAULT_ADDR')).toBeInstanceOf(URL);
});

test.each([
  'http://vault.example',
  'http://0.0.0.0:1',
  'http://127.0.0.1.example',
  'http://localhost.example',
  'http://[::]:1',
  'ftp://127.0.0.1',
  'vault.example:8200',
  'unix:///run/vault.sock',
  'https://user:hunter2@vault.example',
  '',
])('%s can not', (text) => {
  const address = parseStoreAddress(text, 'VAULT_ADDR');
  expect(address).toEqual({ step: 'settings', failure: expect.stringContaining('VAULT_ADDR') as string });
  expect(JSON.stringify(address)).not.toContain('hunter2');
});

test('what looks like a number of this machine is one', () => {
  const address = parseStoreAddress('http://2130706433:8200', 'VAULT_ADDR');
  expect(address instanceof URL && isLoopback(address.hostname)).toBe(true);
});

test('a base address keeps its own path', () => {
  expect(below(new URL('https://a.example/base/'), '/v1/x%2Fy').href).toBe('https://a.example/base/v1/x%2Fy');
  expect(below(new URL('https://a.example'), '/v1/x').href).toBe('https://a.example/v1/x');
});
