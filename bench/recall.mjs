// `npm run bench:recall`: genuine random keys of both crates.io families, each in one of the syntaxes of syntaxes.mjs,
// scanned by the built program; prints how many were found, and found at the right place, as a Markdown table.
// Exits with 1 unless all were.
//   --tokens N  how many keys; 100,000 without it
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { guard } from './cases.mjs';
import { syntaxes } from './syntaxes.mjs';

const { values: options } = parseArgs({ options: { tokens: { type: 'string', default: '100000' } } });
const wanted = Number(options.tokens);

/** In the order that the checksum of crates.io has it. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function alphanumerics(length) {
  let text = '';
  // Bytes from 248 on would make some characters likelier than others.
  while (text.length < length) for (const byte of randomBytes(64)) if (byte < 248) text += ALPHABET[byte % 62];
  return text.slice(0, length);
}

/** Both families as crates.io makes them. */
const families = [
  { rule: 'crates-io-api-token', make: () => `cio${alphanumerics(32)}` },
  {
    rule: 'crates-io-trustpub-token',
    make() {
      const raw = alphanumerics(31);
      const sum = Buffer.from(raw).reduce((xor, byte) => xor ^ byte, 0);
      return `cio_tp_${raw}${ALPHABET[sum % 62]}`;
    },
  },
];

const KEYS_IN_A_FILE = 50;

/** Where the keys of one syntax stand: file, line and columns. */
function writeFiles(folder, index, count) {
  const { write, encode = (text) => Buffer.from(text) } = syntaxes[index];
  const expected = [];
  for (let start = 0; start < count; start += KEYS_IN_A_FILE) {
    const path = `${index}-${start}`;
    let text = '';
    let line = 1;
    for (let number = start; number < Math.min(count, start + KEYS_IN_A_FILE); number += 1) {
      const { rule, make } = families[number % families.length];
      const token = make();
      const [before, key, after] = write(token, number);
      const above = before.split('\n');
      const column = above.at(-1).length + 1;
      expected.push({
        path,
        rule,
        line: line + above.length - 1,
        column,
        endColumn: column + key.length,
        fingerprint: `sha256:${createHash('sha256').update(token).digest('hex')}`,
      });
      const written = `${before}${key}${after}\n`;
      line += written.split('\n').length - 1;
      text += written;
    }
    writeFileSync(join(folder, path), encode(text));
  }
  return expected;
}

/** Findings by file and key. A key found twice is an extra finding. */
function scan(folder, output) {
  const { program, args, env } = guard(['scan', '.', '--format', 'json', '--output', output]);
  const { status, stderr } = spawnSync(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 1) throw new Error(`the scan ended with status ${status}\n${String(stderr)}`);
  const found = new Map();
  for (const finding of JSON.parse(readFileSync(output, 'utf8')).findings) {
    const key = `${finding.path} ${finding.fingerprint}`;
    found.set(key, [...(found.get(key) ?? []), finding]);
  }
  return found;
}

/** Takes what it knows out of `found`. */
function judge(expected, found) {
  const counts = { keys: expected.length, found: 0, placed: 0 };
  for (const { path, rule, line, column, endColumn, fingerprint } of expected) {
    const [finding, ...extra] = found.get(`${path} ${fingerprint}`) ?? [];
    if (finding === undefined) continue;
    found.set(`${path} ${fingerprint}`, extra);
    if (finding.rule !== rule || finding.status !== 'blocked') continue;
    counts.found += 1;
    if (finding.line === line && finding.column === column && finding.endColumn === endColumn) counts.placed += 1;
  }
  return counts;
}

const share = (part, whole) => {
  // Rounded down: nothing but all is 100 %.
  const tenths = Math.floor((part / whole) * 10000) / 100;
  return `${tenths.toFixed(part === whole ? 0 : 2)} %`;
};
const row = (cells) => console.log(`| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`);
const figures = ({ keys, found, placed }) => [
  keys.toLocaleString('en'),
  found.toLocaleString('en'),
  placed.toLocaleString('en'),
  share(placed, keys),
];

const work = mkdtempSync(join(tmpdir(), 'cratesguard-recall-'));
try {
  const folder = join(work, 'files');
  mkdirSync(folder);
  const expected = syntaxes.map((_, index) => {
    const count = Math.floor(((index + 1) * wanted) / syntaxes.length) - Math.floor((index * wanted) / syntaxes.length);
    return writeFiles(folder, index, count);
  });
  const found = scan(folder, join(work, 'report.json'));
  const total = { keys: 0, found: 0, placed: 0 };
  row(['where', 'syntax', 'keys', 'found', 'at the right place', 'recall']);
  row(['---', '---', '--:', '--:', '--:', '--:']);
  syntaxes.forEach(({ group, name }, index) => {
    const counts = judge(expected[index], found);
    for (const key of Object.keys(total)) total[key] += counts[key];
    row([group, name, ...figures(counts)]);
  });
  row(['**total**', `${syntaxes.length} syntaxes`, ...figures(total)]);
  const extra = [...found.values()].flat().length;
  console.log(`\nFindings that were no key written: ${extra}. Repeat it with \`npm run bench:recall\`.`);
  process.exitCode = total.placed === total.keys && extra === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true });
}
