import fc from 'fast-check';
import { GuardError } from '../../../src/base/error';
import type { PublishedVersion } from '../../../src/crates-io/registry';
import { byTime, eventsOf, type AuditEvent } from '../../../src/leak/audit/events';
import { auditJson, auditText } from '../../../src/leak/audit/print';
import { describeAnomaly, judged, type Expected, type LocalRepository } from '../../../src/leak/audit/anomalies';
import { repositoryKey } from '../../../src/leak/audit/local-repository';
import { parseWindow } from '../../../src/leak/audit/window';

function version(number: string, createdAt: string, more: Partial<PublishedVersion> = {}): PublishedVersion {
  const publishedBy = more.publishedBy === undefined ? 'bob' : more.publishedBy;
  return {
    crate: 'one',
    version: number,
    createdAt,
    publishedBy,
    actions: publishedBy === null ? [] : [{ action: 'publish', by: publishedBy, at: createdAt }],
    checksum: 'ab'.repeat(32),
    yanked: false,
    trustedPublishing: null,
    ...more,
  };
}

const trusted = { provider: 'github', repository: 'bob/one', run: '1', commit: 'abc' };
const nothing: LocalRepository = {
  crates: new Set(),
  tags: new Set(),
  repositories: new Set(),
  checksums: new Map(),
};

const always = parseWindow('1970-01-01', undefined);

function judge(versions: readonly PublishedVersion[], expected: Partial<Expected> = {}) {
  return judged(byTime(versions.flatMap(eventsOf)), {
    window: always,
    publishers: null,
    repositories: null,
    local: nothing,
    ...expected,
  });
}

describe('the window', () => {
  test.each([
    ['2026-03-01', '2026-03-01', '2026-03-01T00:00:00Z', '2026-03-01T23:59:59.999Z'],
    ['2026-03-01T10:00Z', '2026-03-01T10:00:00.5Z', '2026-03-01T10:00:00Z', '2026-03-01T10:00:00.500Z'],
    ['2026-03-01 10:00:00', '2026-03-02', '2026-03-01T10:00:00Z', '2026-03-02T23:59:59.999Z'],
    ['2026-03-01T10:00:00+02:00', '2026-03-01T10:00:00-02:00', '2026-03-01T08:00:00Z', '2026-03-01T12:00:00Z'],
    ['2024-02-29', '2024-02-29t10:00:00z', '2024-02-29T00:00:00Z', '2024-02-29T10:00:00Z'],
  ])('%s to %s', (since, until, first, last) => {
    expect(parseWindow(since, until)).toEqual({ since: Date.parse(first), until: Date.parse(last) });
  });

  test('has no end unless told', () => {
    expect(parseWindow('2026-03-01', undefined).until).toBe(Infinity);
  });

  test.each([
    [undefined, undefined],
    ['yesterdayish', undefined],
    ['2026-02-30', undefined],
    ['2026-13-01', undefined],
    ['2026-3-1', undefined],
    ['2026', undefined],
    ['2026-03-01T25:00Z', undefined],
    ['1772323200', undefined],
    ['', undefined],
    ['2026-03-02', '2026-03-01'],
    ['2026-03-01', '2026-02-31'],
  ])('%s to %s is wrong usage', (since, until) => {
    expect(() => parseWindow(since, until)).toThrow(GuardError);
  });

  test('both ends belong to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (time) => {
        const at = new Date(time).toISOString();
        expect(judge([version('1.0.0', at)], { window: parseWindow(at, at) })).toHaveLength(1);
        expect(judge([version('1.0.0', at)], { window: parseWindow(at.slice(0, 10), at.slice(0, 10)) })).toHaveLength(
          1,
        );
      }),
    );
  });
});

describe('events', () => {
  test('a publish that crates.io did not record as an action is one all the same', () => {
    expect(eventsOf(version('0.1.0', '2016-01-01T00:00:00Z', { actions: [] }))).toMatchObject([
      { action: 'publish', by: 'bob', at: '2016-01-01T00:00:00Z' },
    ]);
  });

  test('Trusted Publishing names nobody, and a yank of it is not by Trusted Publishing', () => {
    const found = eventsOf(
      version('0.1.0', '2026-01-01T00:00:00Z', {
        publishedBy: null,
        trustedPublishing: trusted,
        actions: [{ action: 'yank', by: 'bob', at: '2026-01-02T00:00:00Z' }],
      }),
    );
    expect(found).toMatchObject([
      { action: 'publish', by: null, trustedPublishing: trusted },
      { action: 'yank', by: 'bob', trustedPublishing: null },
    ]);
  });

  test('oldest first, whatever zone they are written in', () => {
    const found = judge([version('2.0.0', '2026-01-01T01:00:00+02:00'), version('1.0.0', '2025-12-31T22:59:00Z')]);
    expect(found.map((event) => event.version)).toEqual(['1.0.0', '2.0.0']);
  });
});

