import { readJustfile, readMakefile, readShellScript } from '../../../../src/leak/inventory/build-files';
import {
  readCargoConfig,
  readCargoManifest,
  readCargoRelease,
  readReleasePlz,
} from '../../../../src/leak/inventory/cargo-files';
import { readDockerfile } from '../../../../src/leak/inventory/dockerfile';
import {
  readPackageJson,
  readSemanticRelease,
  readSemanticReleaseScript,
} from '../../../../src/leak/inventory/javascript-files';
import { readJenkinsfile } from '../../../../src/leak/inventory/jenkinsfile';
import { readTerraform } from '../../../../src/leak/inventory/terraform';
import type { PlacedUse } from '../../../../src/leak/inventory/use';
import { file, summary } from '../../../support/inventory';

type Row = readonly [string, string, readonly string[]];

function table(name: string, read: (text: string) => readonly PlacedUse[], rows: readonly Row[]): void {
  describe(name, () => {
    test.each(rows)('%s', (_name, text, expected) => {
      expect(summary(read(file(text)))).toEqual(expected);
    });
  });
}

table('shell scripts', readShellScript, [
  [
    'a release script',
    `
#!/usr/bin/env bash
set -euo pipefail
# cargo publish
if ! cargo publish --dry-run; then exit 1; fi
CARGO_REGISTRY_TOKEN="§CRATES_KEY" cargo publish \\
  --no-verify
for crate in a b; do
  (cd "§crate" && cargo publish --token "§{TOKEN:-}")
done
echo "cargo publish done"; printf 'cargo login'
git commit -m 'cargo publish'
`,
    ['5 CRATES_KEY cargo publish', '8 TOKEN cargo publish'],
  ],
  [
    'login from a pipe, a file, a here-string',
    'echo "§A" | cargo login\ncargo login < key.txt\ncargo login <<< "§B"\nvault read -field=x y | cargo login --registry acme\n',
    ['1 A cargo login', '2 - cargo login', '3 B cargo login', '4 - cargo login'],
  ],
  [
    'containers and shells',
    'docker run --rm -e CARGO_REGISTRY_TOKEN rust cargo publish\nbash -c "cd x && cargo yank --version 1.0.0 x"\nsudo -E env X=1 cargo owner --add eve one\nssh host <<EOF\ncargo publish\nEOF\n',
    ['1 CARGO_REGISTRY_TOKEN cargo publish', '2 - cargo yank', '3 - cargo owner', '5 - cargo publish'],
  ],
  [
    'a credentials file and the API itself',
    'printf \'[registry]\\ntoken = "%s"\' "§KEY" > ~/.cargo/credentials.toml\ncurl -X DELETE -H "Authorization: §KEY2" https://crates.io/api/v1/crates/a/1.0.0/yank\ncurl https://crates.io/api/v1/crates/a\n',
    ['1 KEY write credentials.toml', '2 KEY2 curl'],
  ],
  ['PowerShell and cmd', '§env:CARGO_REGISTRY_TOKEN = §env:CRATES\ncargo publish\n', ['1 CRATES cargo publish']],
  ['cmd', '@echo off\nset CARGO_REGISTRY_TOKEN=%CRATES%\r\ncargo.exe publish\r\n', ['2 CRATES cargo publish']],
  [
    'tools',
    'cargo workspaces publish --from-git\ncargo release -x patch\ncargo release patch\nrelease-plz release\nrelease-plz release-pr\ncargo-release release --execute\ncargo smart-release --execute\ncargo unleash em-dragons\ncargo install cargo-release\n',
    [
      '1 - cargo workspaces publish',
      '2 - cargo release',
      '4 - release-plz release',
      '6 - cargo release',
      '7 - cargo smart-release',
      '8 - cargo unleash',
    ],
  ],
  [
    'decoys',
    'cat <<EOF\ncargo publish\nEOF\ngrep -r "cargo publish" .\ncargo publish --help\ncargo publisher\nmy-cargo publish\nalias p="cargo publish"\necho cargo publish\n: cargo publish\n',
    [],
  ],
  ['an unfinished quote', 'cargo publish "\n', ['1 - cargo publish']],
]);

