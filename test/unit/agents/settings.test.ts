import { GuardError } from '../../../src/base/error';
import { changeBetween, isEmpty, ownHooks, takenBack, withHooks, withoutHooks } from '../../../src/agents/settings';
import { AGENT_IDS, AGENTS, agentOf } from '../../../src/agents/table';

const commandOf = (id: string) => (event: string) => `sh ".cratesguard/agent" ${id} ${event} || exit 2`;

const texts = [
  '{}',
  '{ }\n',
  '{ "ui": { "theme": "x" } }',
  '{\n\t"a": 1,\n\t// a remark\n\t"hooks": {}\n}\n',
  '\ufeff{\r\n    "a": [1, 2],\r\n    "z": null\r\n}\r\n',
  '{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"echo mine"}]}]},"b":2}',
  '{\n  "version": 1,\n  "hooks": {\n    "preToolUse": [\n      { "type": "command", "bash": "echo mine" }\n    ]\n  },\n}\n',
];

describe.each(AGENT_IDS)('%s', (id) => {
  const agent = agentOf(id);
  const commandFor = commandOf(id);

  test.each(texts)('hooks go in once and come out to the byte: %j', (text) => {
    const after = withHooks(text, agent, commandFor);
    const own = ownHooks(after, agent);
    expect(own.map(({ event }) => event).sort()).toEqual(Object.keys(agent.events).sort());
    expect(own.every(({ event, command }) => command === commandFor(event))).toBe(true);
    if (!text.includes('remark')) expect(withHooks(after, agent, commandFor)).toBe(after);
    const change = changeBetween(text, after);
    expect(change && takenBack(after, change)).toBe(text);
    const without = withoutHooks(after, agent);
    expect(ownHooks(without, agent)).toEqual([]);
    if (text.includes('mine')) expect(without).toContain('echo mine');
    if (text.includes('remark')) expect(after).toContain('// a remark');
  });

  test('what was added elsewhere since stays', () => {
    const after = withHooks('{\n  "a": 1\n}\n', agent, commandFor);
    const later = after.replace('"a": 1', '"a": 2,\n  "b": 3');
    expect(withoutHooks(later, agent)).toBe('{\n  "a": 2,\n  "b": 3\n}\n');
  });

  test('a new file has nothing but our hooks', () => {
    expect(isEmpty(withoutHooks(withHooks(null, agent, commandFor), agent), agent)).toBe(true);
  });
});

test('hooks of an older version are replaced', () => {
  const old = withHooks(null, AGENTS.claude, (event) => `sh old/cratesguard claude ${event}`);
  const now = withHooks(old, AGENTS.claude, commandOf('claude'));
  expect(now).not.toContain('old/');
  expect(ownHooks(now, AGENTS.claude)).toHaveLength(Object.keys(AGENTS.claude.events).length);
});

test('our hook in a group that someone gave a matcher takes the group along', () => {
  const text = `{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"command":"cratesguard claude PreToolUse"}]},{"hooks":[{"command":"x"}]}]}}`;
  expect(JSON.parse(withoutHooks(text, AGENTS.claude))).toEqual({
    hooks: { PreToolUse: [{ hooks: [{ command: 'x' }] }] },
  });
});

test.each(['', '[]', '{', '{"hooks":[]}', '{"hooks":{"PreToolUse":{}}}'])('%j is refused', (text) => {
  expect(() => withHooks(text, AGENTS.claude, commandOf('claude'))).toThrow(GuardError);
});
