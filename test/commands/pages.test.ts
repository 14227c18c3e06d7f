import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { GifReader } from 'omggif';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedEvent } from '../support/events.js';
import { startCli, type Outcome } from '../support/cli.js';
import { trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const cwd = temporaryFolder();
const cli = (...args: string[]): Promise<Outcome> => startCli(args, { cwd }).outcome;

/** The last line of stdout, which must be an event of the published schema. */
const lastEvent = ({ stdout }: Outcome) =>
  checkedEvent(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)) as unknown as Record<
    string,
    unknown
  >;

const run = join('outputs', '00001-dense');
const other = join('outputs', '00002-dense');
const sweep = join('outputs', '00003-dense-sweep');

beforeAll(async () => {
  const outputs = join(cwd, 'outputs');
  await trainSmall(outputs, { epochs: 2 });
  await trainSmall(outputs, { epochs: 1, seed: 8 });
  const { options } = JSON.parse(readFileSync(join(cwd, run, 'options.json'), 'utf8')) as {
    options: object;
  };
  const runs = [7, 8, 9].map((seed) => ({ name: `seed-${seed}`, options: { ...options, seed } }));
  mkdirSync(join(cwd, sweep));
  const plan = { format: 1, varied: ['seed'], runs, backend: 'auto', threads: 1 };
  writeFileSync(join(cwd, sweep, 'sweep.json'), JSON.stringify(plan));
  cpSync(join(cwd, run), join(cwd, sweep, 'seed-7'), { recursive: true });
  cpSync(join(cwd, other), join(cwd, sweep, 'seed-8'), { recursive: true });
});

describe('gan-mnist report', () => {
  it('writes page and pictures, and says where they are', async () => {
    const { code, stdout } = await cli('report', run);
    expect(code).toBe(0);
    const written = ['losses.png', 'evolution.png', 'evolution.gif', 'report.html'];
    const labels = ['picture', 'picture', 'picture', 'report'];
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`${run}: 2 epochs`);
    expect(lines.slice(1).map((line) => line.trim().split(/ {2,}/))).toEqual(
      written.map((name, i) => [labels[i], join(run, name)]),
    );
    for (const name of written) expect(existsSync(join(cwd, run, name))).toBe(true);
    const page = readFileSync(join(cwd, run, 'report.html'), 'utf8');
    expect(page.replaceAll(/<[^>]*>/g, '')).toContain('gan-mnist train --epochs 2 ');
    expect(page).toContain('alt="64 real images"');
    expect(page).toContain('A walk through z');
  });

  it('is one page of a sweep, with its runs in a table', async () => {
    expect(lastEvent(await cli('report', sweep, '--json'))).toMatchObject({
      command: 'report',
      run: sweep,
    });
    const page = readFileSync(join(cwd, sweep, 'report.html'), 'utf8');
    expect(page).toContain('2 GANs, one for each seed');
    expect(page).toContain('No epoch yet: 9');
  });

  it('refuses what is no run', async () => {
    const { code, stderr } = await cli('report', 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toContain('RUN: found no run in nowhere');
  });
});

describe('gan-mnist compare', () => {
  it('puts runs side by side and says what they differ in', async () => {
    const { code, stdout } = await cli('compare', run, other, '--out', 'both');
    expect(code).toBe(0);
    expect(stdout).toContain('--seed: 7, 8');
    const page = readFileSync(join(cwd, 'both', 'compare.html'), 'utf8');
    expect(page.indexOf('<h2>Samples')).toBeLessThan(page.indexOf('<h2>Results'));
    expect(page.indexOf('<h2>Results')).toBeLessThan(page.indexOf('<h2>Curves'));
    expect(page).toContain('href="../outputs/00001-dense/report.html"');
    expect(decode(readFileSync(join(cwd, 'both', 'compare.png'))).width).toBeGreaterThan(800);
  });

  it('refuses one run, and one that comes twice', async () => {
    for (const [names, found] of [
      [[run], 'found 1 run, expected 2 to 10'],
      [[run, join('outputs', 'latest', '..', '00001-dense')], 'twice, expected other runs'],
    ] as const) {
      const { code, stderr } = await cli('compare', ...names);
      expect([code, stderr]).toEqual([2, expect.stringContaining(found)]);
    }
  });
});

describe('gan-mnist interpolate', () => {
  it('walks, a row a leg, there and back', async () => {
    const walked = await cli(
      'interpolate',
      '--run',
      run,
      '--steps',
      '4',
      '--out',
      'walk',
      '--json',
    );
    expect(lastEvent(walked)).toMatchObject({ run, seeds: [1, 5, 9], steps: 4, png: 'walk.png' });
    const { width, height } = decode(readFileSync(join(cwd, 'walk.png')));
    expect([width, height]).toEqual([4 * 58 + 2, 2 * 58 + 2]);
    // Four images to the second point, three more to the third, and back without the ends.
    expect(new GifReader(readFileSync(join(cwd, 'walk.gif'))).numFrames()).toBe(7 + 5);
  });

  it('walks with all runs of a sweep that have begun', async () => {
    const { code, stdout } = await cli(
      'interpolate',
      '--run',
      sweep,
      '--steps',
      '3',
      '--out',
      'all.GIF',
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`of ${sweep}: one row per leg of each of 2 runs; there and back`);
    expect(stdout).toMatch(/^ +picture +all\.png\n +GIF +all\.GIF$/m);
    const { width, height } = decode(readFileSync(join(cwd, 'all.png')));
    expect([width, height]).toEqual([3 * 58 + 2, 4 * 58 + 2]);
    const gif = new GifReader(readFileSync(join(cwd, 'all.GIF')));
    expect([gif.width, gif.height]).toEqual([2 * 58 + 2, 58 + 2]);
  });
});

describe('gan-mnist watch', () => {
  const empty = join(cwd, 'before');
  const watching: ReturnType<typeof startCli>[] = [];
  afterAll(() => watching.forEach(({ child }) => child.kill()));

  async function watch(where: string, ...args: string[]): Promise<Record<string, string>> {
    const started = startCli(['watch', ...args, '--port', '0', '--json'], { cwd: where });
    watching.push(started);
    await once(started.child.stdout!, 'data');
    return checkedEvent(JSON.parse(started.stdout())) as unknown as Record<string, string>;
  }

  it('serves a run, a sweep, and the first run before there is one', async () => {
    mkdirSync(empty);
    const [one, many, none] = await Promise.all([watch(cwd, run), watch(cwd, sweep), watch(empty)]);
    expect([one.run, many.run, none.run]).toEqual([run, sweep, undefined]);
    for (const { url } of [one, many, none]) {
      const answer = await fetch(url);
      expect(await answer.text()).toContain('data-events="events"');
    }
    const picture = await fetch(`${many.url}pictures/00003-dense-sweep/1/1`);
    expect(picture.headers.get('content-type')).toBe('image/png');
  });

  it('ends by a signal', async () => {
    const [{ child, outcome }] = watching;
    child.kill('SIGINT');
    expect((await outcome).code ?? 130).toBe(130);
  });

  it('refuses a folder that is no run', async () => {
    rmSync(join(cwd, 'both'), { recursive: true, force: true });
    expect(existsSync(join(cwd, 'both'))).toBe(false);
    const { code, stderr } = await cli('watch', 'both');
    expect([code, stderr]).toEqual([2, expect.stringContaining('found no run in both')]);
  });
});
