import { createHash } from 'node:crypto';
import { symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runScan } from '../../../src/cli/scan/scan';
import { madeIo } from '../../support/made-io';
import { temporaryRepository, type Repository } from '../../support/repository';
import { apiToken } from '../../support/tokens';

let repository: Repository;

beforeEach(() => {
  repository = temporaryRepository();
});
afterEach(() => {
  repository.remove();
});

const entry = (): string =>
  `allowlist:\n  - fingerprint: sha256:${createHash('sha256').update(apiToken('a')).digest('hex')}\n    reason: revoked\n`;

async function reported(options: Readonly<Record<string, string | true>>): Promise<readonly [string, string]> {
  const made = madeIo({ cwd: repository.path, env: repository.env as Record<string, string> });
  const outcome = await runScan({ args: [], options }, made);
  return [outcome.kind, made.printed.stdout];
}

test('an entry is new in the range that brings it, and not in a later one', async () => {
  repository.commit('first');
  repository.stage('a.txt', `k = ${apiToken('a')}\n`);
  repository.stage('.cratesguardrc', entry());
  repository.commit('brings both');
  const [kind, text] = await reported({ range: 'HEAD~1..HEAD' });
  expect([kind, text.includes('new allowlist entry')]).toEqual(['clean', true]);
  repository.stage('b.txt', `k = ${apiToken('a')}\n`);
  repository.commit('again');
  const [laterKind, later] = await reported({ range: 'HEAD~1..HEAD' });
  expect([laterKind, later.includes('new allowlist entry')]).toEqual(['clean', false]);
});

test('where HEAD has a link in the place of the configuration, every entry of the file is new', async () => {
  symlinkSync('elsewhere', join(repository.path, '.cratesguardrc'));
  repository.git('add', '.');
  repository.commit('a link');
  unlinkSync(join(repository.path, '.cratesguardrc'));
  repository.stage('.cratesguardrc', entry());
  repository.stage('a.txt', `k = ${apiToken('a')}\n`);
  const [kind, text] = await reported({ staged: true });
  expect([kind, text.includes('new allowlist entry')]).toEqual(['clean', true]);
});
