import Ajv from 'ajv';
import { policyFrom } from '../../../src/policy/load';
import { RULE_IDS } from '../../../src/rules/rule';
import schema from '../../../schema/cratesguardrc.schema.json';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
const FINGERPRINT = `sha256:${'0a'.repeat(32)}`;

async function loads(config: unknown): Promise<boolean> {
  try {
    await policyFrom({ name: '.cratesguardrc.json', bytes: Buffer.from(JSON.stringify(config)) });
    return true;
  } catch {
    return false;
  }
}

const sound: readonly unknown[] = [
  {},
  { $schema: './schema.json' },
  { rules: Object.fromEntries(RULE_IDS.map((id) => [id, 'warn'])) },
  { rules: null, allowlist: null, exclude: null },
  { allowlist: [{ fingerprint: FINGERPRINT, reason: 'x' }], allowInline: false },
  { allowlist: [{ fingerprint: FINGERPRINT.toUpperCase(), reason: 'x' }] },
  { allowlist: [{ paths: ['a/**'], rules: ['cargo-secret-key'], pattern: '^x', reason: 'x', expires: '2999-01-31' }] },
  { exclude: ['**/*.lock'] },
];

const unsound: readonly unknown[] = [
  [],
  'x',
  { ignore: [] },
  { $import: './x.json' },
  { rules: { 'no-such-rule': 'off' } },
  { rules: { 'cargo-secret-key': 'ignore' } },
  { rules: [] },
  { allowlist: {} },
  { allowlist: ['x'] },
  { allowlist: [{ paths: ['a'] }] },
  { allowlist: [{ reason: 'x' }] },
  { allowlist: [{ paths: ['a'], reason: ' ' }] },
  { allowlist: [{ paths: [], reason: 'x' }] },
  { allowlist: [{ paths: 'a', reason: 'x' }] },
  { allowlist: [{ paths: ['!a'], reason: 'x' }] },
  { allowlist: [{ rules: ['x'], reason: 'x' }] },
  { allowlist: [{ fingerprint: 'sha256:0a', reason: 'x' }] },
  { allowlist: [{ paths: ['a'], reason: 'x', expires: '2027-13-01' }] },
  { allowlist: [{ paths: ['a'], reason: 'x', expires: null }] },
  { allowlist: [{ pattern: '', reason: 'x' }] },
  { exclude: [''] },
  { allowInline: null },
];

test.each(sound.map((config) => [config]))('%j is sound to the schema and to the program', async (config) => {
  expect([validate(config), await loads(config)]).toEqual([true, true]);
});

test.each(unsound.map((config) => [config]))('%j is neither', async (config) => {
  expect([validate(config), await loads(config)]).toEqual([false, false]);
});

test('the schema knows the rules there are', () => {
  expect([...schema.definitions.rule.enum].sort()).toEqual([...RULE_IDS].sort());
});
