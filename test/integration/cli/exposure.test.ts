import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScan } from '../../../src/cli/scan/scan';
import { exitCodeOf } from '../../../src/outcome';
import { madeIo } from '../../support/made-io';
import { repositoryAt, temporaryRepository, type Repository } from '../../support/repository';
import { apiToken } from '../../support/tokens';

/** What `scan --range` and `scan --history` tell of a secret beyond its places. */

let repository: Repository;
beforeEach(() => {
  repository = temporaryRepository();
});
afterEach(() => {
  repository.remove();
});

async function scan(
  options: Readonly<Record<string, string | true>>,
): Promise<{ status: number; page: string; stderr: string }> {
  const env = Object.fromEntries(
    Object.entries(repository.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const io = madeIo({ cwd: repository.path, env: { ...env, GITHUB_ACTIONS: '' } });
  const outcome = await runScan({ options, args: [] }, io);
  return { status: exitCodeOf(outcome), page: io.printed.stdout.replace(/\s+/g, ' '), stderr: io.printed.stderr };
}

function commitOn(day: string, files: Readonly<Record<string, string>>, message = 'change'): string {
  const later = repositoryAt(repository.path, { ...repository.env, GIT_COMMITTER_DATE: `${day}T00:00:00Z` });
  for (const [path, content] of Object.entries(files)) later.stage(path, content);
  return later.commit(message);
}

const short = (id: string): string => id.slice(0, 12);
const key = `k = ${apiToken('exposure')}\n`;

test('first and last commit, the tips that have it, the remotes that have it', async () => {
  const first = commitOn('2026-01-02', { 'a.txt': key });
  repository.git('update-ref', 'refs/remotes/origin/main', first);
  commitOn('2026-01-03', { 'a.txt': 'gone\n' });
  const again = commitOn('2026-01-04', { 'a.txt': key });
  repository.git('branch', 'clean', 'HEAD~1');
  const { status, page, stderr } = await scan({ history: true });
  expect([status, stderr]).toEqual([1, '']);
  expect(page).toContain(`Added first in commit ${short(first)} of 2026-01-02, last in ${short(again)} of 2026-01-04.`);
  expect(page).toContain('Still in the tip of main, origin/main.');
  expect(page).toContain('Already on origin/main: it is published, so it must be revoked.');
  expect(page).toContain(`in commit ${short(first)} of 2026-01-02`);
});

test('a range, a secret that is out again, and no remote', async () => {
  commitOn('2026-01-01', { 'b.txt': 'fine\n' });
  const added = commitOn('2026-01-02', { 'a.txt': key });
  commitOn('2026-01-03', { 'a.txt': 'gone\n' });
  const { status, page } = await scan({ range: 'HEAD~2..HEAD' });
  expect(status).toBe(1);
  expect(page).toContain(`Added by one of these commits: ${short(added)} of 2026-01-02.`);
  expect(page).toContain('No longer at these places in the tip of any branch');
  expect(page).toContain("On no remote's branch");
});

test('a secret in a name is asked for unmasked, and shown masked', async () => {
  const token = apiToken('in a name');
  commitOn('2026-01-02', { [`x-${token}.txt`]: 'fine\n' });
  const { page } = await scan({ history: true });
  expect(page).toContain('Still in the tip of main.');
  expect(page.includes(token)).toBe(false);
});

test('a secret in a message has no tip; the subject in the HTML page is masked', async () => {
  const token = apiToken('in a message');
  commitOn('2026-01-02', {}, `use ${token} and more`);
  const file = join(repository.path, 'report.html');
  const { status } = await scan({ history: true, format: 'html', output: file });
  const page = readFileSync(file, 'utf8');
  expect(status).toBe(1);
  expect(page).toContain('Added by one commit: ');
  expect(page).not.toContain('tip of');
  expect(page).toContain(`“use cio${'*'.repeat(32)} and more”`);
  expect(page.includes(token)).toBe(false);
});

test('JSON keeps its shape, and a branch that cannot be walked changes no status', async () => {
  commitOn('2026-01-02', { 'a.txt': 'fine\n' });
  commitOn('2026-01-03', { 'a.txt': key });
  const { page: before } = await scan({ range: 'HEAD~1..HEAD', format: 'json' });
  expect(Object.keys(JSON.parse(before) as object)).not.toContain('secrets');
  const [found] = (JSON.parse(before) as { findings: { author: unknown }[] }).findings;
  expect(found?.author).toEqual({ name: 'dev', email: 'dev@example.com', date: '2026-01-01T00:00:00Z' });
  const html = (await scan({ range: 'HEAD~1..HEAD', format: 'html' })).page;
  expect(html).toContain('by dev &lt;dev@example.com&gt;');
  expect(html).toContain('Repository <code>work</code>');
  expect(html).toContain('cratesguard scan --range HEAD~1..HEAD --format html');
  const tree = repository.git('rev-parse', 'HEAD^{tree}');
  const orphan = repository.gitWith(
    `tree ${tree}\nparent ${'1'.repeat(40)}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n`,
    'hash-object',
    '-t',
    'commit',
    '-w',
    '--stdin',
  );
  repository.git('update-ref', 'refs/remotes/origin/broken', orphan);
  const { status, page, stderr } = await scan({ range: 'HEAD~1..HEAD' });
  expect(status).toBe(1);
  expect(page).not.toContain('Added by');
  expect(stderr).toContain('could not all be told');
});
