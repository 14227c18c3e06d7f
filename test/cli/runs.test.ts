import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/errors.js';
import { runRuns } from '../../src/commands/runs.js';
import { recordingConsole } from '../commands/run-fixtures.js';
import { startCli, type Outcome } from '../support/cli.js';
import { eventsOf } from '../support/events.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const cwd = temporaryFolder();
const gan = (...args: string[]): Promise<Outcome> => startCli(args, { cwd }).outcome;
const there = (): string[] => readdirSync(join(cwd, 'outputs')).sort();

const SMALL = '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1'.split(' ');

beforeAll(async () => {
  expect((await gan('runs')).stdout).toMatch(/^no runs in outputs yet: gan-mnist train/);
  for (const more of [
    ['--epochs', '2'],
    ['--epochs', '1', '--name', 'named'],
    ['--epochs', '1'],
  ])
    expect((await gan('train', ...SMALL, ...more)).code).toBe(0);
});

describe('gan-mnist runs', () => {
  it('lists them, oldest first, in 80 columns', async () => {
    const { code, stdout } = await gan('runs');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^run +what +epochs +recognised +diversity +size +begun$/);
    expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual([
      '00001-dense',
      'named',
      '00002-dense',
    ]);
    expect(lines[1]).toMatch(/dense, seed 1 +2 +- +\d\.\d\d +[\d.]+ [kM]B +\d\d-\d\d \d\d:\d\d$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each([40, 60, 80, 120])('fits a window of %i columns', async (columns) => {
    const { console, said } = recordingConsole();
    const outputs = join(cwd, 'outputs');
    await runRuns({ out: outputs }, { ...console, lineWidth: columns - 1 });
    const lines = said.join('\n').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    const columnsShown = lines.filter((line) => line.startsWith('run ')).join(' ');
    for (const name of ['what', 'epochs', 'recognised', 'diversity', 'size', 'begun'])
      expect(columnsShown).toContain(name);
  });

  it('says the same as JSON, a damaged one too', async () => {
    mkdirSync(join(cwd, 'outputs', '00009-dense'));
    writeFileSync(join(cwd, 'outputs', '00009-dense', 'options.json'), '{');
    const [event] = eventsOf((await gan('runs', '--json')).stdout) as unknown as [
      { runs: { name: string; state: string; bytes: number }[] },
    ];
    expect(event.runs.map(({ name, state }) => `${name} ${state}`)).toEqual([
      '00001-dense done',
      'named done',
      '00002-dense done',
      '00009-dense damaged',
    ]);
    for (const { bytes } of event.runs) expect(bytes).toBeGreaterThan(0);
  });
});

describe('gan-mnist runs remove', () => {
  it('asks first, and where there is nobody to ask wants --yes', async () => {
    const { code, stderr } = await gan('runs', 'remove', 'named');
    expect([code, stderr]).toEqual([EXIT_CODES.badInput, expect.stringMatching(/--yes: expected/)]);
    expect(there()).toContain('named');
  });

  it('removes what is named, and nothing where one name is wrong', async () => {
    const wrong = await gan('runs', 'remove', 'named', 'other', '--yes');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/found no run in other/)]);
    expect(there()).toContain('named');
    const { code, stdout } = await gan('runs', 'remove', 'named', 'outputs/00009-dense', '--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^removed 2 runs, .*: outputs\/named, outputs\/00009-dense\n$/);
    expect(there()).toEqual(['00001-dense', '00002-dense']);
  });

  it('names the runs of a folder that was given in the place of one of them', async () => {
    const { code, stderr } = await gan('runs', 'remove', 'outputs', '--out', 'elsewhere', '--yes');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/found no run in outputs, expected a run: outputs has 00001-dense, /),
    ]);
  });

  it('refuses the generator in the package', async () => {
    expect((await gan('runs', 'remove', 'packaged', '--yes')).stderr).toMatch(/in the package/);
  });

  it('refuses a run that a process is at work in', async () => {
    const training = startCli(
      ['train', ...SMALL, '--epochs', '5000', '--checkpoint-every', '5000', '--name', 'busy'],
      { cwd },
    );
    try {
      while (!/epoch +2\//.test(training.stdout())) await new Promise((go) => setTimeout(go, 20));
      const { code, stderr } = await gan('runs', 'remove', 'busy', '--yes');
      expect([code, stderr]).toEqual([2, expect.stringMatching(/outputs\/busy is in use/)]);
      expect((await gan('runs')).stdout).toMatch(/^busy .*\/5000 running/m);
    } finally {
      training.child.kill('SIGINT');
      await training.outcome;
    }
    expect(existsSync(join(cwd, 'outputs', 'busy', 'options.json'))).toBe(true);
    // As a full disk or a copy leaves a lock: nobody is named, so a sign of life is waited for, and that is said.
    writeFileSync(join(cwd, 'outputs', 'busy', 'lock'), '');
    const { code, stderr } = await gan('runs', 'remove', 'busy', '--yes');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /locked by a process that left no name in outputs\/busy\/lock: waiting/,
      ),
    ]);
    expect(there()).toEqual(['00001-dense', '00002-dense']);
  });
});

describe('gan-mnist sweep status', () => {
  it('says where there is no sweep, and is of the newest one, though there are newer runs', async () => {
    const none = await gan('sweep', 'status');
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(/found no sweep in outputs, expected one made by gan-mnist sweep new/),
    ]);
    await gan('sweep', 'new', '--seed', '1,2', '--epochs', '1', '--name', 'plan');
    await gan('train', ...SMALL, '--epochs', '1', '--name', 'newer');
    const { code, stdout } = await gan('sweep', 'status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +1 +seed 2 +waiting/m);
  });
});
