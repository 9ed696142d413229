import packageJson from '../../package.json';
import { projectFiles, projectGit, readProjectFile } from '../support/project';

test('the package needs nothing at run time but Node.js', () => {
  const fields = Object.keys(packageJson);
  expect(
    fields.filter((field) => /^(?:dependencies|optionalDependencies|peerDependencies|bundle)/.test(field)),
  ).toEqual([]);
});

test('nothing runs when the package is installed by its users', () => {
  const onInstall = ['preinstall', 'install', 'postinstall'];
  expect(Object.keys(packageJson.scripts).filter((name) => onInstall.includes(name))).toEqual([]);
});

test('every development dependency is pinned', () => {
  const loose = Object.entries(packageJson.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
});

test('the gate can be started', () => {
  expect(projectGit('ls-files', '-s', '.ci/run').slice(0, 6)).toBe('100755');
});

test('the changelog has this version', () => {
  expect(readProjectFile('CHANGELOG.md')).toContain(`## [${packageJson.version}]`);
});

test('both licences are there, whole', () => {
  expect(packageJson.license).toBe('MIT OR Apache-2.0');
  expect(projectFiles(/^LICENSE/)).toEqual(['LICENSE', 'LICENSE-APACHE', 'LICENSE-MIT']);
  expect(readProjectFile('LICENSE-APACHE')).toContain('END OF TERMS AND CONDITIONS');
  expect(readProjectFile('LICENSE-MIT')).toContain('Permission is hereby granted');
});
