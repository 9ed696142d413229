import { createHash } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { html } from '../../../src/report/html';
import type { Report } from '../../../src/scan/report';
import { finding, fingerprint, HOSTILE, hostileReport, manyFindings, options, report } from '../../support/reports';

const written = (of: Report): string => [...html(of, options)].join('');

describe('as text', () => {
  test('it loads nothing, and its policy names what is in it by hash', () => {
    const page = written(manyFindings(20));
    expect(page).not.toMatch(/\b(?:src|action|srcset|data|poster)=/);
    expect(page.match(/<(?:link|img|iframe|object|embed|base)\b/g)).toBeNull();
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    for (const element of ['style', 'script']) {
      const text = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page)?.[1] ?? '';
      const hash = createHash('sha256').update(text).digest('base64');
      expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
    }
    // a style attribute or an event attribute would need a hole in the policy
    expect(page).not.toMatch(/\s(?:style|on\w+)=/);
  });

  test.each(HOSTILE.map((each) => [each]))('hostile text %j is text', (hostile) => {
    const page = written(hostileReport(hostile));
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img|<!--/);
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(page)).toBe(false);
  });
});

const browserPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && isExecutable(path));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// without Chromium (CHROMIUM names it) these show as skipped
(browserPath === undefined ? describe.skip : describe)('in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let address: string;
  let complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cratesguard-html-'));
    address = pathToFileURL(join(folder, 'report.html')).href;
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== address) complaints.push(request.url());
    });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(of: Report): Promise<void> {
    complaints = [];
    writeFileSync(join(folder, 'report.html'), written(of));
    await page.goto(address);
  }

  test.each([
    ['empty', report([])],
    ['one', report([finding()])],
    ['many', manyFindings(500)],
  ] as const)('%s: no error, no request, nothing cut off, wide and narrow', async (_, of) => {
    await open(of);
    expect(await page.locator('.place').count()).toBe(of.findings.length);
    for (const width of [360, 1200]) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBe(0);
    }
    expect(complaints).toEqual([]);
  });

  test('search and filter leave what matches, and say how much', async () => {
    const of = manyFindings(100);
    await open(of);
    const shown = page.locator('.place:not([hidden])');
    const message = page.locator('#shown');
    const search = page.getByRole('searchbox', { name: /^Search/ });
    expect(await shown.count()).toBe(100);
    await search.fill('part-7 file_7.rs');
    expect(await shown.count()).toBe(1);
    expect(await message.textContent()).toBe('Showing 1 of 40 secrets, at 1 place.');
    await search.fill(fingerprint(3).slice(0, 20));
    expect(await message.textContent()).toBe('Showing 1 of 40 secrets, at 2 places.');
    await search.fill('nothing like it');
    expect(await message.textContent()).toBe('Nothing matches.');
    await search.fill('');
    await page.getByRole('checkbox', { name: /^blocked/ }).uncheck();
    expect(await shown.count()).toBe(of.summary.warned + of.summary.allowed);
    await page.getByRole('combobox', { name: 'Rule' }).selectOption('crates-io-api-token');
    expect(await shown.count()).toBe(of.summary.warned + of.summary.allowed);
    await page.getByRole('button', { name: 'Open all' }).click();
    expect(await page.locator('details.secret:not([hidden]):not([open])').count()).toBe(0);
    expect(await page.getByRole('group', { name: 'Status' }).getByRole('checkbox').count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  test('a secret opens with the keyboard, and all of them on paper', async () => {
    await open(manyFindings(100));
    const opened = page.locator('details.secret[open]');
    expect(await opened.count()).toBe(0);
    await page.locator('details.secret summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await opened.count()).toBe(1);
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('details.secret:not([open])').count()).toBe(0);
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    expect(await opened.count()).toBe(1);
  });

  test('hostile names and messages stay text', async () => {
    const all = HOSTILE.map((text) => hostileReport(text));
    await open({
      ...hostileReport(HOSTILE.join(' ')),
      findings: all.flatMap(({ findings }) => findings),
      skipped: all.flatMap(({ skipped }) => skipped),
      errors: all.flatMap(({ errors }) => errors),
      commits: Object.assign({}, ...all.map(({ commits }) => commits)) as NonNullable<Report['commits']>,
    });
    expect(await page.locator('.place').count()).toBe(4 * HOSTILE.length);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
