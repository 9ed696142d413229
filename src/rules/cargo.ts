/** The rules for what Cargo reads, whatever the registry (TOKENS.md, sections 1d and 3). */
import { gateOf } from './gate-test';
import { keywordsOf } from './keyword';
import type { Rule } from './rule';

/** What Cargo's book shows in the place of a token. */
const IN_ORDER = ['abcdefghijklmnopqrstuvwxyz', '012345'].join('');

function inAnyCase(word: string): string {
  return word.replace(/./g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

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

/** Quotes, both kinds: an expression stands between single quotes in the hooks, so they must not hold one. */
const QUOTE = '["&-(]';
const SPACE = '[[:space:]]';
/** What a value's first character can be; references and placeholders in brackets begin otherwise. */
const VALUE = '[^$<({%[:space:]]';
/** What a word of a command line is made of, and what may stand before a key there. */
const WORD = '[^[:space:]"&-),;<>|]';
const BEFORE_KEY = '[^A-Za-z0-9$<>{}%.]*';
/** At least sixteen characters with a digit among them have eight on one side of it. */
const KEY = `(${WORD}{8}${WORD}*[0-9]|[0-9]${WORD}{8})`;
/** `$'…'` of a shell, `$"…"` of C#: no name, no brace or bracket follows. */
const DOLLAR = '([$][^A-Za-z0-9_({$[:space:]])?';
const YAML_MARKS = `(!!str${SPACE}+|&[A-Za-z0-9_-]+${SPACE}+)*`;
const NAMED = `(${['name', 'key', 'variable', 'var', 'env'].map(inAnyCase).join('|')})`;
/** `login` as an argument of its own, with another one or a here document after it. */
const LOGIN = `(^[-+ ]?|[[:space:]"&-(\`,])login[^A-Za-z0-9_(:;=.>-]`;
/** What may follow `login` on its line where the value stands below: options, with a value each at most. */
const SEPARATOR = '[]["&-(`,)\\[:space:]]';
const ARGUMENT = '[^]["&-(`,)\\[:space:]]';
const OPTIONS = `(${SEPARATOR}|-${ARGUMENT}*(${SEPARATOR}+${ARGUMENT}+)?)*`;
const NAME_BEGINS = '[Cc][Aa][Rr][Gg][Oo]_[Rr][Ee][Gg][Ii][Ss][Tt][Rr]';
const NAME = `${NAME_BEGINS}([Yy]|[Ii][Ee][Ss]_[A-Za-z0-9_]+)_([Tt][Oo][Kk][Ee][Nn]|[Ss][Ee][Cc][Rr][Ee][Tt]_[Kk][Ee][Yy])`;
const TABLE_KEY = '(token|secret-key|private-key)';

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
  gate: [
    {
      hint: NAME_BEGINS,
      lines: [
        // NAME=value, NAME: value, "NAME": "value", NAME := value, ("NAME", "value")
        `${NAME}[\\]*["&-(\`]?[])}]*${SPACE}*(:=|::=|[?+]=|=>|=|:|,)${SPACE}*${YAML_MARKS}[A-Za-z@]*#*${DOLLAR}[\\]*["&-(\`]*${VALUE}`,
        // const NAME: TYPE = "value"
        `${NAME}${SPACE}*:.*=${SPACE}*["&-(\`]`,
        // X: { value: "…" }, ${X-value}, X.value = "…", X string = "…", X || "…", var("X").unwrap_or("…")
        `${NAME}[\\]*${QUOTE}?${SPACE}*[:=]${SPACE}*[{]([^{}]*$|.*[:=])|[{]${NAME}-|${NAME}[.]value${SPACE}*[:=]|${NAME}${SPACE}+string${SPACE}*=`,
        `${NAME}[\\]*["&-(\`]?[])}]*${SPACE}*([|][|]|[?][?]|or${SPACE}|[.]unwrap_or).*[0-9]`,
        // the value on a line below
        `${NAME}[\\]*["&-(\`]?[])}]*${SPACE}*(:=|::=|[?+]=|=>|=|:|,)${SPACE}*([|>][-+0-9]*)?${SPACE}*(#.*)?$`,
        `${NAMED}[\\]*${QUOTE}?${SPACE}*(:|=)>?${SPACE}*[\\]*${QUOTE}?${NAME}|<(${inAnyCase('key')}|${inAnyCase('name')})>${NAME}`,
        `${inAnyCase('variable')}${SPACE}+["]${NAME}|${inAnyCase('env')}[.]${QUOTE}?${NAME}`,
        // set -x NAME value, ENV NAME value, setx NAME value; gh secret set NAME --body value
        `([Ss][Ee][Tt]([Xx]|[Ee][Nn][Vv])?(.[Ee][Xx][Ee])?|${inAnyCase('env')}|${inAnyCase('define')})[[:space:]/A-Za-z-]*${SPACE}${QUOTE}?${NAME}${QUOTE}?${SPACE}+${DOLLAR}[\\]*${QUOTE}*${VALUE}`,
        `${NAME}.*(--body|--value|--plaintext|--secret-value|-v)(=|${SPACE})|${NAME}.*(${SPACE}-b|<<<)`,
        `-([Ii][Tt][Ee][Mm]|[Cc][Oo][Nn][Tt][Ee][Nn][Tt])${SPACE}.*[Ee][Nn][Vv]:.*${NAME}`,
      ],
    },
    {
      // token = "value": its table's header may stand far above
      hint: `${TABLE_KEY}[\\]*${QUOTE}?${SPACE}*=`,
      lines: [
        `(^[-+ ]?${SPACE}*([#/*!>+;|-]+${SPACE}*)?|\\\\n${SPACE}*|(echo|printf)${SPACE}[^=]*|[[{,."&-(\`]${SPACE}*)[\\]*["&-(\`$]*${TABLE_KEY}[\\]*${QUOTE}?${SPACE}*=${SPACE}*${YAML_MARKS}[bfuUL@$r#]*[\\]*["&-(]+[]!#)+,./0-9:;=>?@A-Z^_a-z|}~\\-].{5}`,
        `${TABLE_KEY}[\\]*${QUOTE}?${SPACE}*=${SPACE}*[bfuUL@$r#]*("{3}|[&-(]{3})[\\]?${SPACE}*$`,
      ],
    },
    {
      // cargo publish --token value, or the value on a line below
      hint: '--token',
      lines: [
        `--token([.]args?|=|${SPACE}|[],)["&-(\`^\\])${BEFORE_KEY}([.]args?${BEFORE_KEY})?${WORD}*${KEY}`,
        '--token[^A-Za-z0-9<$%{]*$',
      ],
    },
    {
      // cargo login value; the program may be on the line above
      hint: `${LOGIN}.*([0-9]|<<)`,
      lines: [`${LOGIN}(.*${KEY}|.*<<)`],
    },
    {
      // Ahead of a pipe only a key's digit is asked for: to look for the whole KEY at each word of each line made grep
      // take twice its time.
      hint: '[Cc][Aa][Rr][Gg][Oo].*login',
      lines: [
        `[Cc][Aa][Rr][Gg][Oo].*login([^A-Za-z0-9-].*${KEY}|.*<<)|[0-9].*[|].*[Cc][Aa][Rr][Gg][Oo].*login`,
        // the value on a line below
        `[Cc][Aa][Rr][Gg][Oo].*login(.*[\\^\`]|${OPTIONS})${SPACE}*$`,
      ],
    },
    {
      // the value piped into a command that goes on below
      hint: `[|].*[Cc][Aa][Rr][Gg][Oo].*[\\^\`]${SPACE}*$`,
      lines: [`[0-9].*[|].*[Cc][Aa][Rr][Gg][Oo].*[\\^\`]${SPACE}*$`],
    },
    {
      // the value on a line below
      hint: `login.*[\\^\`]${SPACE}*$`,
      lines: [`login[\\]*${QUOTE}?[])},[:space:]]*([.]args?[[:space:]("&-]*)?[^[:space:]A-Za-z]*[\\^\`]${SPACE}*$`],
    },
    {
      // an argument, or an item of a list, by itself
      hint: `${QUOTE}login${OPTIONS}$|-${SPACE}+login${SPACE}*$`,
      lines: [
        `(^[-+ ]?${SPACE}*|[.]args?[^A-Za-z]*|${QUOTE},?${SPACE}*)[\\]*${QUOTE}login${OPTIONS}$|-${SPACE}+login${SPACE}*$`,
      ],
    },
  ],
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
