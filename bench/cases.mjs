// The work that has a bound (README, "Cost"), and what else is worth knowing.
import { execFileSync } from 'node:child_process';
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  environment,
  folder,
  git,
  imageFile,
  kept,
  packagesInstalled,
  pushRepository,
  smallRepository,
  sourceFile,
  sourceTree,
  stagedRepository,
} from './material.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const guardFile = join(root, 'dist', 'cratesguard.cjs');
const rival = ['lint-staged@16.4.0', 'secretlint@11.7.1', '@secretlint/secretlint-rule-preset-recommend@11.7.1'];

const nothing = { program: process.execPath, args: ['-e', '0'], env: environment };

/** This package, as a command. Findings are no failure here: source code may hold a published example. */
export function guard(args, rest = {}) {
  return { program: process.execPath, args: [guardFile, ...args], env: environment, accepts: [0, 1], ...rest };
}

function gitCommand(cwd, ...args) {
  return { program: 'git', args, cwd, env: environment };
}

/** `git commit` of what is staged, again and again. */
function commit(cwd) {
  return {
    ...gitCommand(cwd, 'commit', '--quiet', '--message=bench'),
    after: () => git(cwd, 'reset', '--quiet', '--soft', 'HEAD~1'),
  };
}

function install(cwd) {
  execFileSync(process.execPath, [guardFile, 'install'], { cwd, env: environment, stdio: 'ignore' });
}

/** What the hooks add to a commit of ten files, one of which ends with `extra`. */
function commitCase(name, extra, facts) {
  return {
    ...facts,
    name,
    rounds: { full: 40, quick: 10 },
    needs: ['install'],
    yardstick: 'node -e 0',
    prepare() {
      const plain = smallRepository(`${name}-plain`, extra);
      const guarded = smallRepository(`${name}-guarded`, extra);
      install(guarded);
      return { without: commit(plain), subject: commit(guarded), yardstick: nothing };
    },
  };
}

const maker = join(root, 'bench', 'make-history.mjs');

