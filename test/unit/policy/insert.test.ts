import { insertIntoJson } from '../../../src/policy/insert/json';
import type { NewEntry } from '../../../src/policy/insert/new-entry';
import { insertIntoToml } from '../../../src/policy/insert/toml';
import { insertIntoYaml } from '../../../src/policy/insert/yaml';

const PLAIN: NewEntry = { fingerprint: 'sha256:ff', paths: null, reason: 'revoked, kept', expires: null };
const FULL: NewEntry = {
  fingerprint: 'sha256:ee',
  paths: ['docs/**', 'a "b"'],
  reason: 'x: y # z',
  expires: '2999-01-01',
};

const yaml = (text: string, ...entries: NewEntry[]) => insertIntoYaml({ name: 'a.yaml', text }, entries);
const json = (text: string, key: string | null, ...entries: NewEntry[]) =>
  insertIntoJson({ name: 'a.json', text }, entries, key);
const toml = (text: string, section: string[], ...entries: NewEntry[]) =>
  insertIntoToml({ name: 'a.toml', text }, entries, section);

describe('YAML', () => {
  test('an empty file', async () => {
    expect(await yaml('', PLAIN)).toBe('allowlist:\n  - fingerprint: sha256:ff\n    reason: revoked, kept\n');
  });

  test('comments only', async () => {
    expect(await yaml('# ours', PLAIN)).toBe(
      '# ours\nallowlist:\n  - fingerprint: sha256:ff\n    reason: revoked, kept\n',
    );
  });

  test('what needs quotes gets them', async () => {
    expect(await yaml('', FULL)).toBe(
      'allowlist:\n  - fingerprint: sha256:ee\n    paths: ["docs/**", "a \\"b\\""]\n    reason: "x: y # z"\n    expires: 2999-01-01\n',
    );
  });

  test('an empty list, with a comment behind it', async () => {
    expect(await yaml('# notes\nallowlist: [] # none yet\nexclude:   [a]   # laid out\n', PLAIN)).toBe(
      '# notes\nallowlist: # none yet\n  - fingerprint: sha256:ff\n    reason: revoked, kept\nexclude:   [a]   # laid out\n',
    );
  });

  test.each(['allowlist:\n', 'allowlist: ~\n', 'allowlist: null\n', 'allowlist:', 'allowlist: []'])(
    'nothing after the key: %j',
    async (text) => {
      expect(await yaml(text, PLAIN)).toBe('allowlist:\n  - fingerprint: sha256:ff\n    reason: revoked, kept\n');
    },
  );

  test('comments in place of items stay below', async () => {
    expect(await yaml('allowlist:\n  # - fingerprint: sha256:…\nexclude: []\n', PLAIN)).toBe(
      'allowlist:\n  - fingerprint: sha256:ff\n    reason: revoked, kept\n  # - fingerprint: sha256:…\nexclude: []\n',
    );
  });

  test('after the last item, indented as it is', async () => {
    const before = 'allowlist:\n# first\n-   paths:   [a]\n    reason:  "x"   # why\n\n# and then\nexclude: []\n';
    expect(await yaml(before, PLAIN)).toBe(
      'allowlist:\n# first\n-   paths:   [a]\n    reason:  "x"   # why\n- fingerprint: sha256:ff\n  reason: revoked, kept\n\n# and then\nexclude: []\n',
    );
  });

  test('after a last item without a line end', async () => {
    expect(await yaml('allowlist:\n    - paths: [a]\n      reason: x', PLAIN)).toBe(
      'allowlist:\n    - paths: [a]\n      reason: x\n    - fingerprint: sha256:ff\n      reason: revoked, kept\n',
    );
  });

  test('after a block scalar', async () => {
    expect(await yaml('allowlist:\n  - paths: [a]\n    reason: >\n      x\n      y\nexclude: []\n', PLAIN)).toBe(
      'allowlist:\n  - paths: [a]\n    reason: >\n      x\n      y\n  - fingerprint: sha256:ff\n    reason: revoked, kept\nexclude: []\n',
    );
  });

  test('at the end where there is no list, before the mark that ends the document', async () => {
    expect(await yaml('exclude: [a]\n...\n', PLAIN)).toBe(
      'exclude: [a]\nallowlist:\n  - fingerprint: sha256:ff\n    reason: revoked, kept\n...\n',
    );
  });

  test('CRLF stays', async () => {
    expect(await yaml('exclude: [a]\r\nallowlist:\r\n  - paths: [a]\r\n    reason: x # y\r\n', PLAIN)).toBe(
      'exclude: [a]\r\nallowlist:\r\n  - paths: [a]\r\n    reason: x # y\r\n  - fingerprint: sha256:ff\r\n    reason: revoked, kept\r\n',
    );
  });

  test('a list in brackets', async () => {
    expect(await yaml('allowlist: [{paths: [a], reason: x}] # c\n', PLAIN)).toBe(
      'allowlist: [{paths: [a], reason: x}, { fingerprint: "sha256:ff", reason: "revoked, kept" }] # c\n',
    );
  });

  test('a list in brackets over lines, with commas and comments at their ends', async () => {
    expect(await yaml('allowlist: [\n  {paths: [a], reason: x}, # one\n]\n', PLAIN)).toBe(
      'allowlist: [\n  {paths: [a], reason: x}, # one\n  { fingerprint: "sha256:ff", reason: "revoked, kept" },\n]\n',
    );
    expect(await yaml('allowlist: [\n  {paths: [a], reason: x} # one\n]\n', PLAIN)).toBe(
      'allowlist: [\n  {paths: [a], reason: x}, # one\n  { fingerprint: "sha256:ff", reason: "revoked, kept" }\n]\n',
    );
  });

  test('a mapping in braces', async () => {
    expect(await yaml('{exclude: [a]}\n', PLAIN)).toBe(
      '{exclude: [a], allowlist: [{ fingerprint: "sha256:ff", reason: "revoked, kept" }]}\n',
    );
  });

  test('JSON stays JSON', async () => {
    const result = await yaml('{"exclude": ["a"]}', PLAIN);
    expect(JSON.parse(result ?? '')).toEqual({
      exclude: ['a'],
      allowlist: [{ fingerprint: 'sha256:ff', reason: 'revoked, kept' }],
    });
  });
});

