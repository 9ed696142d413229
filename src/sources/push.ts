import { remoteTips, type PushRemote } from '../git/known';
import { parseRefUpdates } from '../git/ref-updates';
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
      yield* publishedItems(git, context, updates, await remoteTips(git, options.remote));
    },
  };
}
