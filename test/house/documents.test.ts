import { commands } from '../../src/cli/commands';
import { RULES } from '../../src/rules/all';
import { projectFiles, readProjectFile } from '../support/project';

const readme = readProjectFile('README.md');

/** The first cells of a Markdown document's table rows. */
function firstCells(markdown: string): readonly string[] {
  return markdown.split('\n').flatMap((line) => /^\|([^|]+)\|/.exec(line)?.[1]?.trim() ?? []);
}

test.each(RULES.map(({ id }) => id))(
  'the README, docs/rules.md and the example configuration know the rule %s',
  (id) => {
    expect(firstCells(readme)).toContain(`\`${id}\``);
    expect(readProjectFile('docs/rules.md')).toMatch(new RegExp(`^#+ .*\`?${id}\`?`, 'm'));
    expect(readProjectFile('.cratesguardrc.example')).toContain(id);
  },
);

test('the README has every command', () => {
  const shown = firstCells(readme).join('\n');
  const missing = Object.entries(commands)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name]) => name)
    .filter((name) => name.split(' ').some((word) => !new RegExp(`\\b${word}\\b`).test(shown)));
  expect(missing).toEqual([]);
});

test('every document of docs/ can be found from the README', () => {
  const unlinked = projectFiles(/^docs\/[^/]+\.md$/).filter((path) => !readme.includes(`](${path}`));
  expect(unlinked).toEqual([]);
});

test('docs/architecture.md has every room of src/', () => {
  const page = readProjectFile('docs/architecture.md');
  const rooms = new Set(projectFiles(/^src\/[^/]+\/.*\.ts$/).map((path) => path.split('/')[1] ?? ''));
  rooms.delete('generated');
  expect([...rooms].filter((room) => !page.includes(`\`${room}\``))).toEqual([]);
});

test('nothing cites a document that this repository does not have', () => {
  const elsewhere = /\b(?:CONTRACT|TOKENS|DESIGN|STYLE)[.]md\b/;
  const cited = projectFiles(/\.(?:ts|mjs|cjs|sh|md)$/).filter((path) => elsewhere.test(readProjectFile(path)));
  expect(cited).toEqual([]);
});
