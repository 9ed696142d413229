import { readAzurePipelines, readCompose, readDrone, readKubernetes } from '../../../../src/leak/inventory/ci-explicit';
import {
  readBitbucketPipelines,
  readCircleCi,
  readGitlabCi,
  readTravisCi,
} from '../../../../src/leak/inventory/ci-with-settings';
import type { PlacedUse } from '../../../../src/leak/inventory/use';
import { file, summary } from '../../../support/inventory';

type Row = readonly [string, string, readonly string[]];

function table(name: string, read: (text: string) => PlacedUse[], rows: readonly Row[]): void {
  describe(name, () => {
    test.each(rows)('%s', (_name, text, expected) => {
      expect(summary(read(file(text)))).toEqual(expected);
    });
  });
}

table('GitLab CI', readGitlabCi, [
  [
    'a login with a variable of the settings',
    'release:\n  script:\n    - cargo login "§CRATES_TOKEN"\n    - cargo publish\n',
    ['3 CRATES_TOKEN cargo login', '3 CRATES_TOKEN cargo publish'],
  ],
  [
    'variables of the file, extended jobs and anchors',
    `
variables:
  CARGO_REGISTRY_TOKEN: §CRATES_IO_KEY
.publish: &publish
  before_script:
    - echo "cargo publish follows"
  script:
    - cargo build
    - |
      set -e
      cargo publish --allow-dirty
release:
  <<: *publish
  rules:
    - if: §CI_COMMIT_TAG
`,
    ['2 CRATES_IO_KEY cargo publish'],
  ],
  [
    'a variable that the settings have under Cargo’s own name, and a token from Vault',
    `
publish:
  stage: deploy
  script: [cargo publish]
vaulted:
  secrets:
    CARGO_REGISTRY_TOKEN:
      vault: ops/crates/token@secrets
  script:
    - cargo publish --token §CARGO_REGISTRY_TOKEN
`,
    ['3 CARGO_REGISTRY_TOKEN cargo publish', '6 CARGO_REGISTRY_TOKEN cargo publish'],
  ],
  [
    'Trusted Publishing and decoys',
    `
lint:
  id_tokens:
    CRATES_IO_ID_TOKEN:
      aud: crates.io
    AWS: { aud: https://aws.example }
  script:
    - cargo publish --dry-run # cargo publish
    - cargo clippy
  variables: { DESCRIPTION: cargo publish }
`,
    ['3 - Trusted Publishing'],
  ],
  [
    'tags of its own',
    'a:\n  script:\n    - !reference [.setup, script]\n    - cargo yank --version 1.0.0 a --token=§{YANK_KEY}\n',
    ['4 YANK_KEY cargo yank'],
  ],
]);

table('CircleCI', readCircleCi, [
  [
    'a short run',
    'version: 2.1\njobs:\n  p:\n    steps:\n      - checkout\n      - run: cargo publish --token §CARGO_TOKEN\n',
    ['6 CARGO_TOKEN cargo publish'],
  ],
  [
    'a long run with an environment, and a step of a condition',
    `
version: 2.1
jobs:
  publish:
    docker: [{ image: cimg/rust:1.80 }]
    steps:
      - run:
          name: Publish it
          command: |
            cargo test
            cargo publish
          environment:
            CARGO_REGISTRY_TOKEN: §CRATES_CONTEXT_KEY
      - when:
          condition: << pipeline.parameters.x >>
          steps:
            - run: cargo owner --add eve one
`,
    ['12 CRATES_CONTEXT_KEY cargo publish', '16 CARGO_REGISTRY_TOKEN cargo owner'],
  ],
  [
    'a command, reused',
    'version: 2.1\ncommands:\n  push:\n    steps:\n      - run: echo "§KEY" | cargo login\n      - run: cargo publish\n',
    ['5 KEY cargo login', '5 KEY cargo publish'],
  ],
  [
    'decoys',
    'version: 2.1\njobs:\n  cargo_publish:\n    steps:\n      - run: { name: cargo publish, command: cargo build }\n      - save_cache: { key: cargo-token-v1 }\n',
    [],
  ],
]);

