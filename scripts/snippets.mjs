// Writes src/generated/snippets.ts: the programs of snippets/, which `cratesguard snippet` prints.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** snippets/STORE/LANGUAGE.EXTENSION → { 'STORE/LANGUAGE': text } */
export async function embedSnippets() {
  const snippets = {};
  for (const store of (await readdir(join(root, 'snippets'))).sort())
    for (const file of (await readdir(join(root, 'snippets', store))).sort())
      snippets[`${store}/${parse(file).name}`] = await readFile(join(root, 'snippets', store, file), 'utf8');
  await mkdir(join(root, 'src', 'generated'), { recursive: true });
  // Line by line: an `import` at the start of a line of the bundle would make it look like a module.
  const rows = Object.entries(snippets).map(
    ([name, text]) => `  ${JSON.stringify(name)}: ${JSON.stringify(text.split('\n'))}.join('\\n'),\n`,
  );
  await writeFile(
    join(root, 'src', 'generated', 'snippets.ts'),
    `// Made by scripts/snippets.mjs; not kept in git.\nexport const SNIPPETS: Readonly<Record<string, string | undefined>> = {\n${rows.join('')}};\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await embedSnippets();
