import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runProgram, type ProgramExit } from '../base/process';
import { withSetting } from '../git/environment';
import { askGit, readGit } from '../git/run';
import type { GuardedHook } from './names';
import type { RepositoryFacts } from './repository';

/** What a hook answered to a made-up token. */
export type ProbeAnswer =
  | { readonly kind: 'stopped' }
  /** It stops everything suspicious, but nothing here can judge: `reason` says what is missing. */
  | { readonly kind: 'unjudged'; readonly reason: string }
  | { readonly kind: 'passed'; readonly reason: string };

/** The exit status of a hook that would let work pass, while it is tried out; see hooks/gate.sh. */
const WOULD_PASS = 86;

/** What the hooks are tried with: made-up content in a temporary index and object folder, so the repository stays as it is. */
export interface Probe {
  /** Runs the hook file of which our intact block is the head. @throws GuardError `git-failed` */
  run(hook: GuardedHook, command: readonly string[]): Promise<ProbeAnswer>;
  close(): Promise<void>;
}

/**
 * Makes the content: a token, a blob with it, an index that adds it over HEAD, a commit and a message.
 * @throws GuardError `git-failed`
 */
export async function openProbe(facts: RepositoryFacts, env: NodeJS.ProcessEnv): Promise<Probe> {
  const folder = await mkdtemp(join(tmpdir(), 'cratesguard-status-'));
  try {
    return await prepare(facts, env, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function prepare(facts: RepositoryFacts, env: NodeJS.ProcessEnv, folder: string): Promise<Probe> {
  const cwd = facts.topLevel ?? facts.gitDir;
  const objects = join(folder, 'objects');
  const message = join(folder, 'message');
  const place: NodeJS.ProcessEnv = {
    ...withSetting(env, 'core.fsmonitor', 'false'), // the hook's own git must not start the repository's program
    GIT_DIR: facts.gitDir,
    ...(facts.topLevel === null ? {} : { GIT_WORK_TREE: facts.topLevel }),
    GIT_INDEX_FILE: join(folder, 'index'),
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: [join(facts.commonDir, 'objects'), env['GIT_ALTERNATE_OBJECT_DIRECTORIES']]
      .filter((path) => path !== undefined && path !== '')
      .join(delimiter),
    GIT_OPTIONAL_LOCKS: '0',
    ...namesOf('AUTHOR'),
    ...namesOf('COMMITTER'),
  };
  // Writing an index would run `post-index-change`.
  const noHooks = ['-c', 'core.hooksPath=/dev/null'];
  const git = async (args: readonly string[], input = ''): Promise<string> =>
    (await readGit({ cwd, env: place }, [...noHooks, ...args], input)).toString('utf8').trim();
  const text = `const KEY: &str = "${madeUpToken()}";\n`;
  await mkdir(objects);
  await writeFile(message, `use ${madeUpToken()}\n`);
  const blob = await git(['hash-object', '-w', '--stdin', '--no-filters'], text);
  const tree = await git(['mktree'], `100644 blob ${blob}\tcratesguard-status.rs\n`);
  const commit = await git(['commit-tree', '-m', 'made up by cratesguard status', tree]);
  await git(['read-tree', '--empty']);
  const head = await askGit({ cwd, env: place }, ['rev-parse', '--quiet', '--verify', 'HEAD^{tree}']);
  if (head.exit.status === 0) await git(['read-tree', 'HEAD']);
  await git(['update-index', '--add', '--cacheinfo', `100644,${blob},cratesguard-status.rs`]);
  const zero = '0'.repeat(commit.length);
  const ref = 'refs/heads/cratesguard-status';
  const given: Readonly<Record<GuardedHook, { readonly args: readonly string[]; readonly input: string }>> = {
    'pre-commit': { args: [], input: '' },
    'pre-merge-commit': { args: [], input: '' },
    'commit-msg': { args: [message], input: '' },
    'pre-push': { args: ['cratesguard-status', 'cratesguard-status'], input: `${ref} ${commit} ${ref} ${zero}\n` },
    'pre-receive': { args: [], input: `${zero} ${commit} ${ref}\n` },
  };
  return {
    async run(hook, [program = '', ...programArgs]) {
      const { args, input } = given[hook];
      const options = { cwd, env: { ...place, CRATESGUARD_PROBE: '1' }, input };
      return readAnswer((await runProgram(program, [...programArgs, ...args], options)).exit);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function namesOf(role: 'AUTHOR' | 'COMMITTER'): Readonly<Record<string, string>> {
  return { [`GIT_${role}_NAME`]: 'cratesguard', [`GIT_${role}_EMAIL`]: 'cratesguard@localhost' };
}

function readAnswer({ status, stderr }: ProgramExit): ProbeAnswer {
  if (status === 1) return { kind: 'stopped' };
  const [reason = ''] = stderr
    .split('\n')
    .map((line) => line.replace(/^cratesguard: /, ''))
    .filter((line) => line !== '' && !line.startsWith('CRATESGUARD_PROBE'));
  if (status === WOULD_PASS || status === 0) return { kind: 'passed', reason };
  return { kind: 'unjudged', reason: reason === '' ? `it ended with status ${status}` : reason };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Shaped like a crates.io API token, made of random characters: no key that ever was. */
export function madeUpToken(): string {
  return `cio${Array.from({ length: 32 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')}`;
}