table('Travis CI', readTravisCi, [
  [
    'the name only',
    'script: cargo publish\nenv:\n  - CARGO_REGISTRY_TOKEN\n',
    ['3 CARGO_REGISTRY_TOKEN cargo publish'],
  ],
  [
    'dpl',
    'language: rust\ndeploy:\n  provider: cargo\n  token: §CRATES_TOKEN\n  on: { tags: true }\n',
    ['4 CRATES_TOKEN deploy provider cargo'],
  ],
  [
    'dpl, encrypted in the file, and by default',
    'deploy:\n  - provider: cargo\n    token:\n      secure: abc=\n  - provider: cargo\n  - provider: pages\n    token: §GITHUB\n',
    ['3 - deploy provider cargo', '5 CARGO_TOKEN deploy provider cargo'],
  ],
  [
    'phases and stages',
    `
env:
  global:
    - RUST_BACKTRACE=1 KEY=§CRATES
    - secure: "abc="
jobs:
  include:
    - stage: publish
      script: skip
      after_success:
        - cargo login §KEY && cargo publish
      before_install: echo cargo publish
`,
    ['3 CRATES cargo login', '3 CRATES cargo publish'],
  ],
]);

table('Bitbucket Pipelines', readBitbucketPipelines, [
  [
    'the default pipeline',
    'pipelines:\n  default:\n    - step:\n        script:\n          - cargo publish --token "§{CRATES_IO_KEY}"\n',
    ['5 CRATES_IO_KEY cargo publish'],
  ],
  [
    'anchors, tags and parallel steps',
    `
definitions:
  steps:
    - step: &publish
        name: Publish
        deployment: production
        script:
          - export CARGO_REGISTRY_TOKEN=§CRATES
          - cargo publish
pipelines:
  tags:
    'v*':
      - step: *publish
  branches:
    main:
      - parallel:
          - step: { script: [cargo test] }
          - step: { script: ["cargo publish --dry-run"] }
`,
    ['7 CRATES cargo publish'],
  ],
  [
    'pipes are no scripts',
    'pipelines:\n  custom:\n    go:\n      - step:\n          script:\n            - pipe: atlassian/ssh-run:0.2\n              variables: { COMMAND: cargo publish }\n            - cargo publish\n',
    ['8 CARGO_REGISTRY_TOKEN cargo publish'],
  ],
]);

table('Azure Pipelines', readAzurePipelines, [
  [
    'env of a step',
    'steps:\n  - script: cargo publish\n    displayName: cargo publish\n    env:\n      CARGO_REGISTRY_TOKEN: §(CratesToken)\n',
    ['5 CratesToken cargo publish'],
  ],
  [
    'a macro',
    'jobs:\n  - job: a\n    steps:\n      - bash: |\n          cargo build\n          cargo publish --token §(CRATES_KEY)\n',
    ['6 CRATES_KEY cargo publish'],
  ],
  [
    'stages, deployments, tasks and variables',
    `
variables:
  - group: crates
  - name: CARGO_REGISTRY_TOKEN
    value: §(fromGroup)
stages:
  - stage: release
    jobs:
      - deployment: publish
        strategy:
          runOnce:
            deploy:
              steps:
                - task: Bash@3
                  inputs:
                    targetType: inline
                    script: cargo publish
`,
    ['3 fromGroup cargo publish'],
  ],
  [
    'a variable that is set on the way, and decoys',
    'steps:\n  - pwsh: Write-Host "##vso[task.setvariable variable=CARGO_REGISTRY_TOKEN]§(vaultKey)"\n  - script: cargo publish\n  - script: echo cargo publish\n  - task: PublishTestResults@2\n',
    ['2 vaultKey cargo publish'],
  ],
]);

table('Drone and Woodpecker', readDrone, [
  [
    'from_secret',
    'kind: pipeline\nsteps:\n  - name: publish\n    image: rust\n    environment:\n      CARGO_REGISTRY_TOKEN:\n        from_secret: crates_io\n    commands:\n      - cargo publish\n---\nkind: secret\nname: crates_io\n',
    ['6 crates_io cargo publish'],
  ],
  [
    'another name',
    'kind: pipeline\nsteps:\n  - name: publish\n    environment:\n      TOK: { from_secret: crates_io }\n    commands: ["cargo publish --token §TOK", "cargo doc"]\n',
    ['5 crates_io cargo publish'],
  ],
  [
    'Woodpecker’s list of secrets',
    'steps:\n  publish:\n    image: rust\n    secrets: [ cargo_registry_token, npm_token ]\n    commands:\n      - cargo publish\n',
    ['4 cargo_registry_token cargo publish'],
  ],
  [
    'source and target',
    'pipeline:\n  publish:\n    secrets:\n      - source: crates\n        target: cargo_registry_token\n    commands: [cargo publish]\n',
    ['4 crates cargo publish'],
  ],
  [
    'Woodpecker’s workflow of today, with services and decoys',
    `
when:
  - event: tag
steps:
  - name: cargo publish
    image: rust:1.80
    commands:
      - echo "cargo publish is next"
      - cargo test # cargo publish
  - name: release
    image: rust:1.80
    environment:
      RUST_BACKTRACE: 1
      CARGO_REGISTRY_TOKEN:
        from_secret: crates_io_key
      DEPLOY_KEY: { from_secret: deploy }
    commands:
      - cargo publish --locked
services:
  - name: db
    environment: { NOTE: cargo publish }
`,
    ['13 crates_io_key cargo publish'],
  ],
  [
    'settings of a plugin, and decoys',
    'steps:\n  - name: cargo publish\n    image: acme/drone-crates\n    settings:\n      cargo_token: { from_secret: crates }\n      slack_token: { from_secret: slack }\n',
    ['5 crates acme/drone-crates'],
  ],
]);

