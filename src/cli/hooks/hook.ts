import { GuardError } from '../../base/error';
import { defaultBranchTip, gitSetting } from '../../git/revision';
import type { Outcome } from '../../outcome';
import type { Policy } from '../../policy/policy';
import { ruleDescriptions, prepareReport } from '../report/output';
import { outcomeOf } from '../../scan/outcome';
import type { Reporter } from '../../report/reporter';
import type { Report } from '../../scan/report';
import { scan } from '../../scan/scan';
import type { Source } from '../../sources/content';
import { mergeInProgress, mergeSource } from '../../sources/merge';
import { messageSource } from '../../sources/message';
import { managerPush, pushSource } from '../../sources/push';
import { receiveSource } from '../../sources/receive';
import { stagedSource } from '../../sources/staged';
import type { RunCommand } from '../command';
import type { Io } from '../io';
import { revisionPolicy, workTreePolicy } from '../scan/policy';
import { serverTimeLimit, startTimeLimit } from './time-limit';

/** What a hook judges, and by which rules. */
interface Work {
  readonly source: Source;
  readonly policy: Policy;
  /** In seconds; only a server has one. */
  readonly timeLimit?: number | null;
}

type Hook = (args: readonly string[], io: Io) => Promise<Work>;

/** `cratesguard hook NAME [ARG…]`: what a hook manager calls; the hooks of `cratesguard install` call hook.cjs. */
export const runHook: RunCommand = ({ args: [name = '', ...args] }, io) => runHookNamed(name, args, io);

/**
 * Does the work of one git hook, run as git runs it: in the top of the work tree (or the bare repository), with git's
 * environment, arguments and standard input. Anything but a clean outcome stops git.
 *
 * @throws GuardError where nothing could be judged
 */
export async function runHookNamed(name: string, args: readonly string[], io: Io): Promise<Outcome> {
  if (name === 'agent') return (await import('../agents/hook')).runAgentHook(args, io);
  const hook = Object.hasOwn(HOOKS, name) ? HOOKS[name as keyof typeof HOOKS] : undefined;
  if (hook === undefined)
    throw new GuardError('usage', `there is no hook '${name}'`, {
      hint: `there are: ${Object.keys(HOOKS).join(', ')}`,
    });
  if (io.env['CRATESGUARD_SKIP'] === '1' && name !== 'pre-receive') {
    io.stderr.write(`cratesguard: ${name} was skipped because CRATESGUARD_SKIP=1 is set; nothing was checked.\n`);
    return { kind: 'clean' };
  }
  const work = await hook(args, io);
  const write = await prepareReport(io, {
    format: 'text',
    load: loadReporter,
    file: undefined,
    rules: ruleDescriptions,
    occasion: 'hook',
  });
  const report = await judged(work, io);
  await write(report);
  return outcomeOf(report);
}

/** The two that a hook can need: the others stay out of hook.cjs. */
async function loadReporter(format: 'text' | 'github'): Promise<Reporter> {
  return format === 'text' ? (await import('../../report/text')).text : (await import('../../report/github')).github;
}

async function judged({ source, policy, timeLimit = null }: Work, { signal }: Io): Promise<Report> {
  if (timeLimit === null) return scan({ source, policy, signal });
  const limit = startTimeLimit(signal, timeLimit);
  try {
    return await scan({ source, policy, signal: limit.signal });
  } finally {
    limit.release();
  }
}

const HOOKS = {
  'pre-commit': (_args, io) => index('pre-commit', io),
  'pre-merge-commit': (_args, io) => index('pre-merge-commit', io),
  'commit-msg': async ([file], io) => {
    if (file === undefined) throw new GuardError('usage', 'commit-msg needs the file that holds the message');
    const { cwd, env } = io;
    return { source: messageSource({ cwd, env, file }), policy: await hookPolicy(io) };
  },
  'pre-push': async (args, io) => {
    const { cwd, env } = io;
    const input = await readWhole(io.stdin);
    const [name = '', url = ''] = args;
    const isTold = args.length > 0 || input !== '';
    const push = isTold ? { remote: { name, url }, input } : await managerPush({ cwd, env });
    return { source: pushSource({ cwd, env, ...push }), policy: await hookPolicy(io) };
  },
  'pre-receive': async (_args, io) => {
    const { cwd, env } = io;
    const input = await readWhole(io.stdin);
    const timeLimit = await serverTimeLimit(io);
    return { source: receiveSource({ cwd, env, input }), policy: await serverPolicy(io), timeLimit };
  },
} satisfies Record<string, Hook>;

async function index(hook: 'pre-commit' | 'pre-merge-commit', io: Io): Promise<Work> {
  const { cwd, env } = io;
  const policy = await hookPolicy(io);
  const parents = await mergeInProgress({ cwd, env, hook });
  return { policy, source: parents === null ? stagedSource({ cwd, env }) : mergeSource({ cwd, env, parents }) };
}

/** Git runs these hooks in the top of the work tree, so nobody has to be asked where that is. */
function hookPolicy(io: Io): Promise<Policy> {
  return workTreePolicy(io, { topLevel: io.cwd });
}

/**
 * The server's rules: of a file that its administrator names (`git config cratesguard.config FILE`), else of the default
 * branch as it is before the push. What is pushed has no say, and an inline comment is part of what is pushed.
 */
async function serverPolicy(io: Io): Promise<Policy> {
  const file = await gitSetting(io, 'cratesguard.config');
  if (file !== null) return workTreePolicy(io, { topLevel: null, file, inline: 'never' });
  const tip = await defaultBranchTip(io);
  return tip === null
    ? workTreePolicy(io, { topLevel: null, inline: 'never' })
    : revisionPolicy(tip, io, { inline: 'never' });
}

/** Ref names are bytes; latin1 keeps each. */
async function readWhole(stdin: Io['stdin']): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stdin) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('latin1');
}
