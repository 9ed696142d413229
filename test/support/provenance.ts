import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './project';

/** What a provenance says, as far as a release's is judged. */
export interface Origin {
  readonly name: string;
  readonly version: string;
  readonly sha512: string;
  readonly repository: string;
  readonly workflow: string;
  readonly ref: string;
  readonly commit: string;
  /** Who signs; without it the workflow in `repository`, at `ref`. */
  readonly identity?: string;
  readonly issuer?: string;
}

interface Answer {
  attestations: { predicateType: string; bundle: { dsseEnvelope: { payload: string } } }[];
}

/**
 * @returns what a registry would answer for each, signed with a Sigstore whose trusted root is then in `folder`, as
 * `trusted-root.json`
 */
export function signedProvenance(folder: string, origins: readonly Origin[]): readonly Answer[] {
  const releases = origins.map((origin) => ({
    identity: origin.identity ?? `${origin.repository}/${origin.workflow}@${origin.ref}`,
    issuer: origin.issuer ?? 'https://token.actions.githubusercontent.com',
    statement: {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: `pkg:npm/${origin.name}@${origin.version}`, digest: { sha512: origin.sha512 } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {
          externalParameters: {
            workflow: { ref: origin.ref, repository: origin.repository, path: origin.workflow },
          },
          resolvedDependencies: [{ digest: { gitCommit: origin.commit } }],
        },
      },
    },
  }));
  const script = join(projectRoot, 'test', 'support', 'signed-provenance.mjs');
  const input = JSON.stringify({ folder, releases });
  return JSON.parse(execFileSync(process.execPath, [script], { input, encoding: 'utf8' })) as Answer[];
}
