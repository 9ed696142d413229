import * as files from 'node:fs/promises';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../../src/cargo/config/files';
import { makeFolder, removeFolder } from '../../support/credential';

jest.mock('node:fs/promises', () => {
  const actual = jest.requireActual<typeof files>('node:fs/promises');
  return { ...actual, open: jest.fn(actual.open), rename: jest.fn(actual.rename) };
});

let folder: string;
let file: string;

beforeEach(() => {
  folder = makeFolder();
  file = join(folder, 'config.toml');
  writeFileSync(file, 'before');
});

afterEach(() => {
  removeFolder(folder);
});

function failWith(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('a file is replaced in one step, and nothing else is left', async () => {
  await replaceFile({ file, before: 'before', after: 'after' });
  expect(readFileSync(file, 'utf8')).toBe('after');
  expect(readdirSync(folder)).toEqual(['config.toml']);
});

test('a full disk leaves the file as it was, and nothing half-written', async () => {
  const { open } = jest.requireActual<typeof files>('node:fs/promises');
  jest.mocked(files.open).mockImplementationOnce(async (...args) => {
    const handle = await open(...args);
    handle.writeFile = () => Promise.reject(failWith('ENOSPC'));
    return handle;
  });
  await expect(replaceFile({ file, before: 'before', after: 'after' })).rejects.toMatchObject({
    code: 'unwritable',
    message: expect.stringContaining('ENOSPC') as string,
  });
  expect(readFileSync(file, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['config.toml']);
});

test('a folder that can’t be written leaves the file as it was', async () => {
  jest.mocked(files.rename).mockRejectedValueOnce(failWith('EACCES'));
  await expect(replaceFile({ file, before: 'before', after: 'after' })).rejects.toMatchObject({ code: 'unwritable' });
  expect(readFileSync(file, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['config.toml']);
});

test('a file that is not what it was is left to whoever changed it', async () => {
  await expect(replaceFile({ file, before: undefined, after: 'after' })).rejects.toMatchObject({ code: 'unwritable' });
  expect(readFileSync(file, 'utf8')).toBe('before');
});