describe('what is unusual', () => {
  const monthly = [1, 2, 3, 4, 5, 6].map((month) => version(`1.${month}.0`, `2026-0${month}-10T14:00:00Z`));
  const codes = (published: PublishedVersion, earlier: readonly PublishedVersion[] = monthly, local = nothing) =>
    judge([...earlier, published], { local })
      .filter((event) => event.version === published.version)
      .flatMap(({ anomalies }) => anomalies)
      .map(({ code }) => code);

  test.each<[string, PublishedVersion, readonly string[]]>([
    ['nothing, where it is as ever', version('1.7.0', '2026-07-10T15:00:00Z'), []],
    ['the hour', version('1.7.0', '2026-07-10T03:00:00Z'), ['unusual-hour']],
    ['a version right after another', version('1.6.1', '2026-06-10T14:20:00Z'), ['soon']],
    ['a version after years', version('1.7.0', '2029-07-10T15:00:00Z'), ['after-long-silence']],
    ['a new name', version('1.7.0', '2026-07-10T15:00:00Z', { publishedBy: 'eve' }), ['first-by-user']],
  ])('%s', (_name, published, expected) => {
    expect(codes(published)).toEqual(expected);
  });

  test('hours are on a clock: 23:00 is near 01:00', () => {
    const late = [1, 2, 3, 4, 5].map((month) => version(`1.${month}.0`, `2026-0${month}-10T23:00:00Z`));
    expect(codes(version('1.6.0', '2026-06-10T01:00:00Z'), late)).toEqual([]);
  });

  test('a few versions are no habit', () => {
    expect(codes(version('1.7.0', '2026-07-10T03:00:00Z'), monthly.slice(0, 4))).toEqual([]);
  });

  test('the first version of a crate is nobody’s second', () => {
    expect(codes(version('0.1.0', '2026-07-10T03:00:00Z'), [])).toEqual([]);
  });

  test('a key where Trusted Publishing was used before', () => {
    const before = [
      version('1.0.0', '2026-01-01T00:00:00Z'),
      version('1.1.0', '2026-02-01T00:00:00Z', { publishedBy: null, trustedPublishing: trusted }),
    ];
    expect(codes(version('1.2.0', '2026-03-01T00:00:00Z'), before)).toEqual(['key-instead-of-trusted-publishing']);
    expect(
      codes(version('1.2.0', '2026-03-01T00:00:00Z', { publishedBy: null, trustedPublishing: trusted }), before),
    ).toEqual([]);
  });

  test.each([
    [['v1.7.0'], []],
    [['1.7.0'], []],
    [['one-v1.7.0'], []],
    [['one@1.7.0'], []],
    [['v1.6.0', 'two-v1.7.0'], ['no-tag']],
    [[], []],
  ])('tags %j', (tags, expected) => {
    const local = { ...nothing, crates: new Set(['one']), tags: new Set(tags) };
    expect(codes(version('1.7.0', '2026-07-10T15:00:00Z'), monthly, local)).toEqual(expected);
  });

  test('another crate’s tags say nothing', () => {
    const local = { ...nothing, crates: new Set(['two']), tags: new Set(['v9']) };
    expect(codes(version('1.7.0', '2026-07-10T15:00:00Z'), monthly, local)).toEqual([]);
  });

  test('the checksum', () => {
    const compare = (checksum: string) =>
      codes(version('1.7.0', '2026-07-10T15:00:00Z'), monthly, {
        ...nothing,
        checksums: new Map([['one 1.7.0', checksum]]),
      });
    expect(compare('ab'.repeat(32))).toEqual([]);
    expect(compare('cd'.repeat(32))).toEqual(['checksum-differs']);
  });
});

