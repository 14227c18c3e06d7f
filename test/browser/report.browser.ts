import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GRID_FILES, sampleFile } from '../../src/runs/run-folder.js';
import { description, row, rowsTo, writeDigitRuns, writeRun } from '../web/run-fixture.js';
import { checkEverywhere, newPage, shoot, startBrowser } from './browser.js';

const HOSTILE = '</script><img src=x onerror=alert(1)>';

let browser: Browser;
let folder: string;
let report: string;
let collapsed: string;
let sweep: string;
let comparison: string;
beforeAll(async () => {
  browser = await startBrowser();
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-browser-'));
  const rows = rowsTo(12).map(({ epoch }) =>
    row(epoch, {
      recognised: 0.9 + epoch / 200,
      coverage: 0.5 + epoch / 40,
      rarest: 0.09,
      mostFrequent: 0.12,
      frechet: 40 / epoch,
    }),
  );
  const first = writeRun(join(folder, '00001-dense'), rows);
  for (const file of Object.values(GRID_FILES))
    copyFileSync(join(first, sampleFile(12)), join(first, file));
  mkdirSync(join(first, 'evaluation'));
  const evaluation = { trainOnSynthetic: { accuracy: 0.9512 }, note: HOSTILE };
  writeFileSync(join(first, 'evaluation', 'evaluation.json'), JSON.stringify(evaluation));
  // It ends earlier, low in its charts.
  const flat = rowsTo(5).map(({ epoch }) =>
    row(epoch, { diversity: 0.05, discriminatorLoss: 0.33, generatorLoss: 7 }),
  );
  const second = writeRun(join(folder, '00002-dense'), flat, description({ learningRate: 0.02 }));
  const third = writeDigitRuns(join(folder, '00003-conv-digits'), { 0: 3, 4: 2, 7: 3 });
  report = join(first, 'report.html');
  collapsed = join(second, 'report.html');
  sweep = join(third, 'report.html');
  for (const run of [second, third, first]) cli('report', run);
  comparison = join(folder, 'compare', 'compare.html');
  cli('compare', first, second, '--out', join(folder, 'compare'));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

function cli(...words: string[]): void {
  execFileSync(process.execPath, ['bin/gan-mnist.js', ...words]);
}

const address = (path: string): string => pathToFileURL(path).href;

const opened = async (page: Page, path: string): Promise<void> => {
  await page.goto(address(path));
  await page.locator('.live svg').first().waitFor();
};

describe('every page', () => {
  it.each([
    ['report', () => report],
    ['collapsed', () => collapsed],
    ['sweep', () => sweep],
    ['compare', () => comparison],
  ])(
    'fits all windows, light and dark, is accessible, and asks for nothing (%s)',
    async (name, path) => {
      const { requests, found } = await checkEverywhere(browser, name, (page) =>
        opened(page, path()),
      );
      expect(found).toEqual([]);
      expect([...new Set(requests.filter((url) => !url.startsWith('data:')))]).toEqual([
        address(path()),
      ]);
    },
  );

  it.each([
    ['report', () => report],
    ['sweep', () => sweep],
    ['compare', () => comparison],
  ])('has pictures and no dead controls without JavaScript (%s)', async (name, path) => {
    const { page } = await newPage(browser, { scripts: false });
    await page.goto(address(path()));
    for (const control of await page.locator('button, input').all())
      expect(await control.isVisible()).toBe(false);
    const plots = await page.locator('.plot').all();
    expect(plots.length).toBeGreaterThan(1);
    for (const plot of plots)
      expect((await plot.locator('svg').boundingBox())!.height).toBeGreaterThan(100);
    for (const image of await page.locator('img').all())
      expect((await image.boundingBox())!.width).toBeGreaterThan(100);
    await shoot(page, `${name}-without-scripts`);
  });

  it('prints black on white from a dark screen, its charts as pictures', async () => {
    const { page } = await newPage(browser, { dark: true, width: 800 });
    await opened(page, report);
    const colorOf = (selector: string, property: string): Promise<string> =>
      page
        .locator(selector)
        .first()
        .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    expect(await colorOf('body', 'background-color')).toBe('rgb(21, 23, 27)');
    await page.emulateMedia({ media: 'print' });
    expect(await colorOf('body', 'background-color')).toBe('rgb(255, 255, 255)');
    expect(await colorOf('h1', 'color')).toBe('rgb(29, 31, 35)');
    expect(await colorOf('.plot > svg path[stroke]', 'stroke')).toBe('rgb(226, 228, 232)');
    expect(await page.locator('.live').first().isVisible()).toBe(false);
    expect(await page.locator('.plot > svg').first().isVisible()).toBe(true);
    expect(await page.locator('button:visible, input:visible').count()).toBe(0);
    await shoot(page, 'report-print');
  });
});

describe('report.html', () => {
  const chart = '#chart-losses';
  /** The middle of a chart, and a point above one of its ends. */
  async function plotOf(page: Page): Promise<{ x: number; y: number; width: number }> {
    await page.locator(chart).scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await page.locator(`${chart} .live`).boundingBox())!;
    return { x, y: y + height / 2, width };
  }

  it('shows values under the pointer', async () => {
    const { page } = await newPage(browser);
    await opened(page, report);
    const { x, y, width } = await plotOf(page);
    await page.mouse.move(x + width / 2, y);
    const tip = page.locator(`${chart} .live > div`).last();
    await expect
      .poll(() => tip.innerText())
      .toMatch(
        /epoch \d+\s*(discriminator|generator)\s*\d\.\d{4}\s*(discriminator|generator)\s*\d\.\d{4}/,
      );
  });

  it('moves the slider by a click into a curve, and the line in the curves by the slider', async () => {
    const { page, complaints } = await newPage(browser);
    await opened(page, report);
    const samples = page.locator('#samples');
    const image = samples.locator('img');
    const lineAt = async (): Promise<string> => page.locator(`${chart} .live svg`).innerHTML();
    expect(await image.getAttribute('alt')).toBe('64 samples of epoch 12');
    const before = await lineAt();
    await samples.locator('input').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await image.getAttribute('alt')).toBe('64 samples of epoch 11');
    expect(await lineAt()).not.toBe(before);
    await page.keyboard.press('Home');
    expect(await samples.locator('output').innerText()).toBe('epoch 1');
    expect(await samples.locator('input').getAttribute('aria-valuetext')).toBe('epoch 1');
    const { x, y, width } = await plotOf(page);
    await page.mouse.click(x + width / 2, y);
    const shown = Number((await samples.locator('output').innerText()).replace('epoch ', ''));
    expect(shown).toBeGreaterThan(3);
    expect(shown).toBeLessThan(10);
    expect(await image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(233);
    expect(complaints).toEqual([]);
  });

  it('plays through the epochs', async () => {
    const { page } = await newPage(browser);
    await opened(page, report);
    const button = page.locator('#samples button');
    await button.click();
    expect(await button.innerText()).toBe('Stop');
    await expect.poll(() => button.innerText(), { timeout: 10_000 }).toBe('Play');
    expect(await page.locator('#samples output').innerText()).toBe('epoch 12');
  });

  it('walks through z by the slider and by pointing', async () => {
    const { page } = await newPage(browser);
    await opened(page, report);
    const walk = page.locator('.walk');
    const pixels = (): Promise<string> =>
      walk.locator('canvas').evaluate((one: HTMLCanvasElement) => one.toDataURL());
    await walk.scrollIntoViewIfNeeded();
    const first = await pixels();
    await walk.locator('input').focus();
    await page.keyboard.press('End');
    const last = await pixels();
    expect(last).not.toBe(first);
    const { x, y } = (await walk.locator('img').boundingBox())!;
    await page.mouse.move(x + 10, y + 10);
    expect(await pixels()).toBe(first);
    expect(await walk.locator('input').inputValue()).toBe('0');
  });

  it('zooms by the wheel with Ctrl', async () => {
    const { page } = await newPage(browser);
    await opened(page, report);
    const texts = (): Promise<string[]> => page.locator(`${chart} .live text`).allTextContents();
    const before = await texts();
    const { x, y, width } = await plotOf(page);
    await page.mouse.move(x + width / 2, y);
    await page.keyboard.down('Control');
    for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await expect.poll(texts).not.toEqual(before);
  });

  it('has the colours of the system, charts and all, and changes with it', async () => {
    const { page } = await newPage(browser, { dark: true });
    await opened(page, report);
    const line = page.locator(`${chart} .live path[stroke="var(--line-1)"]`).first();
    const color = (): Promise<string> => line.evaluate((path) => getComputedStyle(path).stroke);
    expect(await color()).toBe('rgb(90, 180, 240)');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await color()).toBe('rgb(0, 103, 165)');
  });

  it('shows what a file of the run says as text, never as HTML', async () => {
    const { page } = await newPage(browser);
    await opened(page, report);
    expect(await page.getByText(HOSTILE).count()).toBe(1);
    expect(await page.locator('img[src=x]').count()).toBe(0);
  });

  it('carries a run of a thousand epochs', { timeout: 180_000 }, async () => {
    const long = writeRun(join(folder, '01000-dense'), rowsTo(1000), description({ epochs: 1000 }));
    cli('report', long);
    const { page, complaints } = await newPage(browser);
    await opened(page, join(long, 'report.html'));
    const { size } = statSync(join(long, 'report.html'));
    const load = await page.evaluate(() => performance.getEntriesByType('navigation')[0].duration);
    console.log(`a thousand epochs: ${size} bytes, loaded in ${Math.round(load)} ms`);
    expect(size).toBeLessThan(8_000_000);
    expect(await page.locator('#samples input').getAttribute('max')).toBe('99');
    expect(complaints).toEqual([]);
  });
});
