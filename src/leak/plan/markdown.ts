import type { Code, Plan, Step } from './plan';

/** CommonMark with GitHub's task lists. */
export function planMarkdown({ title, facts, sections }: Plan): string {
  const lines = [`# ${escaped(title)}`, '', ...facts.map((fact) => `- ${escaped(fact)}`)];
  for (const section of sections) {
    lines.push('', `## ${escaped(section.title)}`);
    for (const step of section.steps) lines.push('', ...stepLines(step, section.id === 'background'));
  }
  return `${lines.join('\n')}\n`;
}

function stepLines({ title, why, notes, code }: Step, isReading: boolean): readonly string[] {
  return [
    `- ${isReading ? '' : '[ ] '}**${escaped(title)}**  `,
    `  Why: ${escaped(why)}`,
    ...notes.map((note) => `  - ${escaped(note)}`),
    ...code.flatMap(fenced),
  ];
}

/** A fence that the code cannot close. */
function fenced({ language, text }: Code): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [
    '',
    ...[`${fence}${language === 'text' ? '' : language === 'shell' ? 'sh' : language}`, ...text.split('\n'), fence].map(
      (line) => `  ${line}`,
    ),
  ];
}

/**
 * Text that shows as it is: names of files and branches must not become markup. Underscores inside words are none in
 * CommonMark, and stay readable.
 */
function escaped(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*[\]<>|]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_');
}
