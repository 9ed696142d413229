import type { Use } from '../inventory/use';
import { shell, type Code, type Step } from './plan';
import type { Situation } from './situation';

/** The steps that make the next leak impossible, or small. */

export function preventionSteps(situation: Situation): readonly Step[] {
  return [
    trustedPublishing(situation),
    {
      title: 'Then let nothing but Trusted Publishing publish',
      why: 'A leaked key cannot publish a new version any more, whoever has it.',
      notes: [
        ...cratesOr(situation, 'CRATE').map(
          (crate) =>
            `https://crates.io/crates/${crate}/settings: tick "Require trusted publishing for all new versions" (trustpub_only).`,
        ),
        'Do it after a release has gone through. Whoever signs in as an owner can untick it: protect the GitHub account with a second factor.',
      ],
      code: [],
    },
    {
      title: 'Where a key is needed, give it little and let it die',
      why: 'What a thief can do is what the key can do.',
      notes: [
        'Scopes for endpoints (publish-new, publish-update, yank, change-owners, trusted-publishing) and for crates (a name, or a prefix with * at its end), an expiry of at most 90 days, one key for each place.',
        'A key without scopes, from before 2023, can do everything: replace it.',
      ],
      code: [],
    },
    {
      title: 'Keep keys out of files: a credential provider',
      why: 'Cargo then asks a store for the key, and no file of yours or of the repository holds it.',
      notes: [
        'The system’s own store (cargo:macos-keychain, cargo:wincred, cargo:libsecret), or AWS Secrets Manager, HashiCorp Vault and CyberArk Conjur.',
      ],
      code: [shell('cratesguard credential setup --help')],
    },
    {
      title: 'Stop the next one before it is committed',
      why: 'A commit that is refused costs a minute, a leak costs the day that you are having.',
      notes: [
        'The hooks look at every commit, message and push in this repository; in CI, scan what a pull request adds.',
      ],
      code: [shell('cratesguard install', 'cratesguard status')],
    },
  ];
}

function trustedPublishing({ uses, remote, crates }: Situation): Step {
  const github = uses.filter(({ service }) => service === 'github-actions');
  const gitlab = uses.filter(({ service }) => service === 'gitlab-ci');
  const isGitlab = gitlab.length > 0 || (github.length === 0 && remote?.host === 'gitlab');
  const places = isGitlab ? gitlab : github;
  const settings = (crates.length > 0 ? crates : ['CRATE']).map(
    (crate) => `https://crates.io/crates/${crate}/settings: Trusted Publishing, Add.`,
  );
  return {
    title: 'Move to Trusted Publishing: no stored key at all',
    why: 'crates.io gives the job a key of its own that dies after 30 minutes; there is nothing to leak or to rotate.',
    notes: [
      ...settings,
      isGitlab
        ? `Namespace and project ${remote?.project ?? 'OWNER/NAME'}, the path of the pipeline file, and the environment.`
        : `Repository ${remote?.project ?? 'OWNER/NAME'}, ${workflowNames(places)}, and the environment if the job has one.`,
      ...places.map(
        ({ path, line, secretName }) =>
          `${path}:${line}: ${secretName === null ? 'this place' : `${secretName} goes away here`}.`,
      ),
      'A crate must exist before: publish its first version with a key. Other CI services are not supported by crates.io.',
      'When a release has gone through: delete the secret in the service’s settings, and revoke the key that it held.',
    ],
    code: [isGitlab ? GITLAB : GITHUB],
  };
}

function workflowNames(uses: readonly Use[]): string {
  const names = [...new Set(uses.map(({ path }) => path.split('/').at(-1) ?? path))];
  return names.length === 0
    ? 'the workflow’s file name (release.yml)'
    : `the workflow’s file name (${names.join(', ')})`;
}

function cratesOr({ crates }: Situation, otherwise: string): readonly string[] {
  return crates.length > 0 ? crates : [otherwise];
}

const GITHUB: Code = {
  language: 'yaml',
  text: `jobs:
  publish:
    permissions:
      contents: read
      id-token: write # lets the job prove to crates.io what it is
    steps:
      - uses: actions/checkout@v4
      - uses: rust-lang/crates-io-auth-action@v1
        id: auth
      - run: cargo publish
        env:
          CARGO_REGISTRY_TOKEN: \${{ steps.auth.outputs.token }} # instead of the stored secret`,
};

const GITLAB: Code = {
  language: 'yaml',
  text: `publish:
  image: rust:latest
  id_tokens:
    CRATES_IO_ID_TOKEN:
      aud: crates.io
  script:
    - apt-get update && apt-get install -y jq
    # crates.io exchanges the job's proof for a key of 30 minutes, which no log must show
    - |
      set +x
      key="$(printf '{"jwt":"%s"}' "$CRATES_IO_ID_TOKEN" |
        curl --fail --silent --show-error -X POST -H 'Content-Type: application/json' \\
          -A "gitlab-ci ($CI_PROJECT_URL)" --data @- https://crates.io/api/v1/trusted_publishing/tokens | jq -er .token)"
      export CARGO_REGISTRY_TOKEN="$key"
    - cargo publish`,
};
