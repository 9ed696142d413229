import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseApiAddress } from '../../../src/crates-io/address';
import { createClient } from '../../../src/crates-io/client';
import { runLeakAudit } from '../../../src/cli/leak/audit';
import { lookAround, packageChecksums } from '../../../src/leak/audit/local-repository';
import { audit, type AuditRequest } from '../../../src/leak/audit/audit';
import { parseWindow } from '../../../src/leak/audit/window';
import { startCratesIoApi, type ApiState, type RunningApi } from '../../support/crates-io-api';
import { madeIo } from '../../support/made-io';
import { apiToken } from '../../support/tokens';

let api: RunningApi | undefined;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratesguard-audit-'));
});
afterEach(async () => {
  await api?.close();
  api = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const bob = { id: 42, login: 'bob' };
const row = (crate: string, num: string, at: string): object => ({
  crate,
  num,
  created_at: at,
  yanked: false,
  checksum: '0'.repeat(64),
  published_by: bob,
  audit_actions: [{ action: 'publish', user: bob, time: at }],
  trustpub_data: null,
});
const many = Array.from({ length: 250 }, (_, index) => row('one', `0.${index}.0`, '2026-03-05T00:00:00Z'));
const nothing = {
  crates: new Set<string>(),
  tags: new Set<string>(),
  repositories: new Set<string>(),
  checksums: new Map<string, string>(),
};

/** Asks without waiting: how often a second is the client's business, and tested there. */
async function ask(state: ApiState, request: Partial<AuditRequest>) {
  api = await startCratesIoApi(state);
  let now = 0;
  const clock = {
    now: () => now,
    sleep: (wait: number) => {
      now += wait;
      return Promise.resolve();
    },
  };
  const client = createClient({
    address: parseApiAddress(api.url),
    env: {},
    signal: new AbortController().signal,
    notice: () => undefined,
    clock,
  });
  return audit(client, {
    logins: [],
    crates: [],
    repository: null,
    window: parseWindow('2026-03-01', '2026-03-31'),
    local: nothing,
    progress: () => undefined,
    ...request,
  });
}

const crates = (...names: string[]): Partial<AuditRequest> => ({ crates: [...new Set(names)] });
const said = (errors: readonly { what: string; reason: string }[]) =>
  errors.map(({ what, reason }) => `${what}: ${reason}`);

test('every page of versions is read, of at most a hundred', async () => {
  const found = await ask({ crates: { one: { owners: ['bob'], versions: many } } }, crates('one'));
  expect(found.events).toHaveLength(250);
  expect(found.errors).toEqual([]);
  expect(api?.requests.map(({ path }) => path)).toEqual([
    '/api/v1/crates/one/versions?sort=date&per_page=100',
    '/api/v1/crates/one/versions?sort=date&per_page=100&page=2',
    '/api/v1/crates/one/versions?sort=date&per_page=100&page=3',
    '/api/v1/crates/one/owners',
    '/api/v1/crates/one?include=keywords',
  ]);
  expect(api?.requests.every(({ authorized, origin }) => !authorized && !origin)).toBe(true);
});

test('every page of a user’s crates is read', async () => {
  const names = Array.from({ length: 101 }, (_, index) => `c${index}`);
  const state = {
    users: { bob: 42 },
    crates: Object.fromEntries(
      names.map((name) => [name, { owners: ['bob'], versions: [row(name, '1.0.0', '2026-03-05T00:00:00Z')] }]),
    ),
  };
  const found = await ask(state, { logins: ['bob'] });
  expect(found.events).toHaveLength(101);
  expect(found.crates.find(({ name }) => name === 'c100')?.owners).toEqual([{ login: 'bob', kind: 'user' }]);
});

test('a user that does not exist', async () => {
  const found = await ask({}, { logins: ['nobody'] });
  expect(said(found.errors)).toEqual(['user nobody: status 404: Not Found']);
});

describe('the crates of this folder', () => {
  const versions = [row('one', '1.0.0', '2026-03-05T00:00:00Z')];
  const local = { ...nothing, crates: new Set(['one']) };

  test('one that the login has lost', async () => {
    const state = { users: { bob: 42, eve: 7 }, crates: { one: { owners: ['eve'], versions, trustpub_only: true } } };
    const found = await ask(state, { logins: ['bob'], local });
    expect(found.crates).toEqual([
      {
        name: 'one',
        owners: [{ login: 'eve', kind: 'user' }],
        trustedPublishingOnly: true,
        unusual: ['no-longer-owned'],
      },
    ]);
  });

  test('one that a team owns is not called lost, and that is said', async () => {
    const state = {
      users: { bob: 42 },
      teams: { 'github:org:a': 5 },
      crates: { one: { owners: ['github:org:a'], versions } },
    };
    const found = await ask(state, { logins: ['bob'], local });
    expect(found.crates[0]?.unusual).toEqual([]);
    expect(found.notChecked.map(({ what }) => what)).toContain('whether bob still owns one by a team');
  });

  test('one that was never published is no error', async () => {
    const found = await ask({ users: { bob: 42 } }, { logins: ['bob'], local });
    expect(found.errors).toEqual([]);
    expect(found.notChecked.map(({ what }) => what)).toContain('one of this folder');
  });
});

test('the crates of the teams that co-own the login’s crates', async () => {
  const state = {
    users: { bob: 42 },
    teams: { 'github:org:a': 5 },
    crates: {
      one: { owners: ['bob', 'github:org:a'], versions: [] },
      two: { owners: ['github:org:a'], versions: [row('two', '1.0.0', '2026-03-05T00:00:00Z')] },
    },
  };
  const found = await ask(state, { logins: ['bob'] });
  expect(found.events.map(({ crate }) => crate)).toEqual(['two']);
});

test('a crate that does not exist does not hide the others', async () => {
  const found = await ask(
    { crates: { one: { owners: ['bob'], versions: [row('one', '1.0.0', '2026-03-05T00:00:00Z')] } } },
    crates('absent', 'one', 'one'),
  );
  expect(found.events).toHaveLength(1);
  expect(said(found.errors)).toEqual(['versions of absent: status 404: crate `absent` does not exist']);
});

test.each([
  ['cut JSON', { status: 200, body: '{"versions":[' }],
  ['a portal', { status: 200, body: '<html>' }],
  ['another shape', { status: 200, body: '{"rows":[]}' }],
  ['a version of another shape', { status: 200, body: '{"versions":[{"num":7}]}' }],
  [
    'an action of another kind',
    {
      status: 200,
      body: JSON.stringify({
        versions: [
          {
            num: '1.0.0',
            created_at: '2026-01-01T00:00:00Z',
            audit_actions: [{ action: 'delete', time: '2026-01-01T00:00:00Z' }],
          },
        ],
      }),
    },
  ],
  [
    'a next page on another host',
    { status: 200, body: '{"versions":[],"meta":{"next_page":"https://elsewhere.example/"}}' },
  ],
  ['a circle', { status: 200, body: '{"versions":[],"meta":{"next_page":"?sort=date&per_page=100"}}' }],
  ['a redirect', { status: 302, headers: { location: '/elsewhere' } }],
] as const)('%s makes it incomplete', async (_name, answer) => {
  const found = await ask({ crates: { one: { owners: [], versions: [] } }, script: [answer] }, crates('one'));
  expect(found.errors).toHaveLength(1);
  expect(api?.requests.some(({ path }) => path === '/elsewhere')).toBe(false);
});

test('pages that were read before the failure count', async () => {
  const found = await ask(
    { crates: { one: { owners: [], versions: many } }, script: [null, { status: 0, end: 'drop' }] },
    crates('one', 'two'),
  );
  expect(found.events).toHaveLength(100);
  expect(found.errors).toHaveLength(2);
  expect(api?.requests).toHaveLength(2);
});

test('the command: statuses and JSON', async () => {
  api = await startCratesIoApi({
    crates: { one: { owners: ['bob'], versions: [row('one', '1.0.0', '2026-03-05T00:00:00Z')] } },
  });
  const run = async (options: Record<string, string | readonly string[]>) => {
    const io = madeIo({ cwd: folder });
    return {
      outcome: await runLeakAudit({ options: { api: api?.url, format: 'json', ...options }, args: [] }, io),
      io,
    };
  };
  expect((await run({ crate: ['one'], since: '2026-04-01' })).outcome).toEqual({ kind: 'clean' });
  const some = await run({ crate: ['one'], since: '2026-03-05' });
  expect(some.outcome).toEqual({ kind: 'blocked' });
  expect(JSON.parse(some.io.printed.stdout)).toMatchObject({
    events: [{ crate: 'one' }],
    crates: [{ name: 'one', owners: [{ login: 'bob', kind: 'user' }], trustedPublishingOnly: false, unusual: [] }],
    errors: [],
  });
  expect((await run({ crate: ['absent'], since: '2026-03-05' })).outcome).toEqual({ kind: 'incomplete' });
});

test.each([
  [{ since: '2026-03-01' }],
  [{ since: '2026-03-01', user: 'bob', repository: 'https://github.com/bob/one' }],
  [{ user: 'bob' }],
  [{ user: apiToken('a'), since: '2026-03-01' }],
])('wrong usage %#', async (options) => {
  await expect(runLeakAudit({ options, args: [] }, madeIo({ cwd: folder }))).rejects.toMatchObject({ code: 'usage' });
});

describe('the repository at hand', () => {
  const env = { ...process.env, HOME: '', XDG_CONFIG_HOME: '', GIT_CONFIG_GLOBAL: '', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=dev', '-c', 'user.email=dev@example.com', ...args], {
      cwd: folder,
      env: { ...env, HOME: folder },
    });
  beforeEach(() => {
    mkdirSync(join(folder, 'src'));
    writeFileSync(
      join(folder, 'Cargo.toml'),
      '[package]\nname = "one"\nversion = "1.2.0"\nedition = "2021"\nlicense = "MIT"\ndescription = "d"\n',
    );
    writeFileSync(join(folder, 'src/lib.rs'), '');
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    git('tag', 'v1.2.0');
  });

  test('tells its crates and its tags', async () => {
    expect(await lookAround(join(folder, 'src'))).toEqual({
      crates: new Set(['one']),
      tags: new Set(['v1.2.0']),
      repositories: new Set(),
    });
  });

  test('the checksum that cargo makes here', async () => {
    const found = await packageChecksums(folder);
    execFileSync('cargo', ['package', '--no-verify', '--quiet', '--allow-dirty'], { cwd: folder, stdio: 'ignore' });
    const made = createHash('sha256')
      .update(readFileSync(join(folder, 'target/package/one-1.2.0.crate')))
      .digest('hex');
    expect([...found.keys()]).toEqual(['one 1.2.0']);
    expect(found.get('one 1.2.0')).toBe(made);
  });

  test('a dirty tree makes no package, and that is said', async () => {
    writeFileSync(join(folder, 'src/lib.rs'), '// changed\n');
    await expect(packageChecksums(folder)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
