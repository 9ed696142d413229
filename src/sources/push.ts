import { GuardError } from '../base/error';
import { remoteTips, type PushRemote } from '../git/known';
import { parseRefUpdates } from '../git/ref-updates';
import { resolveObjects } from '../git/revisions';
import type { Git } from '../git/run';
import type { Source } from './content';
import { publishedItems } from './published';

export interface PushOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The hook's two arguments. */
  readonly remote: PushRemote;
  /** All that git wrote to the hook's standard input, bytes as latin1. */
  readonly input: string;
  /** `by-manager`: the input does not say which refs the remote lacks. */
  readonly told?: 'by-git' | 'by-manager';
}

/**
 * What pre-commit and prek tell a pre-push hook, in variables, instead of git's arguments and input. They name one ref of
 * the push, and a commit that they take for known to the remote: they believe more than remoteTips does, so it is not
 * used. Throws GuardError 'damaged' where there is nothing of the kind.
 */
export async function managerPush(git: Git): Promise<Pick<PushOptions, 'remote' | 'input' | 'told'>> {
  const variable = (name: string) => git.env[`PRE_COMMIT_${name}`] ?? '';
  const ref = variable('REMOTE_BRANCH');
  const pushed = variable('TO_REF') || variable('LOCAL_BRANCH');
  const [oid] = pushed === '' ? [] : await resolveObjects(git, [pushed]);
  if (oid == null)
    throw new GuardError('damaged', 'the pre-push hook was not told what is pushed', {
      hint: "call it with git's two arguments and standard input: cratesguard hook pre-push NAME URL",
    });
  const input = `${pushed} ${oid} ${ref === '' ? pushed : ref} ${'0'.repeat(oid.length)}\n`;
  return {
    remote: { name: variable('REMOTE_NAME'), url: variable('REMOTE_URL') },
    input: Buffer.from(input).toString('latin1'),
    told: 'by-manager',
  };
}

/**
 * What a push would publish, for a `pre-push` hook: of every ref, everything that the remote is not known to have.
 * An empty input is a push of nothing. Throws GuardError 'damaged' at a line of the input that git does not write.
 */
export function pushSource(options: PushOptions): Source {
  return {
    name: 'push',
    items: async function* (context) {
      const git: Git = { cwd: options.cwd, env: options.env, signal: context.signal };
      const updates = parseRefUpdates(options.input, 'pre-push');
      if (!updates.some(({ newOid }) => newOid !== null)) return;
      const lacking = options.told === 'by-manager' ? [] : updates.filter(({ oldOid }) => oldOid === null);
      const tips = await remoteTips(
        git,
        options.remote,
        lacking.map(({ ref }) => ref),
      );
      yield* publishedItems(git, context, updates, tips);
    },
  };
}
