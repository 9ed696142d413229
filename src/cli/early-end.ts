import { exitCodeOf } from '../outcome';

/**
 * A promise that nobody settles ends a Node.js process without a word and with status 0. Until the function that this
 * gives is called, such an end is status 3 and says so.
 */
export function guardAgainstEarlyEnd(target: NodeJS.Process): () => void {
  const say = (): void => {
    target.stderr.write('cratesguard: an error of its own stopped it: it ended before it was done\n');
  };
  target.exitCode = exitCodeOf({ kind: 'incomplete' });
  target.once('beforeExit', say);
  return () => {
    target.off('beforeExit', say);
  };
}
