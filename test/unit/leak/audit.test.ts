import fc from 'fast-check';
import { GuardError } from '../../../src/base/error';
import type { PublishedVersion } from '../../../src/crates-io/registry';
import { eventsOf, eventsWithin, type AuditEvent } from '../../../src/leak/audit/events';
import { auditJson, auditText } from '../../../src/leak/audit/print';
import { describeOddity, odditiesOf, type AtHand } from '../../../src/leak/audit/unusual';
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

const trusted = { provider: 'github', repository: 'bob/one', run_id: '1', sha: 'abc' };
const nothing: AtHand = { crates: new Set(), tags: new Set(), checksums: new Map() };

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
        expect(eventsWithin([version('1.0.0', at)], parseWindow(at, at))).toHaveLength(1);
        expect(eventsWithin([version('1.0.0', at)], parseWindow(at.slice(0, 10), at.slice(0, 10)))).toHaveLength(1);
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
    const found = eventsWithin(
      [version('2.0.0', '2026-01-01T01:00:00+02:00'), version('1.0.0', '2025-12-31T22:59:00Z')],
      parseWindow('2025-01-01', undefined),
    );
    expect(found.map((event) => event.version)).toEqual(['1.0.0', '2.0.0']);
  });
});

describe('what is unusual', () => {
  const monthly = [1, 2, 3, 4, 5, 6].map((month) => version(`1.${month}.0`, `2026-0${month}-10T14:00:00Z`));
  const codes = (published: PublishedVersion, earlier: readonly PublishedVersion[] = monthly, atHand = nothing) =>
    eventsOf(published)
      .flatMap((event) => odditiesOf(event, [...earlier, published], atHand))
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
    const atHand = { ...nothing, crates: new Set(['one']), tags: new Set(tags) };
    expect(codes(version('1.7.0', '2026-07-10T15:00:00Z'), monthly, atHand)).toEqual(expected);
  });

  test('another crate’s tags say nothing', () => {
    const atHand = { ...nothing, crates: new Set(['two']), tags: new Set(['v9']) };
    expect(codes(version('1.7.0', '2026-07-10T15:00:00Z'), monthly, atHand)).toEqual([]);
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
    events: [{ ...event, oddities: [{ code: 'no-tag' as const }] }],
    owners: new Map([['one', ['bob', 'eve']]]),
    errors: ['versions of two: no answer'],
  };

  test('JSON has the contract’s events', () => {
    const printed = JSON.parse(auditJson(found)) as { events: Record<string, unknown>[] };
    expect(printed.events).toEqual([event]);
    expect(Object.keys(printed.events[0] ?? {})).toEqual([
      'crate',
      'version',
      'action',
      'at',
      'by',
      'checksum',
      'yanked',
      'trustedPublishing',
    ]);
  });

  test('the table has the mark, its reason, the owners and what is missing', () => {
    const text = auditText(found);
    expect(text).toMatch(
      /^! +2026-03-01 10:00:00 +one +1\.0\.0 +publish \(yanked now\) +Trusted Publishing from bob\/one/m,
    );
    expect(text).toContain(`one 1.0.0: ${describeOddity({ code: 'no-tag' })}`);
    expect(text).toContain('one: bob, eve');
    expect(text).toContain('NOT READ');
  });

  test('a line end in a name makes no row of its own', () => {
    const [row] = found.events;
    const events =
      row === undefined ? [] : [{ ...row, version: '1.0.0\nforged', by: 'e\r\nve', trustedPublishing: null }];
    expect(auditText({ ...found, events })).not.toMatch(/^(forged|ve)/m);
  });

  test('an empty list that is not whole does not say that nothing happened', () => {
    expect(auditText({ events: [], owners: new Map(), errors: ['x'] })).not.toContain('Nothing was published');
    expect(auditText({ events: [], owners: new Map(), errors: [] })).toContain('Nothing was published');
  });
});
