import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DrawingBudget } from '../../src/drawings/budget.js';
import type { LogRow } from '../../src/runs/log.js';
import { EVENT_FILE } from '../../src/drawings/tensorboard.js';
import { CurrentDrawings } from '../../src/drawings/current-drawings.js';
import { rowsTo, writeRun } from '../web/run-fixture.js';

let folder: string;
beforeEach(() => (folder = writeRun(mkdtempSync(join(tmpdir(), 'gan-mnist-current-')), rowsTo(3))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A drawer that keeps the books, and a clock that allows a drawing after every epoch. */
function setUp(draw: () => Promise<void> = async () => {}) {
  const drawn: number[] = [];
  const warnings: string[] = [];
  let seconds = 0;
  const drawings = new CurrentDrawings(
    (message) => warnings.push(message),
    {
      draw: async (_: string, rows: readonly LogRow[]) => {
        drawn.push(rows.length);
        await draw();
      },
      close: async () => void drawn.push(-1),
    },
    new DrawingBudget(() => (seconds += 1000)),
  );
  return { drawings, drawn, warnings };
}

const epochDone = (epoch: number) => ({ row: rowsTo(epoch).at(-1)!, rows: rowsTo(epoch) });

it('does not wait for a drawing, starts no second one meanwhile, and draws all at the end', async () => {
  let finish = () => {};
  const first = new Promise<void>((resolve) => (finish = resolve));
  let count = 0;
  const { drawings, drawn } = setUp(() => (count++ === 0 ? first : Promise.resolve()));
  await drawings.started({ folder, rows: [] });
  await drawings.epoch(epochDone(1));
  await drawings.epoch(epochDone(2));
  expect(drawn).toEqual([1]);
  const end = drawings.finishing(rowsTo(3));
  finish();
  await end;
  await drawings.close();
  expect(drawn).toEqual([1, 3, -1]);
  expect(existsSync(join(folder, EVENT_FILE))).toBe(true);
});

it('says once why it cannot draw, lets the training go on, and tries once more at the end', async () => {
  const { drawings, drawn, warnings } = setUp(() => Promise.reject(new Error('no ink')));
  await drawings.started({ folder, rows: [] });
  for (const epoch of [1, 2, 3]) {
    await drawings.epoch(epochDone(epoch));
    await new Promise(setImmediate);
  }
  expect(warnings).toEqual(['the pictures are not drawn before the end: no ink']);
  await drawings.finishing(rowsTo(3));
  expect(warnings[1]).toBe(
    `the pictures and the report are not drawn: no ink; the run is whole without, and gan-mnist report ${folder} draws them`,
  );
  await drawings.close();
  expect(drawn).toEqual([1, 3, -1]);
});

it('draws nothing of a run without an epoch', async () => {
  const { drawings, drawn } = setUp();
  await drawings.started({ folder, rows: [] });
  await drawings.finishing([]);
  expect(drawn).toEqual([]);
});

it('says that events cannot be written, once, and goes on', async () => {
  const { drawings, drawn, warnings } = setUp();
  rmSync(join(folder, EVENT_FILE), { force: true });
  mkdirSync(join(folder, EVENT_FILE));
  await drawings.started({ folder, rows: [] });
  await drawings.epoch(epochDone(1));
  await drawings.epoch(epochDone(2));
  await drawings.finishing(rowsTo(2));
  expect(warnings).toEqual([
    expect.stringMatching(/^TensorBoard's events end before this epoch: cannot .*; the training/),
  ]);
  expect(drawn.at(-1)).toBe(2);
});
