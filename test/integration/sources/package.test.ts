import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SourceContext, SourceItem } from '../../../src/sources/content';
import { packageSource } from '../../../src/sources/package';
import { privateEnvironment, repositoryAt } from '../../support/repository';
import { hasPrograms, testWhere } from '../../support/tools';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cratesguard-package-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function pathsOf(
  options: { cwd?: string; manifestPath?: string; packages?: readonly string[]; env?: object } = {},
) {
  const context: SourceContext = {
    mayHold: () => true,
    excluded: () => false,
    counts: { files: 0, bytes: 0, commits: 0 },
  };
  const source = packageSource({
    cwd: options.cwd ?? folder,
    topLevel: folder,
    env: { ...process.env, ...options.env },
    manifestPath: options.manifestPath,
    packages: options.packages ?? [],
  });
  const items: SourceItem[] = [];
  for await (const item of source.items(context)) items.push(item);
  return items.filter((item) => item.kind === 'content' && item.where === 'file').map((item) => item.path);
}

const manifest = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;

const testWithCargo = testWhere(hasPrograms('cargo'));

testWithCargo('only what cargo would ship is read, through links and from outside the package', async () => {
  write({
    'README.md': 'outside',
    'one/Cargo.toml': manifest('one', 'readme = "../README.md"\nexclude = ["notes"]\n'),
    'one/src/lib.rs': 'pub fn one() {}',
    'one/notes/private.txt': 'stays here',
    'elsewhere/credentials.toml': 'linked',
    'Cargo.toml': '[workspace]\nmembers = ["one", "two"]\nresolver = "2"\n',
    'two/Cargo.toml': manifest('two'),
    'two/src/lib.rs': 'pub fn two() {}',
  });
  symlinkSync('../elsewhere/credentials.toml', join(folder, 'one', 'linked.toml'));
  expect((await pathsOf({ cwd: join(folder, 'one') })).sort()).toEqual([
    'README.md',
    'one/Cargo.toml',
    'one/linked.toml',
    'one/src/lib.rs',
  ]);
  expect(await pathsOf({ packages: ['two'] })).toEqual(['two/Cargo.toml', 'two/src/lib.rs']);
  expect(await pathsOf({ manifestPath: 'two/Cargo.toml' })).toEqual(['two/Cargo.toml', 'two/src/lib.rs']);
  expect(await pathsOf()).toHaveLength(6);
  await expect(pathsOf({ packages: ['three'] })).rejects.toMatchObject({ code: 'unreadable' });
});

testWithCargo('where cargo refuses or is not there, nothing is called clean', async () => {
  write({ 'Cargo.toml': 'not = [a manifest' });
  await expect(pathsOf()).rejects.toMatchObject({ code: 'unreadable' });
  await expect(pathsOf({ env: { CARGO: join(folder, 'no-cargo') } })).rejects.toMatchObject({ code: 'missing-tool' });
});

testWithCargo('nothing that the checkout names is run: toolchain, wrapper, alias, filter', async () => {
  const mark = join(folder, 'ran');
  const evil = `#!/bin/sh\ntouch '${mark}'\nexit 1\n`;
  const repository = repositoryAt(join(folder, 'checkout'), privateEnvironment(folder));
  const at = (...parts: readonly string[]) => join(repository.path, ...parts);
  const nested = repositoryAt(at('nested'), repository.env);
  for (const { path } of [repository, nested]) {
    mkdirSync(join(path, 'src'));
    writeFileSync(join(path, 'Cargo.toml'), manifest('demo'));
    writeFileSync(join(path, 'src', 'lib.rs'), '');
    writeFileSync(join(path, '.gitattributes'), '* filter=evil.a filter=evil\n*.rs filter=other"\n');
  }
  mkdirSync(at('evil', 'bin'), { recursive: true });
  mkdirSync(at('.cargo'));
  for (const name of ['cargo', 'rustc']) writeFileSync(at('evil', 'bin', name), evil, { mode: 0o755 });
  writeFileSync(at('rust-toolchain.toml'), `[toolchain]\npath = ${JSON.stringify(at('evil'))}\n`);
  const program = JSON.stringify(at('evil', 'bin', 'rustc'));
  writeFileSync(
    at('.cargo', 'config.toml'),
    `[build]\nrustc = ${program}\nrustc-wrapper = ${program}\n[alias]\npackage = "version"\nmetadata = "version"\n`,
  );
  nested.git('add', '.');
  nested.commit('x');
  repository.git('add', '.');
  repository.commit('x');
  for (const place of [repository, nested])
    for (const [key, value] of [
      ['filter.evil.process', `touch '${mark}'`],
      ['filter.evil.clean', `touch '${mark}'; cat`],
      ['filter.other".clean', `touch '${mark}'; cat`],
      ['filter.other".required', 'true'],
      ['core.fsmonitor', `touch '${mark}'`],
    ] as const)
      place.git('config', key, value);
  writeFileSync(at('src', 'lib.rs'), '// changed');
  writeFileSync(at('nested', 'src', 'lib.rs'), '// changed');
  expect(await pathsOf({ cwd: at('src') })).toEqual(expect.arrayContaining(['checkout/src/lib.rs']));
  expect(existsSync(mark)).toBe(false);
});
