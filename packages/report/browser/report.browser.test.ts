import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportHtml } from '@whitebox/report';
import type { Browser, Page } from 'playwright-core';
import { sampleRun, sideBySide } from '../src/sample-run.suite.js';
import { open, startChromium, violations } from './chromium.js';

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
});

const one = reportHtml(sampleRun(1));
const real = readFileSync(join(import.meta.dirname, '..', 'testdata', 'failed-run.html'), 'utf8');
const some = reportHtml(sampleRun(12));
const many = reportHtml(sampleRun(200));
const together = reportHtml(sideBySide(sampleRun(12)));

const openAll = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
const packedBodies = (page: Page): Promise<number> => page.locator('[data-packed]').count();

/** Also what is unpacked when its case is opened. */
async function openEverything(page: Page): Promise<void> {
  await openAll(page);
  await expect.poll(() => packedBodies(page)).toBe(0);
  await openAll(page);
}
/** What only a run of cases side by side has: a lane of claims, and of each case how long it waited. */
async function shownClaims(page: Page): Promise<void> {
  expect(await page.locator('rect.claim').count()).toBeGreaterThan(3);
  expect(await page.locator('details.case.failed[open] .turn').count()).toBeGreaterThan(0);
}
const shownCases = (page: Page): Promise<number> => page.locator('details.case:visible').count();

