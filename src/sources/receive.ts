import { GuardError } from '../base/error';
import { localTips } from '../git/known';
import { parseRefUpdates } from '../git/ref-updates';
import type { Git } from '../git/run';
import type { Source } from './content';
import { publishedItems } from './published';

export interface ReceiveOptions {
  /** The repository that receives; `env` as git gave it to the hook, with the quarantine's variables. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** All that git wrote to the hook's standard input, bytes as latin1. */
  readonly input: string;
}

/**
 * What a push brings to this server, for a `pre-receive` hook, inside git's quarantine: everything that no ref has yet.
 * Throws GuardError 'damaged' where the input is empty (git does not run the hook for nothing) or not what git writes.
 */
export function receiveSource(options: ReceiveOptions): Source {
  return {
    name: 'receive',
    items: async function* (context) {
      const git: Git = { cwd: options.cwd, env: options.env, signal: context.signal };
      const updates = parseRefUpdates(options.input, 'pre-receive');
      if (updates.length === 0) throw new GuardError('damaged', 'the pre-receive hook was told of no ref at all');
      if (!updates.some(({ newOid }) => newOid !== null)) return;
      yield* publishedItems(git, context, updates, await localTips(git));
    },
  };
}
