import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { findProgram } from '../support/credential';
import { temporaryFolder } from '../support/packed';
import { projectRoot } from '../support/project';
import { signedProvenance } from '../support/provenance';
import { buildEnvironment, packElsewhere, tagRelease } from '../support/tagged-release';
import { hasPrograms, testWhere } from '../support/tools';

/** A release is told from one that was changed, at a real registry on the loopback interface. */

const { name, version } = packageJson;
const possible = hasPrograms('node26', 'verdaccio', 'tar');
const testHere = testWhere(possible);
const folder = temporaryFolder();
const at = (...path: readonly string[]): string => join(folder.path, ...path);
const env = buildEnvironment;

let registry = '';
let verdaccio: ChildProcess | undefined;
let front: Server | undefined;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startRegistry(): Promise<void> {
  const port = await freePort();
  registry = `http://127.0.0.1:${String(port)}`;
  writeFileSync(
    at('verdaccio.yaml'),
    JSON.stringify({
      storage: at('storage'),
      auth: { htpasswd: { file: at('htpasswd') } },
      packages: { '**': { access: '$all', publish: '$all', unpublish: '$all' } },
      log: { type: 'stdout', format: 'json', level: 'error' },
    }),
  );
  writeFileSync(at('npmrc'), `//127.0.0.1:${String(port)}/:_authToken=none\n`);
  const program = realpathSync(findProgram('verdaccio') ?? '');
  verdaccio = spawn('node26', [program, '--config', at('verdaccio.yaml'), '--listen', `127.0.0.1:${String(port)}`], {
    stdio: 'ignore',
  });
  for (;;) {
    const answered = await fetch(`${registry}/-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return;
    if (verdaccio.exitCode !== null) throw new Error('verdaccio ended');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function npm(...args: readonly string[]): void {
  execFileSync('npm', [...args, '--silent', `--registry=${registry}`, `--userconfig=${at('npmrc')}`], { env });
}

function publish(tarball: string): void {
  npm('publish', tarball);
}

function verify(...args: readonly string[]): { readonly status: number | null; readonly text: string } {
  const script = join(projectRoot, 'scripts', 'verify-release');
  const { status, stdout, stderr } = spawnSync(script, args, { encoding: 'utf8', env });
  return { status, text: stdout + stderr };
}

const verifyAt = (address: string, ...more: readonly string[]): ReturnType<typeof verify> =>
  verify(version, '--repository', at('repository.git'), '--registry', address, ...more);

/** The same package with one more line in the program that the hooks run. */
function changed(tarball: string): string {
  mkdirSync(at('changed'));
  mkdirSync(at('repacked'));
  execFileSync('tar', ['-xzf', tarball, '-C', at('changed')]);
  const program = at('changed', 'package', 'dist', 'hook.cjs');
  writeFileSync(program, `${readFileSync(program, 'utf8')}// one more line\n`);
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', at('repacked')], {
    cwd: at('changed', 'package'),
    stdio: 'ignore',
  });
  return at('repacked', `${name}-${version}.tgz`);
}

/** Verdaccio with what it lacks in front of it: the provenance. */
async function withProvenance(answer: unknown): Promise<string> {
  front = createServer((request, response) => {
    const url = request.url ?? '';
    const respond = async (): Promise<void> => {
      if (url.startsWith('/-/npm/v1/attestations/')) return void response.end(JSON.stringify(answer));
      const own = `http://${request.headers.host ?? ''}`;
      const from = await fetch(registry + url);
      if (url !== `/${name}`) return void response.end(Buffer.from(await from.arrayBuffer()));
      const metadata = JSON.parse((await from.text()).replaceAll(registry, own)) as {
        versions: Record<string, { dist: { attestations?: { readonly url: string } } }>;
      };
      for (const { dist } of Object.values(metadata.versions))
        dist.attestations = { url: `https://registry.example.com/-/npm/v1/attestations/${name}@${version}` };
      response.end(JSON.stringify(metadata));
    };
    void respond();
  });
  await new Promise<void>((resolve) => front?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((front.address() as AddressInfo).port)}`;
}

let commit = '';
let honest = '';

beforeAll(async () => {
  if (!possible) return;
  const release = tagRelease(folder.path);
  commit = release.commit;
  honest = packElsewhere(release, folder.path);
  await startRegistry();
}, 300_000);

afterAll(() => {
  verdaccio?.kill();
  front?.close();
  folder.remove();
});

testHere(
  'an honest release is the same, byte for byte, and its provenance is checked',
  async () => {
    publish(honest);
    const sha512 = createHash('sha512').update(readFileSync(honest)).digest('hex');
    const repository = packageJson.homepage;
    const workflow = '.github/workflows/release.yml';
    const origin = { name, version, sha512, repository, workflow, ref: `refs/tags/${version}`, commit };
    const [answer] = signedProvenance(folder.path, [origin]);
    const address = await withProvenance(answer);
    const child = spawn(
      join(projectRoot, 'scripts', 'verify-release'),
      [version, '--repository', at('repository.git'), '--registry', address, '--trusted-root', at('trusted-root.json')],
      { env },
    );
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, text }).toEqual({
      status: 0,
      text: `built     ${version} from ${commit}\nsame      ${String(readFileSync(honest).length)} bytes, sha256 ${createHash('sha256').update(readFileSync(honest)).digest('hex')}\nsigned    by ${repository}/${workflow}@refs/tags/${version}\n`,
    });
  },
  300_000,
);

testHere(
  'a release that was changed is told, with the file',
  () => {
    npm('unpublish', '--force', `${name}@${version}`);
    publish(changed(honest));
    const { status, text } = verifyAt(registry);
    expect(text).toContain('another package than the tag gives:\nM\tdist/hook.cjs');
    expect(status).toBe(1);
  },
  300_000,
);

test('a version that has no tag, and a word that is no version', () => {
  const nowhere = temporaryFolder();
  execFileSync('git', ['init', '--quiet', '--bare', nowhere.path]);
  expect(verify('1.2.3', '--repository', nowhere.path, '--registry', 'http://127.0.0.1:9').status).toBe(3);
  expect(verify('--upload-pack=x').status).toBe(2);
  expect(verify('refs/heads/main').status).toBe(2);
  expect(verify().text).toContain('usage:');
  nowhere.remove();
});
