/** The rules for what Cargo reads, whatever the registry. */
import { REGISTRY_GATE } from './cargo-gate';
import { gateOf } from './gate-test';
import { keywordsOf } from './keyword';
import type { Rule } from './rule';

/** What Cargo's book shows in the place of a token. */
const IN_ORDER = ['abcdefghijklmnopqrstuvwxyz', '012345'].join('');

export const secretKey: Rule = {
  id: 'cargo-secret-key',
  summary: 'Cargo registry secret key',
  help: {
    what: 'A secret key for asymmetric registry authentication (RFC 3231): k3.secret. and 64 characters of base64url.',
    why: 'Whoever has it signs requests to the registry as its owner.',
    fix: 'Give the registry a new public key and have the old one removed. Then take the key out of the change and keep it in a credential provider.',
  },
  mode: 'block',
  mask: { prefix: 'k3.secret.', stars: 64 },
  keywords: keywordsOf('k3.secret.'),
  gate: gateOf('k3.secret.', 64),
  examples: [
    { text: (build) => `[registries.acme]\nsecret-key = "${build.secretKey('a')}"` },
    { text: (build) => `CARGO_REGISTRIES_ACME_SECRET_KEY=${build.secretKey('b')}` },
    { text: (build) => `key: ${btoa(`x:${build.secretKey('c')}`)}` },
  ],
  nonExamples: [
    { text: (build) => build.secretKey('a').replace('secret', 'public') + 'AA' },
    { text: (build) => `${build.secretKey('b')}A` },
    { text: (build) => build.secretKey('c').slice(0, -1) },
    { text: (build) => `x${build.secretKey('d')}` },
    { text: () => `k3.secret.${'A'.repeat(64)}` },
  ],
};

export const registryToken: Rule = {
  id: 'cargo-registry-token',
  summary: 'Cargo registry token',
  help: {
    what: 'A literal token of a registry where Cargo reads one: a credentials or configuration file, CARGO_REGISTRY_TOKEN and its kin, an argument of a Cargo command.',
    why: 'Whoever has it publishes to that registry, or reads what is private in it, as its owner.',
    fix: "If it was ever pushed, published or shared, revoke it at the registry first. Then take it out of the change: let CI set the variable from its store of secrets, or keep the token in a credential provider. If it is no secret, say so with 'cratesguard allow'.",
  },
  mode: 'block',
  mask: { prefix: '', stars: 8 },
  keywords: [
    { text: 'cargo_registr', check: 'name', anyCase: true },
    { text: 'registry', check: 'table' },
    { text: 'registries', check: 'table' },
    { text: '--token', check: 'option' },
    { text: 'login', check: 'login' },
  ],
  gate: REGISTRY_GATE,
  examples: [
    { text: (build) => `CARGO_REGISTRY_TOKEN=${build.registryToken('a')}` },
    { text: (build) => `export CARGO_REGISTRIES_ACME_TOKEN="${build.registryToken('b')}"` },
    { text: (build) => `set -gx CARGO_REGISTRY_TOKEN ${build.registryToken('c')}` },
    { text: (build) => `$env:CARGO_REGISTRY_TOKEN = "${build.registryToken('d')}"` },
    { text: (build) => `set CARGO_REGISTRY_TOKEN=${build.registryToken('e')}` },
    { text: (build) => `env:\n  CARGO_REGISTRY_TOKEN: ${build.registryToken('f')}\n` },
    { text: (build) => `- name: CARGO_REGISTRY_TOKEN\n  value: "${build.registryToken('g')}"` },
    { text: (build) => `ENV CARGO_REGISTRY_TOKEN ${build.registryToken('h')}` },
    { text: (build) => `{"CARGO_REGISTRY_TOKEN": "${build.registryToken('i')}"}` },
    { text: (build) => `std::env::set_var("CARGO_REGISTRY_TOKEN", "${build.registryToken('j')}");` },
    {
      text: (build) =>
        `[registries.acme]\nindex = "sparse+https://acme.example/"\ntoken = "${build.registryToken('k')}"`,
    },
    { text: (build) => `registries.acme.token = "${build.registryToken('l')}"` },
    { text: (build) => `registry = { token = "${build.registryToken('m')}" }` },
    { text: (build) => `token = "${build.registryToken('n')}"`, path: 'home/.cargo/credentials' },
    { text: (build) => `cargo publish --registry acme --token ${build.registryToken('o1')}` },
    { text: (build) => `["cargo", "yank", "--token", "${build.registryToken('p')}"]` },
    { text: (build) => `cargo login --registry acme ${build.registryToken('q')}` },
    { text: (build) => `CARGO_REGISTRIES_ACME_TOKEN: "Bearer ${build.registryToken('r')}"` },
  ],
  nonExamples: [
    { text: () => 'CARGO_REGISTRY_TOKEN: ${{ secrets.CARGO_REGISTRY_TOKEN }}' },
    { text: () => 'export CARGO_REGISTRY_TOKEN=$(vault read -field=token secret/cargo)' },
    { text: () => 'CARGO_REGISTRY_TOKEN=<your token>' },
    { text: () => 'CARGO_REGISTRY_TOKEN=your-token-here' },
    { text: () => 'let token = env!("CARGO_REGISTRY_TOKEN");' },
    { text: () => `[registry]\ntoken = "${IN_ORDER}"` },
    { text: (build) => `helm push --token ${build.registryToken('a')}` },
    { text: (build) => `[package]\ntoken = "${build.registryToken('b')}"` },
    { text: (build) => `token = "${build.registryToken('c')}"`, path: 'settings.toml' },
    { text: () => 'Run `cargo login` and paste the token that the page shows you.' },
    { text: () => 'cargo publish --token "$CARGO_REGISTRY_TOKEN"' },
    {
      text: (build) =>
        `- name: CARGO_REGISTRY_TOKEN\n  valueFrom: {secretKeyRef: {name: cargo}}\n- name: OTHER\n  value: ${build.registryToken('d')}`,
    },
  ],
};
