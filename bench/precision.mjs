// `npm run bench:precision -- FOLDER…`: scans folders that hold no key, without configuration, and lists every finding
// and everything that could not be read, under a Markdown table. Exits with 1 where there was any.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { guard } from './cases.mjs';

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('usage: npm run bench:precision -- FOLDER…');
  process.exit(2);
}

/** Scans from a folder without a repository, so that no configuration counts. */
function scan(folder, work) {
  const output = join(work, 'report.json');
  const { program, args, env } = guard(['scan', resolve(folder), '--format', 'json', '--output', output]);
  const { status, stderr } = spawnSync(program, args, { cwd: work, env, stdio: ['ignore', 'ignore', 'pipe'] });
  if (![0, 1, 3].includes(status)) throw new Error(`${folder}: status ${status}\n${String(stderr)}`);
  return JSON.parse(readFileSync(output, 'utf8'));
}

const shown = (folder) => (folder.startsWith(homedir() + sep) ? `~${folder.slice(homedir().length)}` : folder);
const whole = (value) => value.toLocaleString('en');
const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
const figures = ({ files, bytes, findings }) => [whole(files), `${(bytes / 1e9).toFixed(2)} GB`, whole(findings)];

const work = mkdtempSync(join(tmpdir(), 'cratesguard-precision-'));
try {
  const lists = [];
  const total = { files: 0, bytes: 0, findings: 0 };
  row(['folder', 'files', 'read', 'findings']);
  row(['---', '--:', '--:', '--:']);
  for (const folder of folders) {
    const { scanned, findings, errors } = scan(folder, work);
    const counts = { ...scanned, findings: findings.length };
    for (const key of Object.keys(total)) total[key] += counts[key];
    row([`\`${shown(folder)}\``, ...figures(counts)]);
    for (const { rule, status, path, line, column, encoding, excerpt } of findings)
      lists.push(`- \`${rule}\`, ${status}, ${encoding}, ${path}:${line}:${column}: ${excerpt}`);
    for (const { path, reason } of errors) lists.push(`- not read: ${path}: ${reason}`);
  }
  row(['**total**', ...figures(total)]);
  if (lists.length > 0) console.log(`\n${lists.join('\n')}`);
  console.log(`\nRepeat it with \`npm run bench:precision -- FOLDER…\`.`);
  process.exitCode = lists.length === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true });
}
