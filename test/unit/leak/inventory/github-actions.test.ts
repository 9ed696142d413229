import { readGithubWorkflow } from '../../../../src/leak/inventory/github-actions';
import { file, summary } from '../../../support/inventory';

test.each<[string, string, readonly string[]]>([
  [
    'a key in the environment of a step',
    `
name: cargo publish
on:
  push:
    tags: ['v*'] # cargo publish --token §{{ secrets.DECOY }}
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    steps:
      - uses: actions/checkout@v4
      - run: cargo publish --dry-run
      - name: Publish
        run: |
          # cargo publish
          echo "cargo publish is next"
          cargo publish
        env:
          CARGO_REGISTRY_TOKEN: §{{ secrets.CRATES_IO_TOKEN }}
          NPM_TOKEN: §{{ secrets.NPM_TOKEN }}
`,
    ['18 CRATES_IO_TOKEN cargo publish'],
  ],
  [
    'names that are not certain: a field of a document, the private key of an App',
    `
jobs:
  a:
    steps:
      - uses: actions/create-github-app-token@v2
        with:
          app-id: §{{ secrets.APP_ID }}
          private-key: §{{ secrets.CRATES_IO_PRIVATE_KEY }}
      - run: cargo publish
        env:
          CARGO_REGISTRY_TOKEN: §{{ fromJSON(secrets.ALL_SECRETS).crates }}
`,
    ['10 - cargo publish'],
  ],
  [
    'a key in the environment of the workflow, for two jobs',
    `
on: push
env:
  CARGO_TERM_COLOR: always
  CARGO_REGISTRY_TOKEN: §{{ secrets['CRATES_KEY'] }}
jobs:
  a:
    steps:
      - run: cargo publish -p a
  b:
    steps:
      - run: cargo test
      - run: cargo +nightly --locked publish -p b && cargo yank --version 1.0.0 b
`,
    ['4 CRATES_KEY cargo publish', '4 CRATES_KEY cargo yank'],
  ],
  [
    'a key in the environment of a job, unused, and one of a private registry',
    `
jobs:
  a:
    env:
      CARGO_REGISTRIES_ACME_TOKEN: §{{ secrets.ACME }}
      CARGO_REGISTRY_TOKEN: §{{ secrets.CRATES }}
    steps:
      - run: cargo publish --registry acme
`,
    ['4 ACME cargo publish', '5 CRATES -'],
  ],
  [
    'a variable of one’s own, on the command line',
    `
jobs:
  a:
    steps:
      - env:
          TOK: §{{ secrets.MY_KEY }}
        run: >-
          cargo publish
          --token "§{TOK}"
      - run: cargo login §{{ secrets.OTHER }}
      - run: cargo publish
`,
    ['5 MY_KEY cargo publish', '9 OTHER cargo login', '9 OTHER cargo publish'],
  ],
  [
    'Trusted Publishing: no stored secret',
    `
permissions:
  id-token: write
jobs:
  publish:
    steps:
      - uses: rust-lang/crates-io-auth-action@v1
        id: auth
      - run: cargo publish
        env:
          CARGO_REGISTRY_TOKEN: §{{ steps.auth.outputs.token }}
`,
    ['6 - rust-lang/crates-io-auth-action (Trusted Publishing)', '10 - cargo publish'],
  ],
  [
    'a reusable workflow, with secrets by name and inherited',
    `
jobs:
  a:
    uses: acme/workflows/.github/workflows/publish.yml@main
    secrets:
      cargo-token: §{{ secrets.CRATES_IO }}
      slack: §{{ secrets.SLACK }}
  b:
    uses: ./.github/workflows/release.yml
    secrets: inherit
  c:
    uses: ./.github/workflows/lint.yml
    secrets: inherit
`,
    ['5 CRATES_IO acme/workflows/.github/workflows/publish.yml', '9 - ./.github/workflows/release.yml'],
  ],
  [
    'actions that publish',
    `
jobs:
  a:
    steps:
      - uses: release-plz/action@v0.5
        with:
          command: release
        env:
          GITHUB_TOKEN: §{{ secrets.GITHUB_TOKEN }}
          CARGO_REGISTRY_TOKEN: §{{ secrets.PLZ }}
      - uses: release-plz/action@v0.5
        with:
          command: release-pr
      - uses: katyo/publish-crates@v2
        with:
          registry-token: §{{ secrets.KATYO }}
          ignore-unpublished-changes: true
      - uses: actions-rs/cargo@v1
        with:
          command: publish
          args: --token §{{ secrets.RS }} --allow-dirty
      - uses: actions-rs/cargo@v1
        with:
          command: build
      - uses: actions/cache@v4
        with:
          key: cargo-§{{ hashFiles('Cargo.lock') }}
`,
    ['9 PLZ release-plz/action', '15 KATYO katyo/publish-crates', '19 RS cargo publish'],
  ],
  [
    'a key handed to the steps after it, and PowerShell',
    `
jobs:
  a:
    steps:
      - run: echo "CARGO_REGISTRY_TOKEN=§{{ secrets.LATER }}" >> "§GITHUB_ENV"
      - run: cargo release --execute --no-confirm
      - shell: pwsh
        run: |
          §env:CARGO_REGISTRY_TOKEN = "§{{ secrets.PWSH }}"
          cargo publish
`,
    ['4 LATER cargo release', '8 PWSH cargo publish'],
  ],
  [
    'a composite action',
    `
name: publish
inputs:
  token: { required: true }
runs:
  using: composite
  steps:
    - shell: bash
      env:
        CARGO_REGISTRY_TOKEN: §{{ inputs.token }}
      run: cargo publish
`,
    ['9 token cargo publish'],
  ],
  [
    'a secret whose name the matrix computes',
    `
jobs:
  publish:
    strategy: { matrix: { include: [{ crate: a, key: A_TOKEN }] } }
    steps:
      - run: cargo publish
        env:
          CARGO_REGISTRY_TOKEN: §{{ secrets[matrix.key] }}
`,
    ['7 - cargo publish'],
  ],
  [
    'nothing but decoys',
    `
name: publish to crates.io
jobs:
  cargo-publish:
    if: contains(github.event.head_commit.message, 'cargo publish')
    steps:
      - name: cargo publish --token nothing
        run: |
          echo 'run cargo publish yourself'
          cat <<'EOF'
          cargo publish
          EOF
          cargo package --list
          cargo release --no-confirm patch
          git commit -m "cargo publish"
          ./script --cargo-publish
`,
    [],
  ],
])('%s', (_name, text, expected) => {
  expect(summary(readGithubWorkflow(file(text)))).toEqual(expected);
});

test('the context names job, environment and step', () => {
  const text = file(
    'jobs:\n  p:\n    environment: { name: prod }\n    steps:\n      - name: Go\n        run: cargo publish\n',
  );
  expect(readGithubWorkflow(text)).toMatchObject([{ context: 'job p, environment prod, step "Go"' }]);
});