table('Docker Compose', readCompose, [
  [
    'a map',
    'services:\n  publish:\n    image: rust\n    environment:\n      CARGO_REGISTRY_TOKEN: §{CRATES_KEY:?set it}\n    command: cargo publish\n',
    ['5 CRATES_KEY cargo publish'],
  ],
  [
    'a list, handed through',
    'services:\n  dev:\n    environment:\n      - CARGO_REGISTRY_TOKEN\n      - RUST_LOG=debug\n    command: ["sh", "-c", "cargo publish"]\n',
    ['4 CARGO_REGISTRY_TOKEN cargo publish'],
  ],
  [
    'build arguments and secrets',
    'services:\n  a:\n    build:\n      context: .\n      args:\n        CARGO_REGISTRIES_ACME_TOKEN: §ACME\n    command: [cargo, build]\nsecrets:\n  cargo_token:\n    environment: CARGO_REGISTRY_TOKEN\n  db_password: { file: ./pw }\n',
    ['6 ACME -', '9 CARGO_REGISTRY_TOKEN -'],
  ],
]);

table('Kubernetes', readKubernetes, [
  [
    'a job',
    `
apiVersion: batch/v1
kind: Job
metadata: { name: publish }
spec:
  template:
    spec:
      containers:
        - name: cargo
          image: rust
          command: ["cargo", "publish"]
          env:
            - name: CARGO_REGISTRY_TOKEN
              valueFrom:
                secretKeyRef:
                  name: crates-io
                  key: token
            - name: RUST_LOG
              value: info
`,
    ['12 crates-io cargo publish'],
  ],
  [
    'a secret',
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: crates-io\nstringData:\n  CARGO_REGISTRY_TOKEN: §{FILLED_BY_CI}\n  DATABASE_URL: x\n',
    ['6 crates-io -'],
  ],
  [
    'a Tekton task',
    'apiVersion: tekton.dev/v1\nkind: Task\nmetadata: { name: release }\nspec:\n  steps:\n    - name: go\n      image: rust\n      script: |\n        #!/bin/sh\n        cargo publish --token "§KEY"\n      env:\n        - name: KEY\n          valueFrom: { secretKeyRef: { name: cargo, key: k } }\n',
    ['12 cargo cargo publish'],
  ],
  [
    'a cron job with a shell',
    'apiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - image: rust\n              command: ["/bin/sh", "-c"]\n              args: ["cargo owner --list one && cargo yank --version 1.0.0 one"]\n',
    ['11 - cargo owner', '11 - cargo yank'],
  ],
  ['what is no manifest', 'services:\n  cargo publish: {}\nrun: cargo publish\n', []],
  [
    'a config map without a script, and an annotation',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations: { note: cargo publish }\ndata:\n  readme: "To release, run: cargo publish"\n',
    [],
  ],
]);

table('CircleCI parameters', readCircleCi, [
  [
    'that name the variable, with a default and from a caller',
    `
commands:
  publish:
    parameters:
      token-name:
        type: env_var_name
        default: CARGO_TOKEN
    steps:
      - run: cargo publish --token "§{<< parameters.token-name >>}"
jobs:
  release:
    steps:
      - publish:
          token-name: CRATES_IO_TOKEN
      - publish
workflows:
  all:
    jobs:
      - release
      - rust/publish:
          crates_token: CRATES_TOKEN
`,
    ['6 CARGO_TOKEN cargo publish', '13 CRATES_IO_TOKEN publish', '20 CRATES_TOKEN rust/publish'],
  ],
]);

table('Azure conditions and templates', readAzurePipelines, [
  [
    'steps under a condition, and a key handed to a template',
    `
steps:
  - template: publish.yml
    parameters:
      cargoToken: §(KEY_FOR_TEMPLATE)
  - §{{ if eq(variables.tag, true) }}:
      - script: cargo publish --token §(KEY_UNDER_CONDITION)
`,
    ['4 KEY_FOR_TEMPLATE publish.yml', '6 KEY_UNDER_CONDITION cargo publish'],
  ],
]);