table('Dockerfiles', readDockerfile, [
  ['an argument', 'FROM rust\nARG CARGO_REGISTRY_TOKEN\nRUN cargo publish\n', ['2 CARGO_REGISTRY_TOKEN cargo publish']],
  [
    'an argument of another name',
    'FROM rust AS build\nARG CRATES_KEY=""\nENV CARGO_REGISTRY_TOKEN=§{CRATES_KEY} RUST_LOG=debug\nRUN cargo build \\\n    # cargo publish --token §X\n && cargo publish\n',
    ['2 CRATES_KEY cargo publish'],
  ],
  [
    'a mounted secret',
    '# syntax=docker/dockerfile:1\nFROM rust\nRUN --mount=type=secret,id=crates_token \\\n    --mount=type=cache,target=/x \\\n    CARGO_REGISTRY_TOKEN="§(cat /run/secrets/crates_token)" cargo publish\nRUN --mount=type=secret,id=other,env=CARGO_REGISTRY_TOKEN cargo publish\n',
    ['3 crates_token cargo publish', '6 other cargo publish'],
  ],
  [
    'exec form, here-documents and the old ENV',
    'FROM rust\nENV CARGO_REGISTRY_TOKEN §TOK\nCMD ["cargo", "publish"]\nRUN <<EOF\ncargo build\ncargo yank --version 1.0.0 a\nEOF\nENTRYPOINT ["sh", "-c", "cargo owner --list a"]\n',
    ['2 TOK cargo owner', '2 TOK cargo publish', '2 TOK cargo yank'],
  ],
  [
    'decoys',
    'FROM rust\n# RUN cargo publish\nLABEL note="cargo publish"\nRUN echo cargo publish && cargo publish --dry-run\nRUN cargo install cargo-workspaces\nENV CARGO_HOME=/cargo\n',
    [],
  ],
]);

table('Jenkins', readJenkinsfile, [
  [
    'a declarative environment',
    'pipeline { environment { CARGO_REGISTRY_TOKEN = credentials("crates") } }\n',
    ['1 crates -'],
  ],
  [
    'declarative, with stages',
    `
pipeline {
  agent any
  environment {
    // OTHER = credentials('decoy')
    CRATES = credentials('crates-io')
  }
  stages {
    stage('cargo publish') {
      steps {
        sh 'cargo test'
        sh '''
          set -e
          cargo publish --token "§CRATES"
        '''
        echo 'cargo publish'
      }
    }
  }
}
`,
    ['5 crates-io cargo publish'],
  ],
  [
    'scripted, with bindings',
    `
node {
  stage('Release') {
    withCredentials([string(credentialsId: 'id-1', variable: 'CARGO_REGISTRY_TOKEN'), usernamePassword(credentialsId: 'id-2', usernameVariable: 'U', passwordVariable: 'P')]) {
      sh(script: "cargo publish", returnStatus: true)
      bat 'cargo yank --version 1.0.0 --token %P% a'
    }
  }
  /* sh 'cargo publish --token §DECOY' */
}
`,
    ['3 id-1 cargo publish', '3 id-2 cargo yank'],
  ],
  [
    'variables and parameters of the pipeline in a string',
    'node {\n  withEnv(["CARGO_REGISTRY_TOKEN=§{env.RELEASE_KEY}"]) {\n    sh "cargo publish"\n  }\n  sh "cargo yank --token §{params.YANK_KEY}"\n}\n',
    ['2 RELEASE_KEY cargo publish', '5 YANK_KEY cargo yank'],
  ],
  [
    'withEnv and Vault',
    'node {\n  withVault(vaultSecrets: [[path: "ops/crates", secretValues: [[envVar: "TOK", vaultKey: "api_key"]]]]) {\n    withEnv(["CARGO_REGISTRY_TOKEN=§{TOK}", "A=b"]) {\n      sh "cargo publish"\n    }\n  }\n}\n',
    ['2 api_key cargo publish'],
  ],
]);

