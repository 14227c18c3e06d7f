import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logLines } from '../../src/runs/log.js';
import { row, writeRun, writeSamples } from '../web/run-fixture.js';
import { chartTexts, newPage, overflow, shoot, startBrowser } from './browser.js';

let browser: Browser;
let folder: string;
let server: ChildProcess | undefined;
beforeAll(async () => {
  browser = await startBrowser();
  folder = writeRun(mkdtempSync(join(tmpdir(), 'gan-mnist-watch-')), []);
});
afterAll(async () => {
  server?.kill();
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function serve(port = '0'): Promise<{ url: string; port: string }> {
  const words = ['bin/gan-mnist.js', 'watch', folder, '--port', port, '--json'];
  server = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout!, 'data')) as [Buffer];
  const { url, port: taken } = JSON.parse(line.toString()) as { url: string; port: number };
  return { url, port: String(taken) };
}

async function stop(): Promise<void> {
  server!.kill();
  await once(server!, 'exit');
}

function finishEpoch(epoch: number): void {
  writeSamples(folder, epoch);
  appendFileSync(join(folder, 'log.jsonl'), logLines([row(epoch)]));
}

it('shows a run as it grows, and connects again', async () => {
  const { url, port } = await serve();
  const { page, requests, complaints } = await newPage(browser);
  await page.goto(url);
  const epoch = page.locator('#epoch');
  await expect.poll(() => epoch.innerText()).toBe('no epoch is done yet: waiting for the first');
  await shoot(page, 'watch-empty');
  finishEpoch(1);
  await expect.poll(() => epoch.innerText()).toBe('epoch 1 of 12');
  for (let i = 2; i <= 6; i++) finishEpoch(i);
  await expect.poll(() => epoch.innerText()).toBe('epoch 6 of 12');
  await expect.poll(() => page.locator('#caption').innerText()).toBe('Samples of epoch 6');
  expect(await chartTexts(page, 'losses')).toContain('epoch');
  await page.locator('#samples').evaluate((image: HTMLImageElement) => image.decode());
  await shoot(page, 'watch');
  expect(complaints).toEqual([]);

  await stop();
  await expect.poll(() => page.locator('#connection').innerText()).toContain('lost');
  await shoot(page, 'watch-lost');
  for (let i = 7; i <= 12; i++) finishEpoch(i);
  await serve(port);
  await expect.poll(() => epoch.innerText(), { timeout: 10_000 }).toBe('epoch 12 of 12, finished');
  expect(await page.locator('#connection').innerText()).toBe('connected');

  const elsewhere = requests.filter((request) => new URL(request).origin !== new URL(url).origin);
  expect(elsewhere).toEqual([]);
  const other = complaints.filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(text));
  expect(other).toEqual([]);
  await page.close();

  const dark = await newPage(browser, { width: 400, height: 800, dark: true });
  await dark.page.goto(url);
  await expect.poll(() => dark.page.locator('#epoch').innerText()).toContain('12');
  await dark.page.locator('#samples').evaluate((image: HTMLImageElement) => image.decode());
  expect(await overflow(dark.page)).toBeLessThanOrEqual(0);
  await shoot(dark.page, 'watch-dark-400');
  expect(dark.complaints).toEqual([]);
});
