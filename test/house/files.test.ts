import { execFileSync } from 'node:child_process';
import { projectFiles, projectGit, projectRoot, readProjectFile } from '../support/project';

const fixedStrings = (texts: readonly string[]): string[] => texts.flatMap((text) => ['-e', text]);

/** Where any of these texts is written down: `path:line`. */
function placesOf(texts: readonly string[]): readonly string[] {
  return projectGit('grep', '--untracked', '-InF', ...fixedStrings(texts), '--', '.', ':!test/schemas')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':').slice(0, 2).join(':'));
}

test('no package registry is named: each machine has its own', () => {
  const configured = execFileSync('npm', ['config', 'get', 'registry'], {
    cwd: projectRoot,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const wellKnown = [
    ['registry', 'npmjs', 'org'],
    ['registry', 'yarnpkg', 'com'],
    ['deb', 'debian', 'org'],
  ].map((labels) => labels.join('.'));
  expect(placesOf([new URL(configured.trim()).host, ...wellKnown])).toEqual([]);
});

test('no path of this machine is written down', () => {
  expect(placesOf([projectRoot])).toEqual([]);
});

// A style sheet is a list, however long.
test('a source file holds one idea: at most 300 lines', () => {
  const lengths = projectFiles(/^(?:src|hooks)\/.*(?<!\.css)$/).map((path) => ({
    path,
    lines: readProjectFile(path).split('\n').length - 1,
  }));
  expect(lengths.filter(({ lines }) => lines > 300)).toEqual([]);
  expect(lengths.length).toBeGreaterThan(0);
});

test('nothing is left for later', () => {
  const marks = ['TO' + 'DO', 'FIX' + 'ME', 'not ' + 'implemented'];
  expect(placesOf(marks)).toEqual([]);
});

test('other programs are started by one door, and git by one more behind it', () => {
  // The Action starts the scanner, with the Node.js that runs it.
  const doors = ['src/action.ts', 'src/base/process.ts', 'src/git/questions.ts'];
  const starts =
    /\b(?:spawn|spawnSync|execFile|execFileSync|execSync|fork|simpleGit)\(|['"](?:node:)?child_process['"]/;
  const sources = projectFiles(/^src\/(?!generated\/).*\.ts$/);
  expect(sources.filter((path) => starts.test(readProjectFile(path))).sort()).toEqual(doors);
  const git = /(?:startProgram|startReadingProgram|runProgram)\(\s*'git'/;
  expect(sources.filter((path) => git.test(readProjectFile(path)))).toEqual(['src/git/run.ts']);
});
