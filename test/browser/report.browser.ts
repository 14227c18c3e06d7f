import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { description, row, rowsTo, writeRun } from '../web/run-fixture.js';
import { chartTexts, newPage, overflow, shoot, startBrowser } from './browser.js';

let browser: Browser;
let folder: string;
let report: string;
let comparison: string;
beforeAll(async () => {
  browser = await startBrowser();
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-browser-'));
  const first = writeRun(join(folder, '00001-dense'), rowsTo(12));
  mkdirSync(join(first, 'evaluation'));
  const evaluation = { trainOnSynthetic: { accuracy: 0.9512 }, note: '</script><img src=x>' };
  writeFileSync(join(first, 'evaluation', 'evaluation.json'), JSON.stringify(evaluation));
  const collapsed = rowsTo(12).map(({ epoch }) =>
    row(epoch, { diversity: 0.05, discriminatorLoss: 0.33, generatorLoss: 7 }),
  );
  const second = writeRun(
    join(folder, '00002-dense'),
    collapsed,
    description({ learningRate: 0.02 }),
  );
  report = join(first, 'report.html');
  run('report', first);
  run('report', second);
  comparison = join(folder, 'compare', 'compare.html');
  run('compare', first, second, '--out', join(folder, 'compare'));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

function run(...words: string[]): void {
  execFileSync(process.execPath, ['bin/gan-mnist.js', ...words]);
}

const address = (path: string): string => pathToFileURL(path).href;

describe('report.html', () => {
  it('shows values under the pointer, and asks for nothing', async () => {
    const { page, requests, complaints } = await newPage(browser);
    await page.goto(address(report));
    await page.locator('#losses').scrollIntoViewIfNeeded();
    const box = (await page.locator('#losses').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page
      .getByText(/generator/)
      .last()
      .waitFor();
    const tip = await page.locator('#losses > div').last().innerText();
    expect(tip).toMatch(/epoch \d+\s*discriminator\s*\d\.\d{4}\s*generator\s*\d\.\d{4}/);
    await shoot(page, 'report-hover', false);
    await page.mouse.move(0, 0);
    await shoot(page, 'report');
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address(report)]);
  });

  it('zooms by the wheel with Ctrl and by the strip', async () => {
    const { page, complaints } = await newPage(browser);
    await page.goto(address(report));
    await page.locator('#losses').scrollIntoViewIfNeeded();
    const before = await chartTexts(page, 'losses');
    let box = (await page.locator('#losses').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
    await page.keyboard.down('Control');
    for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await expect.poll(() => chartTexts(page, 'losses')).not.toEqual(before);
    await shoot(page, 'report-zoom', false);
    await page.reload();
    await page.locator('#losses').evaluate((chart) => chart.scrollIntoView());
    box = (await page.locator('#losses').boundingBox())!;
    // The left end of the strip.
    await page.mouse.move(box.x + 64, box.y + box.height - 26);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 26, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => chartTexts(page, 'losses')).not.toEqual(before);
    expect(complaints).toEqual([]);
  });

  it('slides and plays through the epochs', async () => {
    const { page, complaints } = await newPage(browser);
    await page.goto(address(report));
    const image = page.locator('#evolution img');
    expect(await image.getAttribute('alt')).toBe('samples of epoch 12');
    await page.locator('#evolution input').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await image.getAttribute('alt')).toBe('samples of epoch 11');
    await page.keyboard.press('Home');
    expect(await page.locator('#evolution output').innerText()).toBe('epoch 1');
    await shoot(page, 'report-slider', false);
    await page.locator('#evolution button').click();
    await expect.poll(() => image.getAttribute('alt'), { timeout: 10_000 }).toContain('12');
    expect(await page.locator('#evolution button').innerText()).toBe('Play');
    expect(complaints).toEqual([]);
  });

  it('is dark where the system is, chart and all, and changes with it', async () => {
    const { page, complaints } = await newPage(browser, { dark: true });
    await page.goto(address(report));
    const chart = page.locator('#losses svg > rect').first();
    expect(await chart.getAttribute('fill')).toBe('#16181b');
    await shoot(page, 'report-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => chart.getAttribute('fill')).toBe('#ffffff');
    expect(complaints).toEqual([]);
  });

  it('fits a window of 400 pixels', async () => {
    const { page, complaints } = await newPage(browser, { width: 400, height: 800 });
    await page.goto(address(report));
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await shoot(page, 'report-400');
    expect(complaints).toEqual([]);
  });

  it('shows what a file of the run says as text, never as HTML', async () => {
    const { page } = await newPage(browser);
    await page.goto(address(report));
    expect(await page.getByText('</script><img src=x>').count()).toBe(1);
    expect(await page.locator('img[src=x]').count()).toBe(0);
  });

  it('carries a run of a thousand epochs', async () => {
    const long = writeRun(join(folder, '01000-dense'), rowsTo(1000), description({ epochs: 1000 }));
    run('report', long);
    const { page, complaints } = await newPage(browser);
    const startedAt = performance.now();
    await page.goto(address(join(long, 'report.html')));
    await page.locator('#losses svg').waitFor();
    const milliseconds = Math.round(performance.now() - startedAt);
    const { size } = statSync(join(long, 'report.html'));
    const load = await page.evaluate(() => performance.getEntriesByType('navigation')[0].duration);
    console.log(
      `a thousand epochs: ${size} bytes, loaded in ${Math.round(load)} ms, ${milliseconds} ms with the driver`,
    );
    expect(size).toBeLessThan(8_000_000);
    expect(await page.locator('#evolution input').getAttribute('max')).toBe('99');
    await shoot(page, 'report-1000');
    expect(complaints).toEqual([]);
  });
});

describe('compare.html', () => {
  for (const [name, options] of Object.entries({
    compare: {},
    'compare-dark': { dark: true },
    'compare-400': { width: 400 },
  })) {
    it(`shows both runs (${name})`, async () => {
      const { page, requests, complaints } = await newPage(browser, options);
      await page.goto(address(comparison));
      expect(await chartTexts(page, 'generator')).toContain('00002-dense');
      expect(await page.locator('td').allInnerTexts()).toEqual(['0.0002', '0.02']);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      await shoot(page, name);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address(comparison)]);
    });
  }
});
