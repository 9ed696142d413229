import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { temporaryFolder } from '../support/packed';
import { projectRoot, readProjectFile } from '../support/project';
import { buildEnvironment, packElsewhere, tagRelease } from '../support/tagged-release';
import { hasPrograms, testWhere } from '../support/tools';

/** The release workflow, started by hand on a tag, in a real runner. */

const { name, version } = packageJson;
const possible = hasPrograms('act', 'node26');
const testHere = testWhere(possible);
const folder = temporaryFolder();
const at = (...path: readonly string[]): string => join(folder.path, ...path);
const artifacts = at('artifacts');

let run: { readonly status: number | null; readonly text: string };

/** act's options that put the stand-ins in the place of the actions that the workflow uses. */
function standIns(): readonly string[] {
  const used = readProjectFile('.github/workflows/release.yml').matchAll(/\buses: (\S+\/([^@/\s]+)@\S+)/g);
  return [...used].flatMap(([, action = '', last = '']) => {
    const standIn = join(projectRoot, 'test', 'support', 'stand-in-actions', last);
    return existsSync(standIn) ? ['--local-repository', `${action}=${standIn}`] : [];
  });
}

const release = possible ? tagRelease(folder.path) : undefined;

beforeAll(() => {
  if (release === undefined) return;
  const clone = at('clone');
  mkdirSync(artifacts);
  execFileSync('git', ['clone', '--quiet', '--branch', version, release.repository, clone], { stdio: 'ignore' });
  // No container engine is asked for; what would be built has a test of its own.
  mkdirSync(at('bin'));
  writeFileSync(at('bin', 'docker'), `#!/bin/sh\necho "$*" >>'${at('docker.log')}'\n`, { mode: 0o755 });
  writeFileSync(at('event.json'), JSON.stringify({ ref: `refs/tags/${version}` }));
  const args = ['workflow_dispatch', '--workflows', '.github/workflows/release.yml', '--eventpath', at('event.json')];
  const where = ['--platform', 'ubuntu-latest=-self-hosted', '--no-skip-checkout'];
  const env = [`STAND_IN_REPOSITORY=${release.repository}`, `STAND_IN_ARTIFACTS=${artifacts}`];
  const { status, stdout, stderr } = spawnSync(
    'act',
    [...args, ...where, ...standIns(), ...env.flatMap((variable) => ['--env', variable])],
    {
      cwd: clone,
      env: { ...buildEnvironment, PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`, XDG_CACHE_HOME: at('cache') },
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    },
  );
  run = { status, text: stdout + stderr };
}, 600_000);

afterAll(() => {
  folder.remove();
});

testHere('the dry run passes', () => {
  expect(run.status === 0 ? '' : run.text.slice(-4000)).toBe('');
});

testHere('it publishes nothing', () => {
  const jobs = new Set([...run.text.matchAll(/^\[Release\/([^\]]+?)\s*\]/gm)].map(([, job]) => job));
  expect([...jobs].filter((job) => /npm|Attest|GitHub release/.test(job ?? ''))).toEqual([]);
  expect(run.text).not.toMatch(/Run Main (?:npm publish|Push|Make the release)/);
});

testHere('what would be published is what npm pack makes in another folder, byte for byte', () => {
  if (release === undefined) throw new Error('there is no release');
  const tarball = readFileSync(join(artifacts, 'release', `${name}-${version}.tgz`));
  expect(tarball.equals(readFileSync(packElsewhere(release, folder.path)))).toBe(true);
});

testHere('every file that it would publish has its checksum', () => {
  const files = readdirSync(join(artifacts, 'release')).filter((file) => file.startsWith(name));
  expect(files).toContain(`${name}.cdx.json`);
  expect(files).toContain(`${name}-${process.platform}-${process.arch}`);
  const digest = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(artifacts, 'release', file)))
      .digest('hex');
  expect(readFileSync(join(artifacts, 'release', 'SHA256SUMS'), 'utf8')).toBe(
    files
      .sort()
      .map((file) => `${digest(file)}  ${file}\n`)
      .join(''),
  );
});

testHere('the image is built from the tarball, and not pushed', () => {
  const calls = readFileSync(at('docker.log'), 'utf8').trim().split('\n');
  expect(calls).toEqual([expect.stringMatching(/^build --tag \S+ --file Containerfile release$/)]);
});

testHere('the release notes are this version’s, and no other', () => {
  const notes = readFileSync(join(artifacts, 'release', 'release-notes.md'), 'utf8');
  expect(notes).toMatch(/^### Added\n/);
  expect(notes).not.toContain('\n## ');
});
