// The provenance that npm has of a release: who built which source into which tarball, signed through Sigstore.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const PREDICATE = 'https://slsa.dev/provenance/v1';
const ISSUER = 'https://token.actions.githubusercontent.com';
const WORKFLOW = '.github/workflows/release.yml';

/** What speaks against a release, as opposed to what keeps us from judging it. */
export class Mismatch extends Error {}

/** @returns {(name: string) => any} loads a library from npm itself: npm checks signatures with the same ones */
function npmLibraries() {
  const shell = process.platform === 'win32';
  const folder = execFileSync('npm', ['root', '--global'], {
    encoding: 'utf8',
    shell,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return createRequire(join(folder.trim(), 'npm', 'package.json'));
}

const literally = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/**
 * @param {unknown} answer what npm's registry has at `dist.attestations.url`
 * @param {{ repository: string, version: string, commit: string, name: string, sha512: string }} release the project's
 * address, and what the provenance has to be of; `sha512` is the tarball's, in hex
 * @param {{ trustedRoot?: string, cache: string }} keys a file with Sigstore's trusted root, in JSON; without one it is
 * fetched from Sigstore, by way of the folder `cache`
 * @returns {Promise<string>} the identity that signed
 * @throws Mismatch where it is not the release workflow's, for this tag, commit and tarball
 */
export async function checkProvenance(answer, { repository, version, commit, name, sha512 }, { trustedRoot, cache }) {
  const bundle = answer?.attestations?.find(({ predicateType }) => predicateType === PREDICATE)?.bundle;
  if (bundle === undefined) throw new Mismatch('the registry has no provenance of this version');
  const library = npmLibraries();
  const { TrustedRoot } = library('@sigstore/protobuf-specs');
  const { Verifier, toSignedEntity, toTrustMaterial } = library('@sigstore/verify');
  const root =
    trustedRoot === undefined
      ? await library('@sigstore/tuf').getTrustedRoot({ cachePath: cache })
      : TrustedRoot.fromJSON(JSON.parse(readFileSync(trustedRoot, 'utf8')));
  const identity = `${repository}/${WORKFLOW}@refs/tags/${version}`;
  try {
    const entity = toSignedEntity(library('@sigstore/bundle').bundleFromJSON(bundle));
    // The name is a pattern to the library.
    const policy = { subjectAlternativeName: `^${literally(identity)}$`, extensions: { issuer: ISSUER } };
    new Verifier(toTrustMaterial(root)).verify(entity, policy);
  } catch (error) {
    throw new Mismatch(`the provenance is not signed by ${identity}: ${error.message}`);
  }
  const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8'));
  const { externalParameters, resolvedDependencies } = statement.predicate.buildDefinition;
  const [subject] = statement.subject;
  for (const [what, found, expected] of [
    ['package', subject.name, `pkg:npm/${name}@${version}`],
    ['tarball', subject.digest.sha512, sha512],
    ['repository', externalParameters.workflow.repository, repository],
    ['workflow', externalParameters.workflow.path, WORKFLOW],
    ['tag', externalParameters.workflow.ref, `refs/tags/${version}`],
    ['commit', resolvedDependencies[0]?.digest.gitCommit, commit],
  ])
    if (found !== expected) throw new Mismatch(`the provenance is of another ${what}: ${found}, not ${expected}`);
  return identity;
}
