// `npm run bench`: what cratesguard costs, as ratios to `node -e 0`, git and ripgrep in the same run, as a Markdown table.
//   --only NAME[,NAME]  these cases only
//   --quick             a tenth of the data and fewer rounds; not for the README
//   --list              the names
import { execFileSync, spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases, guard } from './cases.mjs';
import { folder, smallRepository } from './material.mjs';
import { measure, peakMemory, summarize } from './measure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const number = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));
const time = (milliseconds) =>
  milliseconds < 1000
    ? `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
    : `${(milliseconds / 1000).toFixed(2)} s`;
const verdict = (value, bound) => (bound === undefined ? '' : `≤ ${bound}${value > bound ? ' **over**' : ''}`);

/** Whether this build has the command at all: one that it does not know is wrong usage. */
function has(args) {
  const { program, args: all, env } = guard(args);
  return spawnSync(program, all, { cwd: smallRepository('probe'), env, stdio: 'ignore', input: '' }).status !== 2;
}

function measureCase({ rounds, memory, prepare, work, yardstick, bound }) {
  const commands = prepare();
  const times = measure(commands, options.quick ? rounds.quick : rounds.full);
  const costs =
    times.without === undefined ? times.subject : times.subject.map((each, round) => each - times.without[round]);
  const base = summarize(times.yardstick).median;
  const cost = summarize(costs);
  const ratios = summarize(costs.map((each) => each / base));
  const peak = memory === undefined ? undefined : peakMemory(commands.subject);
  return [
    work,
    time(cost.median),
    `${time(base)} · \`${yardstick}\``,
    `${number(ratios.median)} (${number(ratios.low)}–${number(ratios.high)})`,
    verdict(ratios.median, bound),
    peak === undefined ? '' : `${peak.toFixed(0)} MB${peak > memory ? ' **over**' : ''}`,
  ];
}

function installedSize() {
  const [{ unpackedSize, size, entryCount }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const megabytes = unpackedSize / 1e6;
  return `Installed size: ${number(megabytes)} MB${megabytes > 5 ? ' **over**' : ''} unpacked (bound: 5 MB), ${number(size / 1e6)} MB packed, ${entryCount} files, no dependencies.`;
}

function machine() {
  const version = (program) => execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().split('\n')[0];
  const [{ model }] = cpus();
  return `${model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${type()} ${release().split('-')[0]}, Node.js ${process.version}, ${version('git')}`;
}

const all = cases(options);
if (options.list) {
  for (const { name, work } of all) console.log(`${name}: ${work}`);
} else {
  const wanted = options.only?.split(',') ?? all.map(({ name }) => name);
  const unknown = wanted.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`no case named ${unknown.join(', ')}; --list shows them`);
  const rows = [];
  for (const each of all.filter(({ name }) => wanted.includes(name))) {
    const missing = each.requires ?? (has(each.needs) ? undefined : `a build with \`${each.needs.join(' ')}\``);
    if (missing !== undefined) {
      console.error(`${each.name}: left out, it needs ${missing}`);
      continue;
    }
    console.error(`${each.name} …`);
    rows.push(measureCase(each));
  }
  const header = ['work', 'cratesguard', 'yardstick', 'ratio (quartiles)', 'bound', 'peak memory'];
  for (const row of [header, header.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
  console.log(
    `\n${installedSize()}\n\nMedians of whole commands, run in turn, on ${machine()}. Repeat it with \`npm run bench\`.`,
  );
  console.error(`The material is kept in ${folder}.`);
}
