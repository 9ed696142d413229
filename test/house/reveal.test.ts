import { projectFiles, readProjectFile } from '../support/project';

/** The few that need a secret's bytes, and why. Whoever joins them says so here. */
const CALLERS: Readonly<Record<string, string>> = {};

test('a secret leaves its type only where it is listed', () => {
  const callers = projectFiles(/^src\/.*\.ts$/).filter((path) => /\.\s*reveal\b/.test(readProjectFile(path)));
  expect(callers).toEqual(Object.keys(CALLERS).sort());
});
