import { GuardError } from '../error';
import { topLevelOf } from '../git/revision';
import type { CollectCandidates, Sighting } from '../policy/stale';
import { candidatesOf } from '../scan/candidates';
import { historySource } from '../sources/history';
import { pathsSource } from '../sources/paths';
import { stagedSource } from '../sources/staged';
import type { AllowWorld } from './allow';

/** What `allow` needs to know of the repository at hand. */
export const allowWorld: AllowWorld = {
  topLevelOf: async ({ cwd, env }) => {
    const topLevel = await topLevelOf({ cwd, env });
    if (topLevel !== null) return topLevel;
    throw new GuardError('no-repository', 'there is no git repository with a work tree here', {
      hint: 'run it inside of one',
    });
  },
  collect: ({ env, signal }, topLevel): CollectCandidates =>
    async function* (policy): AsyncGenerator<Sighting> {
      // The quickest first: what needs an entry mostly lies in the work tree.
      const sources = [
        pathsSource({ cwd: topLevel, topLevel, paths: ['.'] }),
        stagedSource({ cwd: topLevel, env }),
        historySource({ cwd: topLevel, env }),
      ];
      for (const source of sources) yield* candidatesOf({ source, policy, signal });
    },
  now: () => new Date(),
};
