import { SHELLS } from '../../../src/cli/completion/commands';
import { completionScript } from '../../../src/cli/completion/completion';
import { commandGroups, commands, groupSummaries } from '../../../src/cli/commands';
import { commandHelp, COMMON_OPTIONS, groupedNames, groupHelp, overview } from '../../../src/cli/help';

const context = { commands, groups: commandGroups, groupSummaries, version: '1.2.3' };
const rows = Object.entries(commands);
const visible = rows.filter(([, { hidden }]) => hidden !== true);
const words = (name: string): string[] => name.split(' ');

test.each(rows)('%s loads', async (_, entry) => {
  expect(typeof (await entry.load())).toBe('function');
});

test.each(rows)('the row of %s makes sense', (name, { summary, options, args }) => {
  expect(name).toMatch(/^[a-z]+( [a-z]+)?$/);
  // the tail of a sentence: small letter first, no full stop
  for (const text of [summary, ...options.map((option) => option.summary), ...args.map((arg) => arg.summary)])
    expect(text).toMatch(/^[^A-Z].*[^.]$/);
  const names = options.flatMap((option) => [option.name, ...(option.short === undefined ? [] : [option.short])]);
  expect(new Set(names).size).toBe(names.length);
  for (const { name: common, short } of COMMON_OPTIONS) {
    expect(names).not.toContain(common);
    expect(names).not.toContain(short);
  }
  for (const option of options) if (option.value === undefined) expect(option.choices).toBeUndefined();
  for (const arg of args.slice(0, -1)) expect(arg.variadic).toBeUndefined();
});

test.each(rows)('the help of %s names every option, argument and choice in 80 columns', (name, entry) => {
  const help = commandHelp(name, entry);
  for (const option of [...entry.options, ...COMMON_OPTIONS]) {
    expect(help).toContain(`--${option.name}`);
    for (const choice of option.choices ?? []) expect(help).toContain(choice);
  }
  for (const arg of entry.args) {
    expect(help).toContain(arg.name);
    for (const choice of arg.choices ?? []) expect(help).toContain(choice);
  }
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('the overview names every command that is not hidden, once, in 80 columns', () => {
  const help = overview(context);
  const names = groupedNames(context).flatMap((group) => group.names);
  expect([...names].sort()).toEqual(visible.map(([name]) => name).sort());
  for (const [name] of visible) expect(help).toContain(`  ${name} `);
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('every group has a summary and help that names its commands', () => {
  const groups = new Set(
    rows.map(([name]) => words(name)).flatMap(([group = '', second]) => (second === undefined ? [] : [group])),
  );
  for (const group of groups) {
    expect(groupSummaries[group]).toBeDefined();
    for (const [name] of rows.filter(([each]) => words(each)[0] === group))
      expect(groupHelp(group, context)).toContain(name);
  }
});

test.each(SHELLS)('the completion of %s names every command, option and choice', (shell) => {
  const script = completionScript(shell, commands);
  for (const [name, { options, args }] of visible) {
    for (const word of words(name)) expect(script).toContain(word);
    for (const option of options) {
      expect(script).toContain(shell === 'fish' ? `-l ${option.name} ` : `--${option.name}`);
      for (const choice of option.choices ?? []) expect(script).toContain(choice);
    }
    for (const arg of args) for (const choice of arg.choices ?? []) expect(script).toContain(choice);
  }
  for (const [name] of rows.filter(([, { hidden }]) => hidden === true)) expect(script).not.toContain(` ${name} `);
});

test('a long example goes on as a shell takes it, and long indented words as words', () => {
  const example = `  cratesguard ${'--option value '.repeat(8).trim()}`;
  const words = `  ${'word '.repeat(30).trim()}`;
  const help = commandHelp('x', {
    summary: 'y',
    details: `${example}\n${words}`,
    options: [],
    args: [],
    load: () => Promise.reject(new Error()),
  });
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(help.replace(/ \\\n */g, ' ')).toContain(example);
  expect(help).not.toMatch(/word \\/);
});
