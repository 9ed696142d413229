import { RULE_IDS, type RuleId } from '../rules/rule';
import { faultAt, type ConfigNode, type ConfigText, type ListNode, type Member } from './document';
import { nearest } from './nearest';
import { quotable } from './secret-check';

/**
 * The members of a mapping that knows these keys, each at most once.
 *
 * @throws GuardError('config') where it is no mapping, for an unknown key (with the nearest known one) and a second one
 */
export function membersOf<Key extends string>(
  source: ConfigText,
  node: ConfigNode,
  what: string,
  known: readonly Key[],
  kind = 'key',
): ReadonlyMap<Key, Member> {
  if (node.kind !== 'mapping') throw faultAt(source, node.at, `${what} must be a mapping, not ${nounOf(node)}`);
  const members = new Map<Key, Member>();
  for (const member of node.members) {
    const key = known.find((one) => one === member.key);
    if (key === undefined) throw unknownKey(source, member, known, kind);
    if (members.has(key)) throw faultAt(source, member.at, `the ${kind} '${key}' is already there`);
    members.set(key, member);
  }
  return members;
}

function unknownKey(source: ConfigText, member: Member, known: readonly string[], kind: string) {
  if (member.key === '$import')
    return faultAt(source, member.at, '`$import`: a configuration is one file, and follows none');
  if (member.key === '<<')
    return faultAt(
      source,
      member.at,
      'unknown key `<<`: merge keys are not followed',
      'Write the keys out; an alias (`*name`) may stand for a value.',
    );
  const name = quotable(member.key);
  const meant = nearest(member.key, known);
  return faultAt(
    source,
    member.at,
    name === null ? `unknown ${kind}` : `unknown ${kind} ${name}`,
    meant === null
      ? `Known here: ${known.filter((key) => !key.startsWith('$')).join(', ')}.`
      : `Did you mean '${meant}'?`,
  );
}

export function listOf(source: ConfigText, node: ConfigNode, what: string): ListNode {
  if (node.kind !== 'list') throw faultAt(source, node.at, `${what} must be a list, not ${nounOf(node)}`);
  return node;
}

/** A list with at least one item: an empty one in an entry is a condition that nothing can meet. */
export function fullListOf(source: ConfigText, node: ConfigNode, what: string): ListNode {
  const list = listOf(source, node, what);
  if (list.items.length === 0) throw faultAt(source, node.at, `${what} is empty`, 'Leave it out, or say which.');
  return list;
}

export function textOf(source: ConfigText, node: ConfigNode, what: string): string {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
  throw faultAt(source, node.at, `${what} must be text, not ${nounOf(node)}`);
}

export function booleanOf(source: ConfigText, node: ConfigNode, what: string): boolean {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  throw faultAt(source, node.at, `${what} must be true or false, not ${nounOf(node)}`);
}

export function oneOf<Choice extends string>(
  source: ConfigText,
  node: ConfigNode,
  what: string,
  choices: readonly Choice[],
): Choice {
  const found = node.kind === 'scalar' ? choices.find((choice) => choice === node.value) : undefined;
  if (found === undefined) throw faultAt(source, node.at, `${what} must be one of ${choices.join(', ')}`);
  return found;
}

export function ruleOf(source: ConfigText, node: ConfigNode, what: string): RuleId {
  const written = textOf(source, node, what);
  const found = RULE_IDS.find((id) => id === written);
  if (found !== undefined) return found;
  const name = quotable(written);
  const meant = nearest(written, RULE_IDS);
  throw faultAt(
    source,
    node.at,
    name === null ? 'unknown rule' : `unknown rule ${name}`,
    meant === null ? `The rules are ${RULE_IDS.join(', ')}.` : `Did you mean '${meant}'?`,
  );
}

function nounOf(node: ConfigNode): string {
  if (node.kind === 'mapping') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'boolean') return 'true or false';
  return typeof node.value === 'number' ? 'a number' : 'text';
}
