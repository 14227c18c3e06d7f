import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DrawingThread } from '../../src/drawings/thread.js';
import { Lease } from '../../src/files/lease.js';
import { rowsTo, writeRun } from '../web/run-fixture.js';

const WORKER = new URL('../../dist/drawings/worker.js', import.meta.url);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-thread-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A worker that does something else first. */
function program(text: string): URL {
  const path = join(folder, `worker-${readdirSync(folder).length}.mjs`);
  writeFileSync(path, text);
  return pathToFileURL(path);
}

const run = (): string => writeRun(mkdtempSync(join(folder, 'run-')), rowsTo(3));

it('draws a run', async () => {
  const thread = new DrawingThread(WORKER);
  const here = run();
  await thread.draw(here, rowsTo(3));
  expect(readdirSync(here)).toEqual(expect.arrayContaining(['losses.png', 'report.html']));
  await thread.close();
});

it.each([
  ['dies at its first drawing', "parentPort.on('message', () => { throw new Error('no ink'); })"],
  ['dies at its start', "throw new Error('no ink')"],
  ['throws what is no error', "parentPort.on('message', () => { throw null; })"],
  ['ends', "parentPort.on('message', () => process.exit(3))"],
])('that %s fails the drawing with a sentence, and the next one as well', async (_, text) => {
  const thread = new DrawingThread(
    program(`import { parentPort } from 'node:worker_threads'; ${text}`),
  );
  for (let k = 0; k < 2; k++)
    await expect(thread.draw(folder, [])).rejects.toThrow(
      /^the drawing thread (died: (.*no ink|null)|ended with code 3)/,
    );
  await thread.close();
});

/** Where nothing is to be waited for long. */
const BRIEFLY = 200;

it.each([
  ['does not answer', "parentPort.on('message', () => {})"],
  ['never comes to an end', "parentPort.on('message', () => { for (;;); })"],
  ['does not start', 'await new Promise(() => setInterval(() => {}, 1000))'],
  [
    'sleeps',
    "parentPort.on('message', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))",
  ],
])('that %s is given up, and the next one as well', async (_, text) => {
  const thread = new DrawingThread(
    program(`import { parentPort } from 'node:worker_threads'; ${text}`),
    BRIEFLY,
  );
  for (let k = 0; k < 2; k++)
    await expect(thread.draw(folder, [])).rejects.toThrow(
      /^the drawing thread has come no further for 0\.2 s$/,
    );
  await thread.close();
});

it('says how far it is, so that a slow one is waited for', async () => {
  const worker = new Worker(WORKER);
  const said: unknown[] = [];
  const end = new Promise<void>((resolve) =>
    worker.on('message', (message: object) => {
      said.push(message);
      if ('drawn' in message) resolve();
    }),
  );
  worker.postMessage({ folder: run(), rows: rowsTo(3) });
  await end;
  expect(said.at(-1)).toEqual({ drawn: true });
  // The charts of the page and of the pictures, and the frames of the animation.
  expect(said.filter((one) => 'progressed' in (one as object)).length).toBeGreaterThan(5);
  await worker.terminate();
});

it('that died has a successor which draws', async () => {
  const marker = join(folder, 'has-died');
  const thread = new DrawingThread(
    program(`
      import { existsSync, writeFileSync } from 'node:fs';
      const marker = ${JSON.stringify(marker)};
      if (!existsSync(marker)) { writeFileSync(marker, ''); throw new Error('no ink'); }
      await import(${JSON.stringify(WORKER.href)});`),
  );
  const here = run();
  await expect(thread.draw(here, rowsTo(3))).rejects.toThrow('no ink');
  await thread.draw(here, rowsTo(3));
  expect(readdirSync(here)).toContain('report.html');
  await thread.close();
});

it('that dies between two drawings does not end the process', async () => {
  const thread = new DrawingThread(
    program(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', () => {
        parentPort.postMessage('something else');
        parentPort.postMessage({ drawn: true });
        setTimeout(() => { throw new Error('late'); }, 1);
      });`),
  );
  for (let k = 0; k < 2; k++) {
    await thread.draw(folder, []);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await thread.close();
});

it('writes nothing into a folder whose lease was lost', async () => {
  const thread = new DrawingThread(WORKER);
  const here = run();
  const lease = await Lease.take(here);
  const before = readdirSync(here);
  writeFileSync(join(here, 'lock'), '{}');
  await expect(thread.draw(here, rowsTo(3))).rejects.toThrow('was taken over by');
  expect(readdirSync(here)).toEqual(before);
  lease.release();
  await thread.close();
});