table('Makefiles', readMakefile, [
  ['a recipe', 'release:\n\tcargo publish\n', ['2 - cargo publish']],
  [
    'variables of make and of the shell',
    'CARGO ?= cargo\nTOKEN := §(CRATES_IO)\n.PHONY: publish\npublish: test # cargo publish\n\t@echo "cargo publish"\n\t@§(CARGO) publish --token §(TOKEN)\n\tCARGO_REGISTRY_TOKEN=§§KEY \\\n\t  cargo yank --version 1.0.0 a\n',
    ['2 CRATES_IO cargo publish', '7 KEY cargo yank'],
  ],
  [
    'exports and decoys',
    'export CARGO_REGISTRY_TOKEN = §(CRATES)\nhelp:\n\t@printf "make publish: cargo publish\\n"\ncheck:\n\tcargo publish --dry-run\nHELP = cargo publish\n',
    ['1 CRATES -'],
  ],
  ['a rule on one line', 'publish: ; cargo publish\n', ['1 - cargo publish']],
]);

table('justfiles', readJustfile, [
  [
    'a recipe',
    '# cargo publish\ndefault:\n    @just --list\n\npublish version: test\n    @cargo publish\n',
    ['6 - cargo publish'],
  ],
  [
    'variables',
    "token := env_var('CRATES_KEY')\nexport CARGO_REGISTRY_TOKEN := env('OTHER', '')\n\npublish:\n  cargo publish --token {{token}}\nyank:\n  -cargo yank --version 1.0.0 a\n",
    ['1 CRATES_KEY cargo publish', '2 OTHER cargo yank'],
  ],
  [
    'a script of its own, and decoys',
    'publish:\n  #!/usr/bin/env bash\n  set -e\n  echo "cargo publish"\n  cargo publish\ndry:\n  cargo publish -n\n',
    ['5 - cargo publish'],
  ],
]);

table('package.json', readPackageJson, [
  [
    'scripts',
    '{\n\t"name": "x",\n\t"scripts": {\n\t\t"build": "cargo build",\n\t\t"release": "cross-env CARGO_REGISTRY_TOKEN=§KEY cargo publish",\n\t\t"dry": "cargo publish --dry-run"\n\t}\n}\n',
    ['5 KEY cargo publish'],
  ],
  [
    'semantic-release',
    '{\n  "release": {\n    "plugins": [\n      "@semantic-release/npm",\n      ["@semantic-release-cargo/semantic-release-cargo", {}],\n      ["@semantic-release/exec", {\n        "publishCmd": "cargo publish"\n      }]\n    ]\n  }\n}\n',
    ['5 CARGO_REGISTRY_TOKEN @semantic-release-cargo/semantic-release-cargo', '7 - cargo publish'],
  ],
  ['decoys', '\uFEFF{ "description": "cargo publish", "keywords": ["cargo publish"], "cargo publish": true }', []],
]);

table('semantic-release', readSemanticRelease, [
  [
    'YAML',
    'plugins:\n  - "@semantic-release/github"\n  - - "@semantic-release/exec"\n    - prepareCmd: cargo release\n      publishCmd: cargo publish\n',
    ['5 - cargo publish'],
  ],
  ['JSON', '{ "plugins": ["semantic-release-rust"] }', ['1 CARGO_REGISTRY_TOKEN semantic-release-rust']],
  ['without crates', 'branches: [main]\nplugins: ["@semantic-release/npm"]\n', []],
]);

table('semantic-release as a program', readSemanticReleaseScript, [
  [
    'a plugin',
    "module.exports = {\n  plugins: [\n    // 'semantic-release-rust'\n    '@semantic-release-cargo/semantic-release-cargo',\n  ],\n};\n",
    ['4 CARGO_REGISTRY_TOKEN @semantic-release-cargo/semantic-release-cargo'],
  ],
  ['none', "export default { plugins: ['@semantic-release/npm'] };\n", []],
]);

