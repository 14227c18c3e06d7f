import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lease } from '../../src/files/lease.js';
import { logLines } from '../../src/runs/log.js';
import { GRID_FILES, sampleFile } from '../../src/runs/run-folder.js';
import { row, rowsTo, writeDigitRuns, writeRun, writeSamples } from '../web/run-fixture.js';
import { checkEverywhere, newPage, shoot, startBrowser } from './browser.js';

let browser: Browser;
let folder: string;
const outputs = (): string => join(folder, 'outputs');
let server: ChildProcess | undefined;
beforeAll(async () => {
  browser = await startBrowser();
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-watch-'));
});
afterAll(async () => {
  server?.kill();
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function serve(port = '0', ...args: string[]): Promise<{ url: string; port: string }> {
  const words = [resolve('bin/gan-mnist.js'), 'watch', ...args, '--port', port, '--json'];
  server = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(server.stdout!, 'data')) as [Buffer];
  const { url, port: taken } = JSON.parse(line.toString()) as { url: string; port: number };
  return { url, port: String(taken) };
}

async function stop(): Promise<void> {
  server!.kill();
  await once(server!, 'exit');
}

function finishEpoch(run: string, epoch: number): void {
  writeSamples(run, epoch);
  appendFileSync(join(run, 'log.jsonl'), logLines([row(epoch)]));
}

const textOf = (page: Page, selector: string) => async (): Promise<string> =>
  (await page.locator(selector).innerText({ timeout: 5000 })).replace(/\s+/g, ' ');

it('shows the newest run as it grows, from before it, and connects again', async () => {
  const { url, port } = await serve();
  const { page, requests, complaints } = await newPage(browser);
  await page.goto(url);
  const name = textOf(page, '#name');
  const state = textOf(page, '#state');
  await expect.poll(name).toBe('Waiting for the first run');
  await shoot(page, 'watch-before');

  const run = writeRun(join(outputs(), '00001-dense'), []);
  const lease = await Lease.take(run);
  await expect.poll(name).toBe('00001-dense');
  await expect.poll(state).toContain('Running before the first epoch');
  for (let epoch = 1; epoch <= 6; epoch++) finishEpoch(run, epoch);
  copyFileSync(join(run, sampleFile(6)), join(run, GRID_FILES.real));
  await expect.poll(state).toContain('Running epoch 6 of 12');
  await expect.poll(textOf(page, '#left')).toMatch(/left|nearly done/);
  const image = page.locator('#samples img');
  await expect.poll(() => image.getAttribute('alt')).toBe('64 samples of epoch 6');
  await page.locator('#chart-losses .live svg').waitFor();

  // Who looks back stays there when new epochs come.
  await page.locator('#samples input').focus();
  await page.keyboard.press('Home');
  finishEpoch(run, 7);
  await expect.poll(state).toContain('epoch 7 of 12');
  expect(await image.getAttribute('alt')).toBe('64 samples of epoch 1');
  await page.keyboard.press('End');
  expect(await image.getAttribute('alt')).toBe('64 samples of epoch 7');
  await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(466);

  lease.release();
  await expect.poll(state).toContain('Interrupted epoch 7 of 12');
  expect(await textOf(page, '#left')()).toBe('');
  expect(complaints).toEqual([]);

  await stop();
  await expect.poll(textOf(page, '#connection')).toContain('lost');
  for (let epoch = 8; epoch <= 12; epoch++) finishEpoch(run, epoch);
  await serve(port);
  await expect.poll(state, { timeout: 10_000 }).toContain('epoch 12 of 12');
  expect(await textOf(page, '#connection')()).toBe('');

  writeRun(join(outputs(), '00002-conv'), rowsTo(2));
  await expect.poll(name).toBe('00002-conv');
  await expect.poll(() => image.getAttribute('alt')).toBe('64 samples of epoch 2');
  const elsewhere = requests.filter(
    (request) => !request.startsWith('data:') && new URL(request).origin !== new URL(url).origin,
  );
  expect(elsewhere).toEqual([]);
  const other = complaints.filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(text));
  expect(other).toEqual([]);
  await stop();
});

it('fits all windows, light and dark, and is accessible; of a sweep too', async () => {
  const run = writeRun(join(outputs(), '00003-dense'), rowsTo(7));
  copyFileSync(join(run, sampleFile(7)), join(run, GRID_FILES.real));
  const one = await serve('0', run);
  const single = await checkEverywhere(browser, 'watch', async (page) => {
    await page.goto(one.url);
    await page.locator('#chart-losses .live svg').waitFor();
  });
  expect(single.found).toEqual([]);
  await stop();
  const many = await serve(
    '0',
    writeDigitRuns(join(outputs(), '00004-conv-digits'), { 0: 3, 4: 2 }),
  );
  const sweep = await checkEverywhere(browser, 'watch-sweep', async (page) => {
    await page.goto(many.url);
    await expect.poll(() => page.locator('.tile').count()).toBe(10);
    await page.locator('.live svg').first().waitFor();
  });
  expect(sweep.found).toEqual([]);
  await stop();
});