function historyOf(commits) {
  return kept(`history-${commits}`, (path) => {
    execFileSync(process.execPath, [maker, path, String(commits)], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
}

/** @param {{ quick: boolean }} options */
export function cases({ quick }) {
  const big = quick ? 100 : 1000;
  const size = quick ? '100 MB' : '1 GB';
  const tree = quick ? 100 : 5000;
  const image = quick ? 200 : 2000;
  const commits = quick ? 2000 : 20000;
  const few = { full: 7, quick: 3 };
  return [
    commitCase('clean-commit', '', { work: 'clean commit of 10 files: what the hooks add', bound: 0.5 }),
    commitCase('scanner-commit', '\n// env: CARGO_REGISTRY_TOKEN: ${{ secrets.CARGO_REGISTRY_TOKEN }}\n', {
      work: 'commit that needs the scanner: what the hooks add',
      bound: 2,
      memory: 200,
    }),
    {
      name: 'staged',
      work: `\`--staged\`, ${size} added`,
      yardstick: 'git diff --cached --text -U0',
      bound: 0.75,
      memory: 200,
      rounds: few,
      needs: ['scan', '--staged'],
      prepare() {
        const cwd = stagedRepository(big);
        return {
          subject: guard(['--staged'], { cwd }),
          yardstick: gitCommand(cwd, 'diff', '--cached', '--text', '-U0'),
        };
      },
    },
    {
      name: 'history',
      work: `\`--history\`, ${commits.toLocaleString('en')} commits`,
      yardstick: 'git cat-file --batch-all-objects --unordered --buffer --batch',
      bound: 2,
      memory: 300,
      rounds: few,
      needs: ['scan', '--history'],
      requires: existsSync(maker) ? undefined : 'bench/make-history.mjs',
      prepare() {
        const cwd = historyOf(commits);
        const everything = gitCommand(cwd, 'cat-file', '--batch-all-objects', '--unordered', '--buffer', '--batch');
        return { subject: guard(['scan', '--history'], { cwd }), yardstick: everything };
      },
    },
    {
      name: 'history-log',
      work: 'the same, against what most scanners start from',
      yardstick: 'git log -p --all -U0',
      rounds: { full: 3, quick: 3 },
      needs: ['scan', '--history'],
      requires: existsSync(maker) ? undefined : 'bench/make-history.mjs',
      prepare() {
        const cwd = historyOf(commits);
        return {
          subject: guard(['scan', '--history'], { cwd }),
          yardstick: gitCommand(cwd, 'log', '-p', '--all', '-U0'),
        };
      },
    },
    {
      name: 'push',
      work: `push of ${(commits / 20).toLocaleString('en')} commits that the shell calls clean: pre-push`,
      yardstick: 'git rev-list --objects … \\| git cat-file --batch', // a bar is escaped in a table
      bound: 2,
      rounds: few,
      needs: ['install'],
      requires: existsSync(maker) ? undefined : 'bench/make-history.mjs',
      prepare() {
        const { cwd, address, local, remote, input } = pushRepository(historyOf(commits), commits / 20, install);
        const openInput = () => openSync(input, 'r');
        // Without Node.js only what the shell calls clean passes, so this fails where it is not.
        const env = { ...environment, CRATESGUARD_NODE: join(cwd, 'absent') };
        const pipeline = `git rev-list --objects --no-object-names ${remote}..${local} | git cat-file --batch`;
        return {
          subject: { program: join(cwd, '.git', 'hooks', 'pre-push'), args: ['origin', address], cwd, env, openInput },
          yardstick: { program: 'sh', args: ['-c', pipeline], cwd, env: environment },
        };
      },
    },
    {
      name: 'stdin',
      work: `\`--stdin\`, ${size} of source code`,
      yardstick: "rg -a -c 'cio[A-Za-z0-9]{32}' FILE",
      bound: 4,
      memory: 200,
      rounds: few,
      needs: ['scan', '--stdin'],
      requires: hasProgram('rg') ? undefined : 'ripgrep (rg)',
      prepare() {
        const file = sourceFile(big);
        const ripgrep = {
          program: 'rg',
          args: ['-a', '-c', 'cio[A-Za-z0-9]{32}', file],
          env: environment,
          accepts: [0, 1],
        };
        return { subject: guard(['scan', '--stdin'], { openInput: () => openSync(file, 'r') }), yardstick: ripgrep };
      },
    },
    {
      name: 'paths',
      work: `\`scan PATH\`, ${quick ? '100 MB' : '5 GB'} in ${(tree * 4).toLocaleString('en')} files`,
      yardstick: "rg -a -c --no-ignore --hidden 'cio[A-Za-z0-9]{32}' PATH",
      bound: 4,
      memory: 250,
      rounds: few,
      needs: ['scan', '.'],
      requires: hasProgram('rg') ? undefined : 'ripgrep (rg)',
      prepare() {
        const path = sourceTree(tree);
        const ripgrep = {
          program: 'rg',
          args: ['-a', '-c', '--no-ignore', '--hidden', 'cio[A-Za-z0-9]{32}', path],
          env: environment,
          accepts: [0, 1],
        };
        return { subject: guard(['scan', path]), yardstick: ripgrep };
      },
    },
    {
      name: 'image',
      work: `\`--image\`, ${quick ? '200 MB' : '2 GB'} in 8 gzip layers, ${(image * 20).toLocaleString('en')} files`,
      yardstick: 'tar -xOf IMAGE LAYER | gzip -dc, each layer',
      bound: 1.5,
      memory: 250,
      rounds: { full: 3, quick: 3 },
      needs: ['scan', '--image', '-'],
      requires: hasProgram('tar') && hasProgram('gzip') ? undefined : 'tar and gzip',
      prepare() {
        const { file, layers } = imageFile(image);
        const each = `for layer in ${layers.join(' ')}; do tar -xOf '${file}' "$layer" | gzip -dc >/dev/null; done`;
        return {
          subject: guard(['scan', '--image', file]),
          yardstick: { program: 'sh', args: ['-c', each], env: environment },
        };
      },
    },
    {
      name: 'rival',
      work: '`--staged`, 10 files',
      yardstick: 'lint-staged with secretlint',
      memory: 200,
      rounds: { full: 15, quick: 5 },
      needs: ['scan', '--staged'],
      prepare() {
        const cwd = smallRepository('rival');
        return { subject: guard(['--staged'], { cwd }), yardstick: lintStaged(cwd) };
      },
    },
    {
      name: 'rival-big',
      work: '`--staged`, 10 MB in 40 files',
      yardstick: 'lint-staged with secretlint',
      memory: 200,
      rounds: few,
      needs: ['scan', '--staged'],
      prepare() {
        const cwd = stagedRepository(10);
        return { subject: guard(['--staged'], { cwd }), yardstick: lintStaged(cwd) };
      },
    },
  ];
}

/** The nearest thing that users have today, with its recommended rules. */
function lintStaged(cwd) {
  const modules = join(packagesInstalled('rival-packages', rival), 'node_modules');
  const rules = join(folder, 'secretlintrc.json');
  const configuration = join(folder, 'lint-staged.json');
  const secretlint = join(modules, 'secretlint', 'bin', 'secretlint.js');
  writeFileSync(
    rules,
    JSON.stringify({ rules: [{ id: join(modules, '@secretlint', 'secretlint-rule-preset-recommend') }] }),
  );
  writeFileSync(configuration, JSON.stringify({ '*': `${process.execPath} ${secretlint} --secretlintrc ${rules}` }));
  const program = join(modules, 'lint-staged', 'bin', 'lint-staged.js');
  return {
    program: process.execPath,
    args: [program, '--quiet', '--config', configuration],
    cwd,
    env: environment,
    accepts: [0, 1],
  };
}

function hasProgram(name) {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
