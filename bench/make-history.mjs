// Makes a repository with a long history for the benchmarks, with `git fast-import`, in seconds:
//   node bench/make-history.mjs FOLDER [COMMITS]
// Sizes as projects have them: some hundred source files of 2 to 30 KB that change a few lines at a time, a lock
// file of 100 KB that changes often, now and then a binary; branches that are merged. The same every time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';

const [folder, wanted = '20000'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node bench/make-history.mjs FOLDER [COMMITS]');
  process.exit(2);
}
const commits = Number(wanted);

let state = 0x9e3779b9;
/** A number from 0 up to `limit`, without it; xorshift, so that every run makes the same repository. */
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

const WORDS =
  'let mut fn pub impl struct match return self value index result error buffer stream config request parse version write use async await trait where Some None Ok Err Vec String usize u64 path name key client iter map collect len push state frame'.split(
    ' ',
  );
/** What the scanner looks at twice, as often as a project that publishes crates has it. */
const NEAR_MISSES = [
  'cargo publish',
  'the token',
  'CARGO_REGISTRY_TOKEN',
  'cargo login',
  'registry',
  'precious',
  'social',
];

function sourceLine() {
  let line = '    '.repeat(below(4));
  for (let count = 3 + below(9); count > 0; count -= 1) line += `${WORDS[below(WORDS.length)]} `;
  if (below(2000) === 0) line += `${NEAR_MISSES[below(NEAR_MISSES.length)]} `;
  return `${line}// ${below(100000)}`;
}

function lockLine() {
  let hash = '';
  for (let count = 8; count > 0; count -= 1) hash += below(0x10000000).toString(16).padStart(7, '0');
  return `checksum = "${hash}"`;
}

/** Log-normal enough: most files are small, a few are not. */
function lineCount() {
  return 30 + below(60) * (1 + below(3)) * (1 + below(3));
}

const files = new Map();
for (let at = 0; at < 400; at += 1) {
  const lines = Array.from({ length: lineCount() }, sourceLine);
  files.set(`crates/c${at % 20}/src/m${Math.floor(at / 20) % 5}/file${at}.rs`, lines);
}
files.set('Cargo.lock', Array.from({ length: 1200 }, lockLine));
const paths = [...files.keys()];

mkdirSync(folder, { recursive: true });
const init = spawn('git', ['init', '-q', '-b', 'main', folder], { stdio: 'inherit' });
await once(init, 'close');
const git = spawn('git', ['-C', folder, 'fast-import', '--quiet', '--depth=50'], {
  stdio: ['pipe', 'inherit', 'inherit'],
});
const write = async (bytes) => {
  if (!git.stdin.write(bytes)) await once(git.stdin, 'drain');
};

function data(bytes) {
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

async function putFile(path) {
  await write(`M 100644 inline ${path}\n`);
  await write(data(Buffer.from(`${files.get(path).join('\n')}\n`)));
}

function change(path) {
  const lines = files.get(path);
  const make = path === 'Cargo.lock' ? lockLine : sourceLine;
  for (let count = 1 + below(6); count > 0; count -= 1) {
    const at = below(lines.length);
    const kind = below(3);
    if (kind === 0) lines.splice(at, 0, make());
    else if (kind === 1 && lines.length > 30) lines.splice(at, 1);
    else lines[at] = make();
  }
}

for (let number = 1; number <= commits; number += 1) {
  const onBranch = number >= 50 && number % 50 < 5;
  const merges = number > 50 && number % 50 === 6;
  const branch = onBranch ? 'refs/heads/topic' : 'refs/heads/main';
  const who = `dev ${below(20)} <dev@example.com> ${1500000000 + number * 600} +0000`;
  await write(`commit ${branch}\nmark :${number}\ncommitter ${who}\n`);
  await write(data(Buffer.from(`change ${number}: ${sourceLine().trim()}\n\n${sourceLine()}\n${sourceLine()}\n`)));
  if (number % 50 === 0) await write('from refs/heads/main\n');
  if (merges) await write('merge refs/heads/topic\n');
  if (number === 1) {
    for (const path of paths) await putFile(path);
  } else {
    const touched = new Set(Array.from({ length: 1 + below(4) }, () => paths[below(paths.length - 1)]));
    if (below(12) === 0) touched.add('Cargo.lock');
    for (const path of touched) {
      change(path);
      await putFile(path);
    }
    if (number % 500 === 0) {
      const bytes = Buffer.alloc(2_000_000, below(256));
      for (let at = 0; at < bytes.length; at += 7) bytes[at] = below(256);
      await write(`M 100644 inline assets/a${number % 2500}.bin\n`);
      await write(data(bytes));
    }
  }
}
git.stdin.end();
const [status] = await once(git, 'close');
process.exit(status ?? 1);
