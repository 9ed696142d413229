import { projectFiles, readProjectFile } from '../support/project';

/** The few that need a secret's bytes, and why. Whoever joins them says so here. */
const CALLERS: Readonly<Record<string, string>> = {
  'src/cli/leak/key-at.ts': 'the key at a place is the one to ask about or revoke',
  'src/crates-io/exchange.ts': 'the Authorization header, and to mask it in what comes back',
  'src/detect/labelled.ts': 'to tell one secret that is found twice in a message',
  'src/policy/fingerprint.ts': 'the SHA-256 of it',
  'src/policy/judge.ts': "an entry's pattern is matched on it",
};

test('a secret leaves its type only where it is listed', () => {
  const callers = projectFiles(/^src\/.*\.ts$/).filter((path) => /\.\s*reveal\b/.test(readProjectFile(path)));
  expect(callers).toEqual(Object.keys(CALLERS).sort());
});
