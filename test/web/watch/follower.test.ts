import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lease } from '../../../src/files/lease.js';
import { logLines } from '../../../src/runs/log.js';
import { listRuns } from '../../../src/runs/run-folder.js';
import { RunFollower } from '../../../src/web/watch/follower.js';
import { secondsLeft } from '../../../src/web/watch/time-left.js';
import { readWatched } from '../../../src/web/watch/watched.js';
import {
  description,
  row,
  rowsTo,
  writeDigitRuns,
  writeRun,
  writeSamples,
} from '../run-fixture.js';

let outputs: string;
beforeEach(() => (outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-watch-'))));
afterEach(() => rmSync(outputs, { recursive: true }));

const newest = (): RunFollower => new RunFollower(() => listRuns(outputs).at(-1));
const statusOf = async (follower: RunFollower): Promise<string | undefined> =>
  (await follower.changed())?.sections.status.replace(/<[^>]*>|\s+/g, ' ').replace(/ +/g, ' ');

describe('the newest run', () => {
  it('is followed from before the first one on', async () => {
    const follower = newest();
    expect(await statusOf(follower)).toContain('Waiting for the first run');
    expect(await follower.changed()).toBeUndefined();
    writeRun(join(outputs, '00001-dense'), []);
    expect(await statusOf(follower)).toContain('00001-dense Interrupted before the first epoch');
    writeRun(join(outputs, '00002-conv'), rowsTo(2));
    expect(await statusOf(follower)).toContain('00002-conv Interrupted epoch 2 of 12');
  });

  it('is running while a process has it, and says when it is interrupted or done', async () => {
    const run = writeRun(join(outputs, '00001-dense'), rowsTo(1));
    const follower = newest();
    const lease = await Lease.take(run);
    expect(await statusOf(follower)).toContain('Running epoch 1 of 12');
    writeSamples(run, 2);
    appendFileSync(join(run, 'log.jsonl'), logLines([row(2)]));
    const news = (await follower.changed())!;
    expect(news.sections.pictures).toContain('src="pictures/00001-dense/0/2"');
    expect(news.secondsLeft).toBeDefined();
    lease.release();
    expect(await statusOf(follower)).toContain(
      'Interrupted epoch 2 of 12; gan-mnist train --resume',
    );
    writeRun(run, rowsTo(12));
    mkdirSync(join(run, 'checkpoint'));
    writeFileSync(join(run, 'checkpoint', 'step-00000120-0123456789abcdef.safetensors'), '');
    expect(await statusOf(follower)).toContain('Done after 12 epochs, 6.0 s of training');
  });

  it('says what is wrong with it, and goes on', async () => {
    const run = writeRun(join(outputs, '00001-dense'), rowsTo(1));
    const follower = newest();
    writeFileSync(join(run, 'options.json'), '{');
    expect(await statusOf(follower)).toContain('text that is not JSON');
    writeRun(run, rowsTo(1));
    appendFileSync(join(run, 'log.jsonl'), '{"epoch"');
    expect(await statusOf(follower)).toContain('line 2 is damaged and is skipped');
  });

  it.runIf(process.geteuid?.() === 0)(
    'says that it may not be looked at, and goes on',
    async () => {
      const run = writeRun(join(outputs, '00001-dense'), rowsTo(2));
      chmodSync(outputs, 0o755);
      const follower = newest();
      expect(await statusOf(follower)).toContain('Interrupted epoch 2 of 12');
      chmodSync(run, 0o700);
      const NOBODY = 65_534;
      process.seteuid!(NOBODY);
      try {
        expect(await statusOf(follower)).toMatch(/cannot read .*00001-dense.*: permission denied/);
        expect(await follower.changed()).toBeUndefined();
      } finally {
        process.seteuid!(0);
      }
      expect(await statusOf(follower)).toContain('Interrupted epoch 2 of 12');
    },
  );

  it('shows names of runs as text', async () => {
    const described = description();
    const bad = { ...described, options: { ...described.options, seed: '<img>' } };
    writeRun(join(outputs, '00001-dense'), rowsTo(1), bad as never);
    expect((await newest().news()).sections.status).not.toContain('<img');
  });
});

it('shows the runs of a sweep as tiles, each with its own state', async () => {
  const folder = writeDigitRuns(join(outputs, '00001-conv-digits'), { 0: 3, 4: 2 });
  const lease = await Lease.take(join(folder, 'digit-4'));
  const { sections } = await newest().news();
  expect(sections.pictures.match(/class="tile"/g)?.length).toBe(10);
  expect(sections.pictures).toContain('src="pictures/00001-conv-digits/4/2"');
  expect(sections.status.replace(/\s+/g, ' ')).toContain('1 running, 1 interrupted, 8 waiting');
  expect(sections.curves).toContain('id="chart-discriminator-loss"');
  lease.release();
});

describe('the time left', () => {
  it('is that of the epochs left, at the pace of the last ones', async () => {
    const at = (seconds: number): { time: string } => ({
      time: new Date(1e12 + 1000 * seconds).toISOString(),
    });
    // An interruption of an hour lies between the first and the second epoch.
    const rows = [0, 3600, 3610, 3620].map((seconds, k) => ({ ...row(k + 1), ...at(seconds) }));
    const run = writeRun(join(outputs, '00001-dense'), rows);
    const lease = await Lease.take(run);
    const { runs } = readWatched(run);
    expect(secondsLeft(runs, 1e12 + 3_624_000)).toBe(8 * 10 - 4);
    lease.release();
    expect(secondsLeft(readWatched(run).runs)).toBeUndefined();
  });
});
