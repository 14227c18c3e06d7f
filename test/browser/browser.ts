import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where screenshots go, to be looked at. */
const SHOTS = process.env['SCREENSHOTS'] ?? join('outputs', 'screenshots');

/** Starts the Chromium of CHROMIUM, or the one in PATH; it looks for nothing over the network by itself. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? installed(),
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      '--disable-sync',
    ],
  });
}

function installed(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  for (const name of names) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // The next one.
    }
  }
  throw new Error(`found none of ${names.join(', ')}: name a Chromium in CHROMIUM (.ci/chromium)`);
}

/** A page, and what it asked for and complained of. */
export interface Watched {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

export async function newPage(
  browser: Browser,
  { width = 1280, height = 900, dark = false, scripts = true } = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: scripts,
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, requests, complaints };
}

export async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage });
}

/** Pixels by which a page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** What axe-core finds wrong, each with the first element that has it. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  });
  return found;
}

/** Words in charts that lie upon one another, or are cut off by the chart's edge. */
export const textsInTheWay = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    for (const svg of document.querySelectorAll('.plot svg')) {
      const edge = svg.getBoundingClientRect();
      if (edge.width === 0) continue;
      const texts = [...svg.querySelectorAll('text')].map((text) => ({
        text: text.textContent,
        box: text.getBoundingClientRect(),
      }));
      texts.forEach(({ text, box }, k) => {
        if (box.left < edge.left - 1 || box.right > edge.right + 1) found.push(`"${text}" cut off`);
        if (box.top < edge.top - 1 || box.bottom > edge.bottom + 1) found.push(`"${text}" cut off`);
        for (const other of texts.slice(k + 1)) {
          const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          // Boxes hold room above and below the letters.
          if (across > 1 && down > 4) found.push(`"${text}" upon "${other.text}"`);
        }
      });
    }
    return found;
  });

export const WIDTHS = [390, 768, 1280] as const;

/** Opens a page at all widths, light and dark: it must fit, complain of nothing, and have nothing that axe-core finds wrong. */
export async function checkEverywhere(
  browser: Browser,
  name: string,
  open: (page: Page) => Promise<void>,
): Promise<{ requests: string[]; found: string[] }> {
  const requests: string[] = [];
  const found: string[] = [];
  for (const width of WIDTHS)
    for (const dark of [false, true]) {
      const where = `${name}-${width}-${dark ? 'dark' : 'light'}`;
      const watched = await newPage(browser, { width, dark });
      const { page, complaints } = watched;
      await open(page);
      const wider = await overflow(page);
      if (wider > 0) found.push(`${where}: ${wider} pixels too wide`);
      found.push(...complaints.map((text) => `${where}: ${text}`));
      found.push(...(await violations(page)).map((text) => `${where}: ${text}`));
      found.push(...(await textsInTheWay(page)).map((text) => `${where}: ${text}`));
      requests.push(...watched.requests);
      await shoot(page, where);
      await page.context().close();
    }
  return { requests, found };
}