describe('takeovers', () => {
  const day = (number: number) => `2026-03-0${number}T10:00:00Z`;
  const from = (repository: string, number: number) =>
    version(`0.${number}.0`, day(number), { publishedBy: null, trustedPublishing: { ...trusted, repository } });
  const flagged = (events: ReturnType<typeof judge>, code: string) =>
    events.filter(({ anomalies }) => anomalies.some((anomaly) => anomaly.code === code)).map((event) => event.version);

  test('Trusted Publishing from another repository than the remote', () => {
    const repositories = new Set(['github bob/one']);
    const found = judge([from('mallory/one', 1), from('Bob/One', 2), from('mallory/one', 3)], { repositories });
    expect(flagged(found, 'other-repository')).toEqual(['0.1.0', '0.3.0']);
  });

  test('the same name at another provider is another repository', () => {
    const one = version('0.1.0', day(1), {
      publishedBy: null,
      trustedPublishing: { ...trusted, provider: 'gitlab' },
    });
    expect(flagged(judge([one], { repositories: new Set(['github bob/one']) }), 'other-repository')).toEqual(['0.1.0']);
    expect(flagged(judge([one], { repositories: new Set(['* bob/one']) }), 'other-repository')).toEqual([]);
  });

  test('without a remote the versions before the window tell, and a stranger’s never vouches for the next', () => {
    const window = parseWindow('2026-03-03', undefined);
    const versions = [from('bob/old', 1), from('bob/one', 2), from('mallory/one', 3), from('mallory/one', 4)];
    expect(flagged(judge(versions, { window }), 'other-repository')).toEqual(['0.3.0', '0.4.0']);
  });

  test('with nothing to compare with, that is said', () => {
    const found = judge([version('0.1.0', day(1)), from('mallory/one', 2)]);
    expect(found.map(({ uncompared }) => uncompared)).toEqual([false, true]);
  });

  test('a stranger’s publish and a stranger’s yank', () => {
    const mallory = version('0.2.0', day(2), { publishedBy: 'mallory' });
    const yanked = version('0.1.0', day(1), {
      actions: [
        { action: 'publish', by: 'Bob', at: day(1) },
        { action: 'yank', by: 'mallory', at: day(3) },
      ],
    });
    const found = judge([yanked, mallory], { publishers: new Set(['bob']) });
    expect(flagged(found, 'other-publisher')).toEqual(['0.2.0', '0.1.0']);
    expect(found.at(-1)?.action).toBe('yank');
  });

  test.each([
    ['git@github.com:Alice/mine.git', 'github alice/mine'],
    ['https://github.com/alice/mine/', 'github alice/mine'],
    ['ssh://git@ssh.github.com:443/alice/mine.git', 'github alice/mine'],
    ['https://gitlab.com/group/sub/mine.git', 'gitlab group/sub/mine'],
    ['work:alice/mine', '* alice/mine'],
    ['../mine', null],
    ['', null],
  ])('a remote %s', (url, expected) => {
    expect(repositoryKey(url)).toBe(expected);
  });
});

describe('what is printed', () => {
  const event: AuditEvent = {
    crate: 'one',
    version: '1.0.0',
    action: 'publish',
    at: '2026-03-01T10:00:00Z',
    by: null,
    checksum: 'ab',
    yanked: true,
    trustedPublishing: trusted,
  };
  const found = {
    events: [{ ...event, anomalies: [{ code: 'no-tag' as const }], uncompared: false }],
    crates: [
      {
        name: 'one',
        owners: [
          { login: 'bob', kind: 'user' as const },
          { login: 'eve', kind: 'user' as const },
        ],
        trustedPublishingOnly: true,
        unusual: ['no-longer-owned' as const],
      },
    ],
    notChecked: [{ what: 'settings', why: 'hidden', where: 'https://crates.io/crates/one/settings' }],
    errors: [{ what: 'versions of two', reason: 'no answer' }],
  };
  const empty = { events: [], crates: [], notChecked: [], errors: [] };

  test('JSON', () => {
    const printed = JSON.parse(auditJson(found)) as Record<string, unknown>;
    expect(printed).toEqual({ ...found, events: [{ ...event, unusual: ['no-tag'], source: null }] });
    expect(Object.keys((printed['events'] as object[])[0] ?? {})).toEqual([...Object.keys(event), 'unusual', 'source']);
  });

  test('what is unusual and what is missing come before the table; owners and what to look at after it', () => {
    const text = auditText(found);
    const places = [
      'one: no longer yours; its owners are bob, eve',
      `one 1.0.0, publish: ${describeAnomaly({ code: 'no-tag' })}`,
      'versions of two: no answer',
      '!  2026-03-01 10:00:00  one',
      'one: bob, eve (Trusted Publishing only)',
      'https://crates.io/crates/one/settings',
    ].map((words) => text.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toMatch(/publish \(yanked now\) +Trusted Publishing from bob\/one/);
  });

  test('a line end in a name makes no row of its own', () => {
    const [row] = found.events;
    const events =
      row === undefined ? [] : [{ ...row, version: '1.0.0\nforged', by: 'e\r\nve', trustedPublishing: null }];
    expect(auditText({ ...found, events })).not.toMatch(/^(forged|ve)/m);
  });

  test('an empty list that is not whole does not say that nothing happened', () => {
    expect(auditText({ ...empty, errors: found.errors })).not.toContain('Nothing was published');
    expect(auditText(empty)).toContain('Nothing was published');
  });
});