describe('the page in Chromium', () => {
  it.each([1, 30, 200])(
    'has its style and script, asks nobody for anything and complains of nothing (%i cases)',
    async (size) => {
      await using opened = await open(browser, reportHtml(sampleRun(size)));
      const { page } = opened;
      expect(await page.evaluate(() => getComputedStyle(document.querySelector('h1')!).fontSize)).toBe(
        '26px',
      );
      if (size > 1) expect(await page.locator('form.toolbar').isVisible()).toBe(true);
      expect(opened.requests).toEqual([]);
      expect(opened.messages).toEqual([]);
    },
  );

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('has nothing that axe objects to: %s, %i wide', async (colorScheme, width) => {
    {
      await using opened = await open(browser, some, { colorScheme, width });
      expect(await violations(opened.page)).toEqual([]);
    }
    for (const text of [one, real, together]) {
      await using opened = await open(browser, text, { colorScheme, width });
      if (text === together) await shownClaims(opened.page);
      await openEverything(opened.page);
      expect(await violations(opened.page)).toEqual([]);
    }
  });

  it('has nothing that axe objects to on paper', async () => {
    for (const [text, colorScheme] of [
      [real, 'light'],
      [together, 'dark'],
    ] as const) {
      await using opened = await open(browser, text, { colorScheme });
      await openEverything(opened.page);
      await opened.page.emulateMedia({ media: 'print', colorScheme });
      expect(await violations(opened.page)).toEqual([]);
    }
  });

  it('is walked through with Tab alone, and what has the focus is seen', async () => {
    await using opened = await open(browser, together);
    const { page } = opened;
    const seen = new Set<string>();
    for (let press = 0; press < 400; press += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const { activeElement: active } = document;
        if (active === null || active === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(active);
        const { width, height } = active.getBoundingClientRect();
        return {
          name: active.closest('details.case > summary')?.parentElement?.id ?? active.tagName,
          seen: outlineStyle !== 'none' && outlineWidth !== '0px' && width > 0 && height > 0,
          text: active.outerHTML.slice(0, 120),
        };
      });
      if (at === undefined) break;
      expect(at, at.text).toMatchObject({ seen: true });
      seen.add(at.name);
    }
    const cases = await page.locator('details.case').evaluateAll((all) => all.map(({ id }) => id));
    expect(cases.filter((id) => !seen.has(id))).toEqual([]);
    expect([...seen]).toEqual(expect.arrayContaining(['A', 'INPUT', 'BUTTON']));
  });

  it.each([320, 390, 768, 1280, 1920])('never scrolls sideways as a whole: %i wide', async (width) => {
    for (const text of [one, many, real, together]) {
      await using opened = await open(browser, text, { width });
      if (text !== many) await openEverything(opened.page);
      expect(await opened.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
    }
  });

  it('notices what axe is for: a grey that is too light, a picture without a name', async () => {
    await using opened = await open(browser, some);
    await opened.page.evaluate(() => {
      document.querySelector('h1')!.style.color = '#ccc';
      document.querySelector('.icon')!.removeAttribute('aria-label');
    });
    const found = await violations(opened.page);
    expect(found.map((line) => line.split(':')[0])).toEqual(['color-contrast', 'svg-img-alt']);
  });

  it('is dark where the reader wants it dark', async () => {
    const ground = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      await using opened = await open(browser, one, { colorScheme });
      return await opened.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    };
    expect([await ground('light'), await ground('dark')]).toEqual(['rgb(246, 247, 248)', 'rgb(20, 23, 27)']);
  });

  it('finds cases by their words and by their verdict', async () => {
    await using opened = await open(browser, many);
    const { page } = opened;
    await page.keyboard.press('/');
    await page.keyboard.type('Migration ABORTED');
    expect(await shownCases(page)).toBe(await page.locator('details.case', { hasText: 'aborted' }).count());
    expect(await shownCases(page)).toBeGreaterThan(0);
    expect(await page.locator('.subject:visible').count()).toBe(1);
    await page.keyboard.type(' nothing like it');
    expect(await shownCases(page)).toBe(0);
    expect(await page.getByText('No case matches.').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await shownCases(page)).toBe(200);
    await page.getByRole('checkbox', { name: 'passed' }).uncheck();
    await page.getByRole('checkbox', { name: 'skipped' }).uncheck();
    expect(await shownCases(page)).toBe(await page.locator('details.case.failed').count());
  });

  it('is read with the keyboard: next, previous, open', async () => {
    await using opened = await open(browser, some);
    const { page } = opened;
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => document.activeElement?.closest('details.case')?.id);
    await page.keyboard.press('j');
    const first = await focused();
    await page.keyboard.press('j');
    const second = await focused();
    expect(second).not.toBe(first);
    await page.keyboard.press('k');
    expect(await focused()).toBe(first);
    const isOpen = (): Promise<boolean> =>
      page.evaluate((id) => (document.getElementById(id ?? '') as HTMLDetailsElement).open, first);
    const before = await isOpen();
    await page.keyboard.press('Enter');
    expect(await isOpen()).toBe(!before);
  });

  it('opens the case that a link leads to', async () => {
    await using opened = await open(browser, many, { hash: 'case-150' });
    const target = opened.page.locator('#case-150');
    expect(await target.getAttribute('open')).not.toBeNull();
    await expect.poll(() => target.evaluate((node) => node.getBoundingClientRect().top)).toBeLessThan(200);
    await opened.page.locator('.failed-list a').first().click();
    const id = (await opened.page.locator('.failed-list a').first().getAttribute('href'))?.slice(1) ?? '';
    expect(await opened.page.locator(`#${id}`).getAttribute('open')).not.toBeNull();
  });

  it('unpacks what was done behind the steps of a case when it is opened, and that alone', async () => {
    await using opened = await open(browser, some);
    const { page } = opened;
    const all = await packedBodies(page);
    expect(all).toBeGreaterThan(3);
    const first = page.locator('details.case:not([open]):has([data-packed])').first();
    const id = (await first.getAttribute('id')) ?? '';
    const body = page.locator(`#${id} > .body`);
    await expect.poll(() => body.locator('svg.host-picture').count()).toBe(0);
    await page.locator(`#${id} > summary`).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => body.locator('svg.host-picture').count()).toBeGreaterThan(0);
    expect(await body.locator('table.activities').count()).toBeGreaterThan(0);
    expect(await body.getAttribute('aria-busy')).toBeNull();
    expect(await packedBodies(page)).toBe(all - 1);
    expect(opened.messages).toEqual([]);
  });

  it('keeps words of one line in one line in the table behind a step', async () => {
    await using opened = await open(browser, one);
    await openEverything(opened.page);
    const heights = await opened.page.evaluate(() =>
      [...document.querySelectorAll('table.activities tbody tr td:nth-child(2)')].map((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return [cell.textContent, range.getClientRects().length];
      }),
    );
    expect(heights.map(([text]) => text)).toContain('command');
    expect(heights.filter(([, lines]) => lines !== 1)).toEqual([]);
  });

  it('can be read without its script', async () => {
    await using opened = await open(browser, some.replace(/<script>[^]*<\/script>/, ''));
    expect(await shownCases(opened.page)).toBe(12);
    await opened.page.locator('details.case.passed summary').first().click();
    expect(await opened.page.locator('details.case.passed .steps').first().isVisible()).toBe(true);
  });

  it('prints: dark letters on white, without its tools', async () => {
    await using opened = await open(browser, some, { colorScheme: 'dark' });
    await opened.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await opened.page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(27, 32, 38)');
    expect(await opened.page.locator('form.toolbar').isVisible()).toBe(false);
    expect((await opened.page.pdf()).length).toBeGreaterThan(10_000);
  });
});