table('Cargo’s configuration', readCargoConfig, [
  ['a provider', '[registries.acme]\ncredential-provider = "cargo:token"\n', ['2 - cargo:token']],
  [
    'keys in the clear',
    '# token = "x"\n[registry]\ndefault = "acme"\ntoken = "value"\n\n[registries]\nacme = { index = "sparse+https://x/", token = "value" }\n[registries."my.own"]\nsecret-key = "value"\n',
    ['4 registry.token -', '7 registries.acme.token -', '9 registries.my.own.secret-key -'],
  ],
  [
    'lists, aliases and the environment',
    '[registry]\nglobal-credential-providers = [\n  "cargo:token", # [not] a table\n  "store --key x",\n]\n[credential-alias]\nmine = ["/bin/provider", "--account", "me"]\n[alias]\nship = "publish --registry acme"\nb = ["build"]\n[env]\nCARGO_REGISTRIES_ACME_TOKEN = "value"\nRUST_LOG = "debug"\n',
    ['2 - cargo:token, store', '7 - /bin/provider', '9 - cargo publish', '12 CARGO_REGISTRIES_ACME_TOKEN -'],
  ],
  [
    'strings that look like keys of the file',
    "[build]\nrustflags = '''\n[registry]\ntoken = \"x\"\n'''\n[net]\nnote = \"token = 1\"\n",
    [],
  ],
]);

table('Cargo.toml', readCargoManifest, [
  ['cargo-release', '[package]\nname = "a"\n[package.metadata.release]\nsign-tag = true\n', ['3 - cargo release']],
  ['cargo-release that does not publish', '[package]\nname = "a"\n[workspace.metadata.release]\npublish = false\n', []],
  ['nothing', '[package]\nname = "cargo"\ndescription = "cargo publish"\npublish = ["acme"]\n', []],
]);

table('release.toml', readCargoRelease, [
  ['by default', 'sign-tag = true\n', ['1 - cargo release']],
  ['said', '# comment\npublish = true\n', ['2 - cargo release']],
  ['switched off', 'publish = false\n', []],
]);

table('release-plz.toml', readReleasePlz, [
  ['by default', '[workspace]\nchangelog_update = false\n', ['1 CARGO_REGISTRY_TOKEN release-plz release']],
  ['switched off', '[workspace]\npublish = false\n', []],
  [
    'on for one package',
    '[workspace]\nallow_dirty = true\npublish = false\n[[package]]\nname = "a"\npublish = true\n',
    ['3 CARGO_REGISTRY_TOKEN release-plz release'],
  ],
]);

table('Terraform', readTerraform, [
  [
    'a secret of GitHub Actions',
    '# CARGO_REGISTRY_TOKEN = var.decoy\nvariable "crates_io_token" {\n  sensitive = true\n}\nresource "github_actions_secret" "crates" {\n  repository      = "x"\n  secret_name     = "CARGO_REGISTRY_TOKEN"\n  plaintext_value = var.crates_io_token\n}\n',
    ['2 crates_io_token -', '7 CARGO_REGISTRY_TOKEN -'],
  ],
  [
    'variables of GitLab and CircleCI',
    'resource "gitlab_project_variable" "a" {\n  key   = "CRATES_KEY"\n  value = var.x\n}\nresource "circleci_environment_variable" "b" {\n  name  = "CARGO_REGISTRIES_ACME_TOKEN"\n}\nresource "gitlab_project_variable" "c" { key = "CARGO_TERM_COLOR" }\n',
    ['2 CRATES_KEY -', '6 CARGO_REGISTRIES_ACME_TOKEN -'],
  ],
  [
    'a context of CircleCI, and a script in a here-document',
    'resource "circleci_context_environment_variable" "a" {\n  variable = "CARGO_REGISTRY_TOKEN"\n}\nresource "null_resource" "b" {\n  provisioner "local-exec" {\n    command = <<-EOT\n      echo\n      cargo publish --token §TF_KEY\n    EOT\n  }\n}\n',
    ['2 CARGO_REGISTRY_TOKEN -', '8 TF_KEY cargo publish'],
  ],
  [
    'an environment and a provisioner',
    'resource "null_resource" "publish" {\n  provisioner "local-exec" {\n    command = "cargo publish --token §{var.key}"\n    environment = {\n      CARGO_REGISTRY_TOKEN = data.vault_generic_secret.crates.data["token"]\n    }\n  }\n  /* command = "cargo publish" */\n}\noutput "note" { value = "cargo publish" }\n',
    ['3 key cargo publish', '5 crates -'],
  ],
]);
