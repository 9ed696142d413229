import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../support/packed';
import { projectRoot } from '../../support/project';
import { signedProvenance, type Origin } from '../../support/provenance';

const folder = temporaryFolder();
const repository = 'https://github.com/example/guard';
const commit = createHash('sha1').update('a commit').digest('hex');
const sha512 = createHash('sha512').update('a tarball').digest('hex');
const version = '1.2.3';

const honest: Origin = {
  name: 'guard',
  version,
  sha512,
  repository,
  workflow: '.github/workflows/release.yml',
  ref: `refs/tags/${version}`,
  commit,
};
const signer = `${repository}/.github/workflows/release.yml@refs/tags/${version}`;

const others: Readonly<Record<string, Partial<Origin>>> = {
  'the package': { name: 'guard-2' },
  'the version': { version: '1.2.4' },
  'the tarball': { sha512: createHash('sha512').update('another').digest('hex') },
  'the repository': { repository: 'https://github.com/example/guard-2', identity: signer },
  'the workflow': { workflow: '.github/workflows/ci.yml', identity: signer },
  'the tag': { ref: 'refs/tags/1.2.4', identity: signer },
  'the commit': { commit: createHash('sha1').update('another commit').digest('hex') },
  'the signer, a fork': { identity: signer.replace('example', 'example-2') },
  'the signer, whose name only begins so': { identity: `${signer}-2` },
  'the signer, where a pattern would match': { identity: signer.replace('github.com', 'github-com') },
  'the signer, another workflow': { identity: signer.replace('release.yml', 'ci.yml') },
  'the signer, on a branch': { identity: signer.replace('refs/tags/1.2.3', 'refs/heads/main') },
  'the issuer': { issuer: 'https://accounts.example.com' },
};

const [answer, ...otherAnswers] = signedProvenance(folder.path, [
  honest,
  ...Object.values(others).map((change) => ({ ...honest, ...change })),
]);

afterAll(() => {
  folder.remove();
});

/** What the script finds, or the kind of its error and the message; it is an ES module, which jest does not load. */
function check(given: unknown, trustedRoot = join(folder.path, 'trusted-root.json')): string {
  const script = pathToFileURL(join(projectRoot, 'scripts', 'provenance.mjs')).href;
  const release = { repository, version, commit, name: 'guard', sha512 };
  const code = `import { readFileSync } from 'node:fs';
    import { checkProvenance } from ${JSON.stringify(script)};
    const [answer, release, keys] = JSON.parse(readFileSync(0, 'utf8'));
    console.log(await checkProvenance(answer, release, keys).catch((e) => e.constructor.name + ': ' + e.message));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    input: JSON.stringify([given, release, { trustedRoot }]),
  }).trim();
}

test('takes a provenance that the release workflow signed for this tag, commit and tarball', () => {
  expect(check(answer)).toBe(signer);
});

test.each(Object.keys(others).map((what, index) => [what, index] as const))('refuses another: %s', (_, index) => {
  expect(check(otherAnswers[index])).toMatch(/^Mismatch: the provenance is /);
});

test('refuses a statement that was changed after it was signed', () => {
  const changed = structuredClone(answer);
  const envelope = changed?.attestations[0]?.bundle.dsseEnvelope;
  if (envelope === undefined) throw new Error('there is no envelope');
  const text = Buffer.from(envelope.payload, 'base64').toString().replace(`"ref":"`, `"ref": "`);
  envelope.payload = Buffer.from(text).toString('base64');
  expect(check(changed)).toMatch(/^Mismatch: the provenance is not signed by/);
});

test('refuses keys of another Sigstore', () => {
  const elsewhere = temporaryFolder();
  signedProvenance(elsewhere.path, []);
  expect(check(answer, join(elsewhere.path, 'trusted-root.json'))).toMatch(
    /^Mismatch: the provenance is not signed by/,
  );
  elsewhere.remove();
});

test.each([[{}], [{ attestations: [] }], [{ attestations: [{ predicateType: 'https://example.com/publish' }] }]])(
  'refuses an answer without a provenance: %j',
  (given) => {
    expect(check(given)).toBe('Mismatch: the registry has no provenance of this version');
  },
);
