import { detect } from '../../../src/detect/detector';
import { RULES } from '../../../src/rules/all';
import { RULE_IDS, type Sample, type TokenKit } from '../../../src/rules/rule';
import * as tokens from '../../support/tokens';

const kit: TokenKit = tokens;

function find({ text, path }: Sample): readonly string[] {
  return detect(Buffer.from(text(kit)), { path: path ?? null }).map(({ rule }) => rule);
}

test('there is one rule for each id, in the order of precedence', () => {
  expect(RULES.map(({ id }) => id)).toEqual(RULE_IDS);
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test.each(rule.examples.map((sample, index) => [index, sample] as const))('finds example %i', (_, sample) => {
    expect(find(sample)).toEqual([id]);
  });

  test.each(rule.nonExamples.map((sample, index) => [index, sample] as const))('leaves non-example %i', (_, sample) => {
    expect(find(sample)).toEqual([]);
  });

  test('has words for people', () => {
    expect(rule.summary).toMatch(/^.{5,60}[^.]$/);
    for (const sentence of Object.values(rule.help)) expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
  });

  test('has keywords that the search can hold, and a gate', () => {
    expect(rule.keywords.length).toBeGreaterThan(0);
    expect(rule.gate.length).toBeGreaterThan(0);
    for (const { text } of rule.keywords) expect(text).toMatch(/^[\x20-\x7e]{3,}$/);
  });
});