describe('JSON', () => {
  test("indentation is the file's own", async () => {
    expect(await json('{\n\t"exclude": []\n}\n', null, FULL)).toBe(
      '{\n\t"exclude": [],\n\t"allowlist": [\n\t\t{\n\t\t\t"fingerprint": "sha256:ee",\n\t\t\t"paths": ["docs/**", "a \\"b\\""],\n\t\t\t"reason": "x: y # z",\n\t\t\t"expires": "2999-01-01"\n\t\t}\n\t]\n}\n',
    );
  });

  test('an empty object', async () => {
    expect(await json('{}', null, PLAIN)).toBe(
      '{\n  "allowlist": [\n    {\n      "fingerprint": "sha256:ff",\n      "reason": "revoked, kept"\n    }\n  ]\n}',
    );
  });

  test('an empty list', async () => {
    expect(await json('{ "allowlist": [] }', null, PLAIN)).toBe(
      '{ "allowlist": [{ "fingerprint": "sha256:ff", "reason": "revoked, kept" }] }',
    );
    expect(await json('{\n    "allowlist": []\n}', null, PLAIN)).toBe(
      '{\n    "allowlist": [\n        {\n            "fingerprint": "sha256:ff",\n            "reason": "revoked, kept"\n        }\n    ]\n}',
    );
  });

  test('after the last entry, laid out as it is', async () => {
    expect(
      await json(
        '{\n  "allowlist": [\n    { "paths": ["a"],  "reason": "x" }\n  ],\n  "exclude": [  ]\n}\n',
        null,
        PLAIN,
        FULL,
      ),
    ).toBe(
      '{\n  "allowlist": [\n    { "paths": ["a"],  "reason": "x" },\n    { "fingerprint": "sha256:ff", "reason": "revoked, kept" },\n    { "fingerprint": "sha256:ee", "paths": ["docs/**", "a \\"b\\""], "reason": "x: y # z", "expires": "2999-01-01" }\n  ],\n  "exclude": [  ]\n}\n',
    );
  });

  test('under a key', async () => {
    expect(await json('{"name":"x",\n  "cratesguard": {"exclude": []},\n "version": "1"}', 'cratesguard', PLAIN)).toBe(
      '{"name":"x",\n  "cratesguard": {"exclude": [], "allowlist": [{ "fingerprint": "sha256:ff", "reason": "revoked, kept" }]},\n "version": "1"}',
    );
  });
});

describe('TOML', () => {
  test('a first table', async () => {
    expect(await toml('exclude = ["a"] # c\n', [], FULL)).toBe(
      'exclude = ["a"] # c\n\n[[allowlist]]\nfingerprint = "sha256:ee"\npaths = ["docs/**", "a \\"b\\""]\nreason = "x: y # z"\nexpires = 2999-01-01\n',
    );
  });

  test('after the last one', async () => {
    expect(
      await toml('[[allowlist]]\npaths = ["a"]\nreason = "x" # why\n\n[rules]\ncargo-secret-key = "warn"\n', [], PLAIN),
    ).toBe(
      '[[allowlist]]\npaths = ["a"]\nreason = "x" # why\n\n[[allowlist]]\nfingerprint = "sha256:ff"\nreason = "revoked, kept"\n\n[rules]\ncargo-secret-key = "warn"\n',
    );
  });

  test('into an array', async () => {
    expect(await toml('allowlist = [\n  { paths = ["a"], reason = "x" }, # one\n]\n', [], PLAIN)).toBe(
      'allowlist = [\n  { paths = ["a"], reason = "x" }, # one\n  { fingerprint = "sha256:ff", reason = "revoked, kept" },\n]\n',
    );
    expect(await toml('\nallowlist = []\n', [], PLAIN)).toBe(
      '\nallowlist = [\n  { fingerprint = "sha256:ff", reason = "revoked, kept" }\n]\n',
    );
  });

  test('under a table of Cargo.toml, without a line end', async () => {
    expect(
      await toml('[package.metadata.cratesguard]\nexclude = []', ['package', 'metadata', 'cratesguard'], PLAIN),
    ).toBe(
      '[package.metadata.cratesguard]\nexclude = []\n\n[[package.metadata.cratesguard.allowlist]]\nfingerprint = "sha256:ff"\nreason = "revoked, kept"\n',
    );
  });
});
