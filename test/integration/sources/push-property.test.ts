import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordRemotes } from '../../../src/git/remote-record';
import { pushSource } from '../../../src/sources/push';
import { receiveSource } from '../../../src/sources/receive';
import { fastImport, histories, published, reachable, type History } from '../../support/random-history';
import { privateEnvironment, repositoryAt } from '../../support/repository';
import { scan } from '../../support/scanning';

const ZERO = '0'.repeat(40);
const TOKEN = new RegExp(['cio', '[A-Za-z0-9]{32}'].join(''), 'g');

function tokensIn(text: string): Set<string> {
  return new Set(text.match(TOKEN));
}

interface Case {
  readonly history: History;
  /** Branches of the remote, and the commits that they are at there. */
  readonly remote: ReadonlyMap<string, number>;
  /** The refs that are pushed. */
  readonly pushed: readonly string[];
}

const cases: fc.Arbitrary<Case> = histories.chain((history) => {
  const heads = [...history.branches.keys()].filter((ref) => ref.startsWith('refs/heads/'));
  const refs = [...history.branches.keys(), ...history.tags.keys()];
  return fc.record({
    history: fc.constant(history),
    remote: fc
      .array(fc.tuple(fc.constantFrom(...heads, 'refs/heads/theirs'), fc.nat(history.commits.length - 1)), {
        maxLength: 3,
      })
      .map((entries) => new Map(entries)),
    pushed: fc.subarray(refs, { minLength: 1 }),
  });
});

/** The tokens that the push publishes and the remote does not have, by the model. */
function expected({ history, remote, pushed }: Case): Set<string> {
  const tags = pushed.flatMap((ref) => history.tags.get(ref) ?? []);
  const tips = [...tags.map(({ commit }) => commit), ...pushed.flatMap((ref) => history.branches.get(ref) ?? [])];
  const sent = tokensIn(
    [published(history, reachable(history, tips)), ...tags.map(({ message }) => message)].join('\n'),
  );
  const there = tokensIn(published(history, reachable(history, remote.values())));
  return new Set([...sent].filter((token) => !there.has(token)));
}

/** How many are in one and not in the other; a failure must not print them. */
function differences(left: ReadonlySet<string>, right: ReadonlySet<string>): { missed: number; tooMany: number } {
  return {
    missed: [...left].filter((token) => !right.has(token)).length,
    tooMany: [...right].filter((token) => !left.has(token)).length,
  };
}

async function check(test: Case, folder: string): Promise<void> {
  const env = privateEnvironment(folder);
  const local = repositoryAt(join(folder, 'local'), env);
  const server = repositoryAt(join(folder, 'server.git'), env, ['--bare']);
  local.gitWith(fastImport(test.history), 'fast-import', '--quiet');
  local.git('remote', 'add', 'origin', server.path);
  const sent = [...test.remote].map(([ref, number]) => `refs/all/${number}:${ref}`);
  if (sent.length > 0) local.git('push', '-q', 'origin', ...sent);
  const oids = new Map(
    local
      .git('for-each-ref', '--format=%(refname) %(objectname)')
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  const updates = test.pushed.map((ref) => {
    const there = test.remote.get(ref);
    return {
      ref,
      newOid: oids.get(ref) ?? '',
      oldOid: there === undefined ? ZERO : (oids.get(`refs/all/${there}`) ?? ''),
    };
  });
  const wanted = expected(test);

  const input = updates.map(({ ref, newOid, oldOid }) => `${ref} ${newOid} ${ref} ${oldOid}\n`).join('');
  const remote = { name: 'origin', url: server.path };
  await recordRemotes({ cwd: local.path, env });
  const push = await scan(pushSource({ cwd: local.path, env, remote, input }));
  expect(push.unreadable).toEqual([]);
  expect(differences(wanted, new Set(push.found.map(({ token }) => token)))).toEqual({ missed: 0, tooMany: 0 });

  // The server sees the same, with the pushed objects in reach but in no ref.
  const quarantine = { GIT_OBJECT_DIRECTORY: join(local.path, '.git', 'objects'), GIT_DIR: '.' };
  const received = updates.map(({ ref, newOid, oldOid }) => `${oldOid} ${newOid} ${ref}\n`).join('');
  const receive = await scan(
    receiveSource({
      cwd: server.path,
      env: { ...env, ...quarantine, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(server.path, 'objects') },
      input: received,
    }),
  );
  expect(differences(wanted, new Set(receive.found.map(({ token }) => token)))).toEqual({ missed: 0, tooMany: 0 });
}

test('a push is stopped exactly when it publishes a token that the remote does not have', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (test) => {
      const folder = mkdtempSync(join(tmpdir(), 'cratesguard-'));
      try {
        await check(test, folder);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: Number(process.env['CRATESGUARD_RUNS'] ?? 15), includeErrorInReport: true },
  );
}, 600000);
