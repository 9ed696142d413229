import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { projectFiles, projectRoot, readProjectFile } from '../support/project';

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

const withoutCode = (markdown: string): string =>
  markdown.replace(/^(`{3,})[\s\S]*?^\1/gm, '').replace(/`[^`\n]+`/g, (code) => code.replace(/[[\]()]/g, ' '));

function anchorsOf(path: string): readonly string[] {
  const markdown = readProjectFile(path).replace(/^(`{3,})[\s\S]*?^\1/gm, '');
  return [...markdown.matchAll(/^#{1,6} +(.+?)\s*$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** Links of a document to this repository's own files and headings that lead nowhere. */
function brokenLinks(document: string): readonly string[] {
  const targets = [...withoutCode(readProjectFile(document)).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(
    ([, target = '']) => target,
  );
  return targets.filter((target) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? document : normalize(join(dirname(document), path)).replaceAll('\\', '/');
    if (!existsSync(join(projectRoot, file))) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor);
  });
}

test.each(projectFiles(/\.md$/))('every link of %s leads somewhere', (document) => {
  expect(brokenLinks(document)).toEqual([]);
});
