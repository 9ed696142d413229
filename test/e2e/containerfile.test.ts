import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { packPackage, temporaryFolder } from '../support/packed';
import { projectRoot, readProjectFile } from '../support/project';
import { hasPrograms, testWhere } from '../support/tools';

/** There is no container engine here: the file is linted, and its steps run in a folder that stands for the image's root. */

const folder = temporaryFolder();
const image = join(folder.path, 'image');

afterAll(() => {
  folder.remove();
});

/** The instructions, continued lines joined and comments left out: `['RUN', 'npm …']`. */
const instructions = readProjectFile('Containerfile')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);

const argumentsOf = (name: string): readonly string[] =>
  instructions.flatMap(([instruction, text]) => (instruction === name ? [text] : []));

testWhere(hasPrograms('hadolint'))('hadolint finds nothing', () => {
  const { status, stdout, stderr } = spawnSync('hadolint', ['Containerfile'], { cwd: projectRoot, encoding: 'utf8' });
  expect(`${stdout}${stderr}`).toBe('');
  expect(status).toBe(0);
});

test('the base image is one, by its digest, and nothing runs as root', () => {
  expect(argumentsOf('FROM')).toHaveLength(1);
  expect(argumentsOf('FROM')[0]).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  expect(argumentsOf('USER')).toEqual(['1000']);
  expect(instructions.findIndex(([name]) => name === 'USER')).toBeGreaterThan(
    instructions.map(([name]) => name).lastIndexOf('RUN'),
  );
});

testWhere(process.platform !== 'win32')('its steps install a program that starts', () => {
  mkdirSync(join(image, 'opt'), { recursive: true });
  const packed = packPackage(folder.path);
  const [copy = ''] = argumentsOf('COPY');
  const [from = '', to = ''] = copy.split(' ');
  expect(packed.endsWith(`/${from.replace('*', packageJson.version)}`)).toBe(true);
  copyFileSync(packed, join(image, to));
  const steps = argumentsOf('RUN').filter((step) => !/apt-get|git config --system/.test(step));
  expect(steps).toHaveLength(1);
  for (const step of steps)
    execFileSync('sh', ['-ec', step.replaceAll('/opt/', `${image}/opt/`)], {
      env: { ...process.env, npm_config_prefix: image, npm_config_cache: join(folder.path, 'cache') },
      stdio: 'ignore',
    });
  const [entry = ''] = JSON.parse(argumentsOf('ENTRYPOINT')[0] ?? '[]') as readonly string[];
  const started = spawnSync(join(image, 'bin', entry), ['--version'], { encoding: 'utf8' });
  expect(started).toMatchObject({ status: 0, stdout: `${packageJson.version}\n` });
});
