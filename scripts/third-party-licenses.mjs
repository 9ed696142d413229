// The licences of what was bundled, from what esbuild really put into its outputs.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** SPDX names that allow shipping a copy inside a program under MIT OR Apache-2.0, with the text beside it. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** @param {string} expression an SPDX expression of names, AND, OR and brackets */
export function isPermissive(expression) {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const alternatives = () => {
    let allowed = everyone();
    while (words[at] === 'OR') {
      at += 1;
      const next = everyone();
      allowed ||= next;
    }
    return allowed;
  };
  const everyone = () => {
    let allowed = one();
    while (words[at] === 'AND') {
      at += 1;
      const next = one();
      allowed &&= next;
    }
    return allowed;
  };
  const one = () => {
    const word = words[at];
    at += 1;
    if (word !== '(') return PERMISSIVE.has(word);
    const allowed = alternatives();
    if (words[at] !== ')') return false;
    at += 1;
    return allowed;
  };
  const allowed = alternatives();
  return allowed && at === words.length;
}

/** The folder, below `root`, of the package that `input`, a path of esbuild's metafile, belongs to. */
function packageFolder(root, input) {
  for (let folder = dirname(input); folder.includes('node_modules'); folder = dirname(folder)) {
    const file = join(root, folder, 'package.json');
    // A package.json without a name only sets a module type for its folder.
    if (existsSync(file) && /(^|[\\/])node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+$/.test(folder)) return folder;
  }
  throw new Error(`no package.json above ${input}`);
}

/**
 * @param {string} root the folder that the metafile's paths are relative to
 * @param {import('esbuild').Metafile} metafile
 * @returns {Map<string, string[]>} the packages whose code is in the outputs, as folders below `root`, each with the
 * outputs that hold it
 */
export function bundledPackages(root, metafile) {
  const outputsOf = new Map();
  for (const [output, { inputs }] of Object.entries(metafile.outputs))
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput === 0 || !input.includes('node_modules')) continue;
      const folder = packageFolder(root, input);
      outputsOf.set(folder, new Set(outputsOf.get(folder)).add(output));
    }
  return new Map([...outputsOf].map(([folder, outputs]) => [folder, [...outputs].sort()]));
}

async function describe(root, folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string' || !isPermissive(license))
    throw new Error(`${name}@${version} is under ${JSON.stringify(license)}, which this package may not bundle`);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const paths = files.map((file) => join(folder, file));
  if (!files.some((file) => /^(licen[cs]e|copying)/i.test(file))) {
    // Apache-2.0 is the same text for everyone; the others name their authors in it.
    if (license !== 'Apache-2.0') throw new Error(`${name}@${version} comes without the text of its licence`);
    paths.push(join(root, 'LICENSE-APACHE'));
  }
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return { title: `${name} ${version} (${license})`, text: texts.map((text) => text.trim()).join('\n\n') };
}

/**
 * @param {string} root the folder that the metafile's paths are relative to
 * @param {import('esbuild').Metafile} metafile
 * @returns {Promise<string>} every bundled package with the text of its licence; packages with the same text share it
 * @throws where a package's licence is unknown, not permissive or has no text
 */
export async function thirdPartyLicenses(root, metafile) {
  const folders = [...bundledPackages(root, metafile).keys()].map((folder) => join(root, folder));
  const titlesOf = new Map();
  for (const { title, text } of await Promise.all(folders.map((folder) => describe(root, folder))))
    titlesOf.set(text, [...(titlesOf.get(text) ?? []), title]);
  const sections = [...titlesOf].map(([text, titles]) => `${titles.sort().join('\n')}\n\n${text}\n`).sort();
  return [`cratesguard includes parts of these packages.\n`, ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}
