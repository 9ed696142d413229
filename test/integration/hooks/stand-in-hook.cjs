// Stands in for dist/hook.cjs: judges by the plain shape alone, and notes that it was started.
const { execFileSync } = require('node:child_process');
const { appendFileSync, readFileSync } = require('node:fs');

const [hook, ...args] = process.argv.slice(2);
const TOKEN = /cio[A-Za-z0-9]{32}/;

function textOf() {
  if (hook === 'commit-msg') return readFileSync(args[0], 'utf8');
  if (hook === 'pre-commit' || hook === 'pre-merge-commit')
    return execFileSync('git', ['diff', '--cached', '--text', '--no-ext-diff', '--no-textconv'], {
      encoding: 'latin1',
    });
  const lines = readFileSync(0, 'utf8');
  if (process.env.STAND_IN_LOG) appendFileSync(process.env.STAND_IN_LOG, JSON.stringify({ hook, args, lines }) + '\n');
  const field = hook === 'pre-push' ? -3 : 1;
  const tips = lines.split('\n').flatMap((line) => line.split(' ').at(field) ?? []);
  return tips
    .filter((tip) => /^[0-9a-f]{40,64}$/.test(tip) && !/^0+$/.test(tip))
    .map((tip) => execFileSync('git', ['log', '-p', '--text', '--format=%B', tip], { encoding: 'latin1' }))
    .join('');
}

if (process.env.STAND_IN_LOG && hook !== 'pre-push' && hook !== 'pre-receive')
  appendFileSync(process.env.STAND_IN_LOG, JSON.stringify({ hook, args }) + '\n');
if (TOKEN.test(textOf())) {
  console.error('stand-in: a crates.io key');
  process.exitCode = 1;
}
