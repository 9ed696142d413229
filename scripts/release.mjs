// The steps of .github/workflows/release.yml that need more than a line. docs/releasing.md tells how a release is made.
//
//   check REF      the tag, package.json and CHANGELOG.md name the same version; any other ref is a dry run's
//   pack FOLDER    puts the tarball, its SBOM, the release notes and the start of the executables there
//   action FOLDER  commits the built GitHub Action from the tarball there, and prints `commit=ID`
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sbom } from './sbom.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @returns {string} standard output, without white space around it */
function run(program, args, env = {}, cwd = root) {
  return execFileSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    shell: process.platform === 'win32' && program === 'npm',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

/** @returns {string} what CHANGELOG.md says of this version, in Markdown */
function changes() {
  const [, ...sections] = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section for ${version}`);
  const [title, ...lines] = section.split('\n');
  if (!/\] - \d{4}-\d{2}-\d{2}$/.test(title))
    throw new Error(`CHANGELOG.md: "## ${title}" does not end in the day of the release, as in " - 2027-01-31"`);
  return lines
    .filter((line) => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim();
}

const steps = {
  check(ref) {
    const tag = /^refs\/tags\/v?(.+)$/.exec(ref)?.[1];
    if (tag !== undefined && tag !== version)
      throw new Error(`the tag is ${tag}, and package.json has the version ${version}`);
    changes();
    console.log(tag === undefined ? `${version} can be released` : `${version} is what the tag says`);
  },

  async pack(folder) {
    const to = resolve(folder);
    mkdirSync(to, { recursive: true });
    // npm builds first: the `prepare` script.
    run('npm', ['pack', '--silent', '--pack-destination', to]);
    const metafile = JSON.parse(readFileSync(join(root, 'src', 'generated', 'bundles.json'), 'utf8'));
    writeFileSync(join(to, `${name}.cdx.json`), `${JSON.stringify(await sbom(root, metafile), null, 2)}\n`);
    writeFileSync(join(to, 'release-notes.md'), `${changes()}\n`);
    const { buildSync } = await import('esbuild');
    buildSync({
      entryPoints: [join(root, 'src', 'executable-main.ts')],
      outfile: join(to, 'executable-main.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      logLevel: 'warning',
    });
  },

  // A GitHub Action runs from a ref of its repository, so that ref has to hold what was built. The commit is made of its
  // parent alone, author and time too: whoever builds the same source gets the same id.
  action(folder) {
    const work = mkdtempSync(join(tmpdir(), 'cratesguard-action-'));
    try {
      const tarball = join(resolve(folder), `${name}-${version}.tgz`);
      run('tar', ['-xzf', tarball, '-C', work, '--strip-components=1', 'package/dist']);
      const index = {
        GIT_DIR: run('git', ['rev-parse', '--absolute-git-dir']),
        GIT_INDEX_FILE: join(work, 'index'),
        GIT_WORK_TREE: work,
      };
      run('git', ['read-tree', 'HEAD'], index);
      run('git', ['add', '--force', '--', 'dist'], index, work);
      const [author, email, date] = run('git', ['log', '-1', '--format=%an%n%ae%n%cI']).split('\n');
      const identity = Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((who) => [
          [`GIT_${who}_NAME`, author],
          [`GIT_${who}_EMAIL`, email],
          [`GIT_${who}_DATE`, date],
        ]),
      );
      const tree = run('git', ['write-tree'], index);
      const commit = run('git', ['commit-tree', tree, '-p', 'HEAD', '-m', `${version}, built`], identity);
      console.log(`commit=${commit}`);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  },
};

const [step, argument] = process.argv.slice(2);
if (!Object.hasOwn(steps, step ?? '') || argument === undefined) {
  console.error('usage: node scripts/release.mjs check REF | pack FOLDER | action FOLDER');
  process.exit(2);
}
try {
  await steps[step](argument);
} catch (error) {
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}
