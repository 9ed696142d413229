import { RULE_IDS, type RuleId, type RuleMode } from '../rules/rule';
import { entryOf, type AllowlistEntry } from './entry';
import { faultAt, type ConfigNode, type ConfigText, type ListNode, type Member } from './document';
import { compileGlob } from './glob';
import { matchBudget, type MatchBudget } from './match-budget';
import { holdsSecret } from './secret-check';
import { booleanOf, listOf, membersOf, oneOf, textOf } from './shape';

/** A configuration that was read and found sound. */
export interface Config {
  readonly modes: Readonly<Record<RuleId, RuleMode>>;
  readonly allowlist: readonly AllowlistEntry[];
  readonly exclude: readonly ExcludeGlob[];
  readonly allowInline: boolean;
}

interface ExcludeGlob {
  readonly glob: string;
  readonly matches: (path: string) => boolean;
}

const DEFAULT_MODES = Object.fromEntries(RULE_IDS.map((id) => [id, 'block'])) as Readonly<Record<RuleId, RuleMode>>;

export const DEFAULT_CONFIG: Config = { modes: DEFAULT_MODES, allowlist: [], exclude: [], allowInline: true };

const MODES = ['block', 'warn', 'off'] as const satisfies readonly RuleMode[];
/** `$schema` tells an editor what may be written here; it is never followed. */
const KEYS = ['rules', 'allowlist', 'exclude', 'allowInline', '$schema'] as const;

/**
 * Checks a configuration whole.
 *
 * @throws GuardError('config') for the first fault, with file, line and column; a secret is found before anything else,
 *   so that no other message can quote it
 */
export async function configOf(source: ConfigText, root: ConfigNode): Promise<Config> {
  refuseSecrets(source, root);
  const budget = matchBudget(source);
  const members = membersOf(source, root, 'the configuration', KEYS);
  const rules = given(members.get('rules'));
  const allowlist = given(members.get('allowlist'));
  const exclude = given(members.get('exclude'));
  const allowInline = members.get('allowInline');
  const schema = members.get('$schema');
  if (schema !== undefined) textOf(source, schema.value, '$schema');
  return {
    modes: rules === undefined ? DEFAULT_MODES : modesOf(source, rules),
    allowlist:
      allowlist === undefined ? [] : await entriesOf(source, listOf(source, allowlist.value, 'allowlist'), budget),
    exclude: exclude === undefined ? [] : excludesOf(source, listOf(source, exclude.value, 'exclude'), budget),
    allowInline: allowInline === undefined || booleanOf(source, allowInline.value, 'allowInline'),
  };
}

/** A key with nothing after it, as where all its items are comments, is a key left out. */
function given(member: Member | undefined): Member | undefined {
  return member?.value.kind === 'scalar' && member.value.value === null ? undefined : member;
}

function refuseSecrets(source: ConfigText, node: ConfigNode): void {
  const refuse = (text: string, at: number): void => {
    if (holdsSecret(text))
      throw faultAt(
        source,
        at,
        'this holds a key',
        'Take it out, and revoke it if it was ever committed. An allowlist names a key by its fingerprint, which a finding shows.',
      );
  };
  if (node.kind === 'scalar') refuse(String(node.value), node.at);
  else if (node.kind === 'list') for (const item of node.items) refuseSecrets(source, item);
  else
    for (const member of node.members) {
      refuse(member.key, member.at);
      refuseSecrets(source, member.value);
    }
}

function modesOf(source: ConfigText, rules: Member): Readonly<Record<RuleId, RuleMode>> {
  const modes: Record<RuleId, RuleMode> = { ...DEFAULT_MODES };
  for (const [id, member] of membersOf(source, rules.value, 'rules', RULE_IDS, 'rule'))
    modes[id] = oneOf(source, member.value, `rules.${id}`, MODES);
  return modes;
}

async function entriesOf(source: ConfigText, list: ListNode, budget: MatchBudget): Promise<readonly AllowlistEntry[]> {
  const entries: AllowlistEntry[] = [];
  for (const item of list.items) entries.push(await entryOf(source, item, budget));
  return entries;
}

function excludesOf(source: ConfigText, list: ListNode, budget: MatchBudget): readonly ExcludeGlob[] {
  return list.items.map((item) => {
    const glob = textOf(source, item, 'exclude');
    const matches = compileGlob(glob, (wildcards) => {
      budget.glob(item.at, wildcards);
    });
    if (typeof matches !== 'function') throw faultAt(source, item.at, `exclude: ${matches.fault}`, matches.hint);
    return { glob, matches };
  });
}
